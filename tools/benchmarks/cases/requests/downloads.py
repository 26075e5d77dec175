"""Download 1 GiB to a file: whole and resumed halfway, by both clients, over TLS, and the memory it takes."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from graph_meetings import Progress
from graph_meetings_runtime.content.content_request_builder import ContentRequestBuilder
from tools.benchmarks.loopback.clients import ASYNCHRONOUS, Clients, connected
from tools.benchmarks.loopback.service import Service, serving, serving_encrypted
from tools.benchmarks.measuring.measure import Run, interleaved, processor_seconds_of, seconds_of, seconds_of_each
from tools.benchmarks.measuring.processes import printed, program
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.peers import msgraph
from tools.benchmarks.peers.blocking_clients import connected_blocking
from tools.benchmarks.peers.copies import Copy, copy_by_curl, copy_by_httpx, copy_by_socket

_GIB = 1 << 30
_MIB = 1 << 20
_MEMORY_LIMIT = 16 << 20


def rows(settings: Settings) -> Iterator[Row]:
    """Measure GiB per second and bytes of memory."""
    size, rounds = settings.scaled(_GIB), settings.few_rounds
    with serving(1) as service, connected(service) as clients, TemporaryDirectory() as folder:
        download = _Download(clients, size, Path(folder) / "ours.mp4")
        whole = Copy(service.content_url(size), Path(folder) / "theirs.mp4", size)
        with msgraph.running(settings.peers, "download", service.base_url, size, whole.target) as sdk:
            contenders = {"ours": download.whole, **_httpx(clients, whole), **_limit(whole), **sdk}
            contenders = {name: _to_new_file(run, Path(folder)) for name, run in contenders.items()}
            yield from _rate("downloads.whole", _what(size), size).rows(interleaved(contenders, rounds))
        theirs = _limit(replace(whole, first=size // 2))
        contenders = {
            "ours": download.resumed,
            **{name: _to_new_file(run, Path(folder)) for name, run in theirs.items()},
        }
        metric = _rate("downloads.resumed", f"{_what(size)}, the second half", size / 2)
        yield from metric.rows(interleaved(contenders, rounds))
        yield _memory(service, size, folder, rounds)
        yield from _blocking(
            service, download, whole, _rate("downloads.blocking", f"{_what(size)}, blocking", size), rounds
        )
        _clear(Path(folder))
    with serving_encrypted() as service, connected(service) as clients, TemporaryDirectory() as folder:
        download = _Download(clients, size, Path(folder) / "ours.mp4")
        whole = Copy(service.content_url(size), Path(folder) / "theirs.mp4", size)
        contenders = {"ours": download.whole, **_httpx(clients, whole), **_curl(whole)}
        contenders = {name: _to_new_file(run, Path(folder)) for name, run in contenders.items()}
        metric = _rate("downloads.encrypted", f"{_what(size)}, over TLS", size)
        yield from metric.rows(interleaved(contenders, rounds))
        metric = metric.named("downloads.blocking_encrypted", f"{_what(size)}, blocking, over TLS")
        yield from _blocking(service, download, whole, metric, rounds)
        _clear(Path(folder))


def _blocking(service: Service, download: "_Download", whole: Copy, metric: Metric, rounds: int) -> Iterator[Row]:
    """Compare blocking downloads: by the clock, and by the time of this process's processors."""
    folder = whole.target.parent
    with connected_blocking(service) as blocking:
        runs = {
            "ours": lambda: blocking.copy(whole),
            "httpx.Client to a file": lambda: blocking.copy_by_httpx(whole),
        }
        contenders = {name: seconds_of(run) for name, run in runs.items()} | _curl(whole)
        contenders = {name: _to_new_file(run, folder) for name, run in contenders.items()}
        yield from metric.rows(interleaved(contenders, rounds))
        contenders = {"ours": seconds_of(runs["ours"]), ASYNCHRONOUS: download.whole}
        contenders = {name: _to_new_file(processor_seconds_of(run), folder) for name, run in contenders.items()}
        metric = Metric(f"{metric.key}_processor", f"{metric.what}, processor time", "s", 1)
        yield from metric.rows(interleaved(contenders, rounds))


def _to_new_file(run: Run, folder: Path) -> Run:
    """Start a run without files and with an idle disk.

    Replacing a file includes deleting the old one, and data left to flush by other runs would be flushed meanwhile.
    """

    def anew() -> float:
        _clear(folder)
        return run()

    return anew


def _clear(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    _wait_for_disk()


def _wait_for_disk() -> None:
    if sys.platform != "win32":
        os.sync()


def _httpx(clients: Clients, copy: Copy) -> dict[str, Run]:
    return {
        "httpx to a file": seconds_of_each(clients.runner, lambda: copy_by_httpx(clients.bare, copy)),
        "httpx to a file, flushed": seconds_of_each(
            clients.runner, lambda: copy_by_httpx(clients.bare, copy, flush=True)
        ),
    }


def _limit(copy: Copy) -> dict[str, Run]:
    """Return the fastest copy: curl, or a bare socket if curl is not installed."""
    return _curl(copy) or {"recv_into to a file": seconds_of(lambda: copy_by_socket(copy))}


def _curl(copy: Copy) -> dict[str, Run]:
    return {"curl": seconds_of(lambda: copy_by_curl(copy))} if shutil.which("curl") else {}


def _rate(key: str, what: str, size: float) -> Metric:
    return Metric(key, what, "GiB/s", size / _GIB, is_rate=True)


def _what(size: int) -> str:
    return "1 GiB" if size == _GIB else f"{size / _MIB:,.3g} MiB"


def _memory(service: Service, size: int, folder: str, rounds: int) -> Row:
    command = program("download_memory", service.base_url, size, folder)
    metric = Metric("downloads.memory", f"{_what(size)}, growth of the memory", "MiB", 1 / (1 << 20))
    return metric.within(_MEMORY_LIMIT, interleaved({"ours": lambda: printed(command)}, rounds)["ours"])


class _HalfWayError(Exception):
    """Stops a download halfway."""


class _Download:
    """Our download.

    Args:
        clients: clients of the service.
        size: size of the content, in bytes.
        target: the file.
    """

    def __init__(self, clients: Clients, size: int, target: Path) -> None:
        recordings = clients.graph.users.by_user_id("u").online_meetings.by_online_meeting_id("m").recordings
        self._content: ContentRequestBuilder = recordings.by_call_recording_id(str(size)).content
        self._runner, self._size, self._target = clients.runner, size, target

    def whole(self) -> float:
        """Download everything and return the seconds."""
        return seconds_of_each(self._runner, self._download)()

    def resumed(self) -> float:
        """Download the missing half and return the seconds."""
        _clear(self._target.parent)
        self._runner.run(self._first_half())
        _wait_for_disk()
        return seconds_of_each(self._runner, self._download)()

    async def _download(self) -> None:
        result = await self._content.download(self._target)
        assert result.size == self._size

    async def _first_half(self) -> None:
        def stop(progress: Progress) -> None:
            if progress.received >= self._size // 2:
                raise _HalfWayError

        try:
            await self._content.download(self._target, progress=stop)
        except _HalfWayError:
            return
        raise AssertionError("the download should have stopped halfway")
