"""Run programs in new processes and measure them.

Uses only the standard library: the program for msgraph-sdk runs in an environment without our packages.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import Final

_ROOT: Final = Path(__file__).parents[3]
_LONGEST: Final = 600.0
_LONGEST_GOODBYE: Final = 10.0


def program(name: str, *arguments: object, python: str | Path = sys.executable) -> list[str]:
    """Return the command of a module in `tools/benchmarks/programs/`."""
    return [str(python), "-m", f"tools.benchmarks.programs.{name}", *map(str, arguments)]


def wall_seconds(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Run a process and return its duration in seconds.

    Raises:
        subprocess.CalledProcessError: if it fails.
    """
    began = time.perf_counter()
    run(command, environment)
    return time.perf_counter() - began


def printed(command: Sequence[str]) -> float:
    """Run a process that prints a number, and return the number."""
    return float(run(command))


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a process in the root of the repository and return its output.

    Raises:
        subprocess.CalledProcessError: if it fails; its error output goes to stderr.
    """
    # Installed packages are compiled; with PYTHONDONTWRITEBYTECODE, ours would be compiled again at every import.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})}
    pipe = subprocess.PIPE
    return subprocess.run(command, check=True, cwd=_ROOT, env=env, stdout=pipe, timeout=_LONGEST, text=True).stdout


@contextmanager
def line_server(command: Sequence[str], longest: float = _LONGEST) -> Generator[Callable[[], str]]:
    """Run a process that answers each line with a line; yield the function that asks for an answer.

    Args:
        command: command of the process.
        longest: timeout of an answer, in seconds.

    Raises:
        RuntimeError: when asking, if the process has ended or times out.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        requests, answers = process.stdin, process.stdout

        def ask() -> str:
            line = ""
            # A process that is late is killed, which closes the pipes.
            with _killed_after(longest, process), suppress(BrokenPipeError):
                requests.write("\n")
                requests.flush()
                line = answers.readline()
            if not line:
                raise RuntimeError(f"{' '.join(command[1:4])} ended or took more than {longest:g} s")
            return line.strip()

        try:
            yield ask
        finally:
            with _killed_after(_LONGEST_GOODBYE, process):
                with suppress(BrokenPipeError):
                    requests.close()
                process.wait()


@contextmanager
def _killed_after(seconds: float, process: subprocess.Popen[str]) -> Generator[None]:
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def answer_lines(give: Callable[[], object]) -> None:
    """Answer every line of standard input; the other side of `line_server`."""
    for _ in sys.stdin:
        print(give(), flush=True)


def disk_usage(folder: Path) -> int:
    """Return the bytes that a folder's files occupy on the disk, or their sizes if the system does not tell."""
    stats = (file.stat() for file in folder.rglob("*") if file.is_file())
    return sum(stat.st_blocks * 512 if hasattr(stat, "st_blocks") else stat.st_size for stat in stats)


def peak_memory() -> int:
    """Return the peak memory of this process, in bytes."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return _peak_elsewhere()
    # Not ru_maxrss, which starts at the value of the parent process.
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))


def _peak_elsewhere() -> int:
    import resource  # noqa: PLC0415  Windows has no such module

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10
