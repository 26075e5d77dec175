"""msgraph-sdk, where the environment that `make bench-peers` makes is there. Its code is `programs/msgraph.py`."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tools.benchmarks.measuring.measure import Run
from tools.benchmarks.measuring.processes import line_server, printed, program

SDK = "msgraph-sdk"


@contextmanager
def running(python: Path | None, task: str, *arguments: object) -> Generator[dict[str, Run]]:
    """Give msgraph-sdk as one more contender, in a process of its own that waits for its turns; none without it.

    Args:
        python: of its environment.
        task: one of the program's.
        arguments: of the task.
    """
    if python is None:
        yield {}
        return
    with line_server(program("msgraph", task, *arguments, python=python)) as ask:
        yield {SDK: lambda: float(ask())}


def once(python: Path | None, task: str, *arguments: object) -> dict[str, Run]:
    """Give the same as a process that is started for each turn and prints what was measured."""
    if python is None:
        return {}
    command = program("msgraph", task, *arguments, python=python)
    return {SDK: lambda: printed(command)}
