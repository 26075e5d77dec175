"""msgraph-sdk as a contender, if `make bench-peers` has installed it. Its code is `programs/msgraph.py`."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tools.benchmarks.measuring.measure import Run
from tools.benchmarks.measuring.processes import line_server, printed, program

SDK = "msgraph-sdk"


@contextmanager
def running(python: Path | None, task: str, *arguments: object) -> Generator[dict[str, Run]]:
    """Yield msgraph-sdk as a contender in its own process, which waits for its turn; nothing if it is not installed.

    Args:
        python: Python interpreter of its environment.
        task: a task of the program.
        arguments: arguments of the task.
    """
    if python is None:
        yield {}
        return
    with line_server(program("msgraph", task, *arguments, python=python)) as ask:
        yield {SDK: lambda: float(ask())}


def once(python: Path | None, task: str, *arguments: object) -> dict[str, Run]:
    """Return the same as a process that is started for each turn and prints its measurement."""
    if python is None:
        return {}
    command = program("msgraph", task, *arguments, python=python)
    return {SDK: lambda: printed(command)}
