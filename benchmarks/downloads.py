"""A GiB from the emulator to a file."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx

from benchmarks.measure import Budget, Comparison, Row, interleaved_async
from benchmarks.service import Service, serving
from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import EmulatorCredential

SIZE = 1 << 30


def rows() -> Iterator[Row]:
    """Measure a download of one GiB."""
    with serving(meetings=1, content_size=SIZE) as service, tempfile.TemporaryDirectory() as folder:
        yield from asyncio.run(_measure(service, Path(folder) / "x.mp4"))


async def _measure(service: Service, target: Path) -> list[Row]:
    authorization = f"Bearer {service.token}"
    credential = EmulatorCredential(service.token)
    async with (
        GraphMeetingsClient(credential, base_url=service.base_url) as graph,
        httpx.AsyncClient(headers={"Authorization": authorization}) as bare,
    ):
        meeting = graph.users.by_user_id(service.organizer).online_meetings.by_online_meeting_id(service.meeting)
        content = meeting.recordings.by_call_recording_id(service.recording).content

        async def ours() -> None:
            await content.download(target, overwrite=True)

        async def bare_httpx() -> None:
            async with bare.stream("GET", service.content_url) as response:
                with target.open("wb") as file:
                    async for chunk in response.aiter_bytes():
                        file.write(chunk)

        contenders: dict[str, Callable[[], Awaitable[object]]] = {"ours": ours, "httpx to a file": bare_httpx}
        if shutil.which("curl"):
            contenders["curl"] = lambda: asyncio.to_thread(_curl, service, target)
        seconds = await interleaved_async(contenders, rounds=3)
    budgets = {"httpx to a file": Budget(at_least=3), "curl": Budget(at_least=0.5)}
    return [
        Comparison("1 GiB to a file", peer, budgets[peer]).of_rates(seconds, SIZE / (1 << 30), "GiB/s")
        for peer in list(contenders)[1:]
    ]


def _curl(service: Service, target: Path) -> None:
    header = f"Authorization: Bearer {service.token}"
    command = ["curl", "--silent", "--fail", "--header", header, "--output", str(target), service.content_url]
    subprocess.run(command, check=True, timeout=120)
