"""Other people's programs: those of this machine, else unpacked into the environment, never installed.

They stay in the environment for the next run. Where one cannot be had, the tests that need it are skipped with the
reason.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest

SECONDS = 60.0
UNPACKED = Path(sys.prefix) / "counterparts"
_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")
# No scripts: they are strangers', and no test needs one.
_QUIETLY = ("--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel=error")


class _MissingError(Exception):
    """Why a program cannot be had."""


def debian_program(name: str, package: str) -> str:
    """Return the path of a program, from this machine or from Debian's packages.

    Args:
        name: of the program.
        package: that has it, and needs no others beside the libraries that each machine has.
    """
    return _or_skip(_outcome(_debian_program, name, package), name, f"apt-get install {package}")


def npm_packages(*packages: str) -> Path:
    """Return the folder whose `node_modules` has packages, each with its version: `tslib@2.8.1`."""
    advice = f"install Node.js, and see that it can run npm install {' '.join(packages)}"
    return Path(_or_skip(_outcome(_npm_packages, *packages), packages[0], advice))


def node() -> str:
    """Return the path of Node.js."""
    return _or_skip(_outcome(_tool, "node"), "Node.js", "install it")


def _debian_program(name: str, package: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *_SYSTEM_FOLDERS]))
    if found:
        return found
    folder = UNPACKED / package
    if not folder.exists():
        apt, dpkg = _tool("apt-get"), _tool("dpkg-deb")
        with tempfile.TemporaryDirectory() as work:
            _run(_apt(apt, work, "update"), work)
            _run(_apt(apt, work, "download", package), work)
            (archive,) = Path(work).glob("*.deb")
            with _unpacking(folder) as target:
                _run([dpkg, "--extract", str(archive), target], work)
    (program,) = folder.glob(f"usr/*bin/{name}")
    _run([str(program), "-v"], str(folder))  # this machine may lack a library
    return str(program)


def _apt(apt: str, folder: str, *arguments: str) -> list[str]:
    """Return a command of apt that writes nothing outside a folder, so that it needs no rights."""
    for name in ("lists/partial", "cache/archives/partial"):
        Path(folder, name).mkdir(parents=True, exist_ok=True)
    options = [
        f"Dir::State::Lists={folder}/lists",
        f"Dir::Cache={folder}/cache",
        "Debug::NoLocking=1",
        "APT::Update::Error-Mode=any",
    ]
    return [apt, "-qq", *(part for option in options for part in ("-o", option)), *arguments]


def _npm_packages(*packages: str) -> str:
    folder = UNPACKED / "+".join(package.replace("/", "-") for package in packages)
    if not folder.exists():
        npm = _tool("npm")
        with _unpacking(folder) as target:
            _run([npm, "install", "--prefix", target, *_QUIETLY, *packages], target)
    return str(folder)


@contextmanager
def _unpacking(folder: Path) -> Generator[str]:
    """Fill a temporary folder and give it its name once it is complete; another process may do the same."""
    folder.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as work:
        target = Path(work) / "complete"
        target.mkdir()
        yield str(target)
        with suppress(OSError):  # the other process was first
            target.rename(folder)
    assert folder.exists()


def _tool(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise _MissingError(f"there is no {name}")
    return found


def _run(command: Sequence[str], folder: str) -> None:
    shown = f"{Path(command[0]).name} {' '.join(part for part in command[1:] if part.isalpha())}"
    try:
        result = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise _MissingError(f"{shown} took longer than {SECONDS:.0f} s") from None
    if result.returncode:
        raise _MissingError(f"{shown} failed: {(result.stderr.strip() or 'no reason given').splitlines()[-1]}")


@cache
def _outcome(find: Callable[..., str], *arguments: str) -> str | _MissingError:
    """Find something, once for all tests: looking in vain can take a minute each time."""
    try:
        return find(*arguments)
    except _MissingError as missing:
        return missing
    except OSError as error:
        return _MissingError(f"it cannot be unpacked: {error}")


def _or_skip(found: str | _MissingError, wanted: str, advice: str) -> str:
    if isinstance(found, _MissingError):
        pytest.skip(f"{wanted} is not on this machine, and {found}; to run this test, {advice}")
    return found
