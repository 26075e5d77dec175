"""Import the package: the time with and without compiled bytecode, and the number of modules."""

import sys
from collections.abc import Iterator, Mapping
from tempfile import TemporaryDirectory
from typing import Final

from tools.benchmarks.measuring.measure import Run, interleaved
from tools.benchmarks.measuring.processes import printed, wall_seconds
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.peers.msgraph import SDK

KIOTA = "kiota_http"
IMPORT = "import graph_meetings"
_CLIENT: Final = [sys.executable, "-c", "from graph_meetings import GraphMeetingsClient"]
_HELP: Final = [sys.executable, "-m", "graph_meetings_archive.command", "--help"]
_BLOCKING_CLIENT: Final = [sys.executable, "-c", "from graph_meetings.blocking import GraphMeetingsClient"]


def rows(settings: Settings) -> Iterator[Row]:
    """Measure whole processes. One contender is an interpreter that imports nothing."""
    commands = _commands(settings)
    warm = {name: warm_seconds(command) for name, command in commands.items()}
    yield from Metric("imports.warm", "process that imports it").rows(interleaved(warm, settings.many_rounds))
    client = {"ours": warm_seconds(_CLIENT), KIOTA: warm[KIOTA]}
    metric = Metric("imports.client", "process that imports the client")
    yield from metric.rows(interleaved(client, settings.many_rounds))
    client = {"ours": warm_seconds(_BLOCKING_CLIENT), KIOTA: warm[KIOTA]}
    metric = Metric("imports.blocking", "process that imports the blocking client")
    yield from metric.rows(interleaved(client, settings.many_rounds))
    command = {"ours": warm_seconds(_HELP), IMPORT: warm["ours"]}
    metric = Metric("imports.help", "graph-meetings --help")
    yield from metric.rows(interleaved(command, settings.many_rounds))
    cold = {name: cold_seconds(command) for name, command in commands.items()}
    metric = Metric("imports.cold", "the same, with nothing compiled")
    yield from metric.rows(interleaved(cold, min(3, settings.rounds)))
    counts = {name: _modules(command) for name, command in commands.items()}
    yield from Metric("imports.modules", "modules in the process", "", 1).rows(interleaved(counts, 1))


def _commands(settings: Settings) -> Mapping[str, list[str]]:
    commands = {
        "ours": [sys.executable, "-c", "import graph_meetings"],
        KIOTA: [sys.executable, "-c", "import kiota_http.httpx_request_adapter"],
        "Python alone": [sys.executable, "-c", ""],
    }
    if settings.peers is not None:
        commands[SDK] = [str(settings.peers), "-c", "from msgraph import GraphServiceClient"]
    return commands


def warm_seconds(command: list[str]) -> Run:
    """Return a run of a process: its duration in seconds."""
    return lambda: wall_seconds(command)


def cold_seconds(command: list[str]) -> Run:
    """Return the same for a Python that finds no compiled bytecode."""

    def run() -> float:
        with TemporaryDirectory() as folder:
            return wall_seconds(command, {"PYTHONPYCACHEPREFIX": folder})

    return run


def _modules(command: list[str]) -> Run:
    *start, statement = command
    return lambda: printed([*start, f"{statement}\nimport sys; print(len(sys.modules))"])
