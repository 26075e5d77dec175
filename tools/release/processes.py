"""Runs other programs."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.release.errors import ReleaseError

# Where these are set, as in a git hook, git and Python would look at another tree than the folder that they run in.
_MISLEADING = ("GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "PYTHONPATH", "PYTHONSAFEPATH")


@dataclass(frozen=True)
class Result:
    """What a program gave.

    Attributes:
        status: the exit status.
        output: standard output.
        errors: standard error.
    """

    status: int
    output: str
    errors: str


def outcome(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    seconds: float = 600,
) -> Result:
    """Run a program in a folder, with additional environment variables, and give its result whatever it is.

    Raises:
        ReleaseError: there is no such program, or it took too long.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**inherited, **(environment or {})},
            capture_output=True,
            check=False,
            text=True,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise ReleaseError("is not installed, or not on PATH", command[0]) from error
    except subprocess.TimeoutExpired as error:
        raise ReleaseError(f"not done after {seconds:.0f} seconds", " ".join(map(str, command[:4]))) from error
    return Result(done.returncode, done.stdout, done.stderr)


def run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    seconds: float = 600,
) -> str:
    """Run a program that has to succeed, and give its standard output.

    Raises:
        ReleaseError: it failed, with everything that it printed; or as `outcome` says.
    """
    result = outcome(command, folder, environment, seconds)
    if result.status != 0:
        printed = f"{result.output}{result.errors}".strip()
        place = " ".join(map(str, command[:4]))
        raise ReleaseError(f"failed with status {result.status} in {folder}:\n{printed}", place)
    return result.output
