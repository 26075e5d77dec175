"""Run other programs."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.release.errors import ReleaseError

# Set in a git hook, for example, these make git and Python use another tree than the folder they run in.
_MISLEADING = ("GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "PYTHONPATH", "PYTHONSAFEPATH")


@dataclass(frozen=True)
class Result:
    """The result of a program.

    Attributes:
        status: exit status.
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
    """Run a program in a folder and return its result, even if it fails.

    Credentials for uploading are not inherited: builds and tests run third-party code.

    Args:
        command: the program and its arguments.
        folder: working directory.
        environment: additional environment variables.
        seconds: timeout.

    Raises:
        ReleaseError: if the program does not exist or takes too long.
    """
    inherited = {name: value for name, value in os.environ.items() if _is_inherited(name)}
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
        raise ReleaseError("command not found: install it or add it to PATH", command[0]) from error
    except subprocess.TimeoutExpired as error:
        raise ReleaseError(f"timed out after {seconds:.0f} seconds", " ".join(map(str, command[:4]))) from error
    return Result(done.returncode, done.stdout, done.stderr)


def _is_inherited(name: str) -> bool:
    return name not in _MISLEADING and not name.startswith("TWINE_")


def run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    seconds: float = 600,
) -> str:
    """Run a program that must succeed, and return its standard output; see `outcome`.

    Raises:
        ReleaseError: if the program fails; the message has everything it printed.
    """
    result = outcome(command, folder, environment, seconds)
    if result.status != 0:
        printed = f"{result.output}{result.errors}".strip()
        place = " ".join(map(str, command[:4]))
        raise ReleaseError(f"failed with status {result.status} in {folder}:\n{printed}", place)
    return result.output
