"""Other people's programs: those of this machine, else unpacked into the environment, never installed.

They stay in the environment for the next run. Where one cannot be had, the tests that need it are skipped with the
reason.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

SECONDS = 120.0
UNPACKED = Path(sys.prefix) / "counterparts"
_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")


@cache
def debian_program(name: str, package: str) -> str:
    """Return the path of a program, from this machine or from Debian's packages.

    Args:
        name: of the program.
        package: that has it, and needs no others beside the libraries that each machine has.
    """
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *_SYSTEM_FOLDERS]))
    if found:
        return found
    folder = UNPACKED / package
    if not folder.exists():
        advice = f"apt-get install {package}"
        apt, dpkg = _tool("apt-get", name, advice), _tool("dpkg-deb", name, advice)
        with tempfile.TemporaryDirectory() as work:
            _run(_apt(apt, Path(work), "update"), Path(work), name, advice)
            _run(_apt(apt, Path(work), "download", package), Path(work), name, advice)
            (archive,) = Path(work).glob("*.deb")
            with _unpacking(folder) as target:
                _run([dpkg, "--extract", str(archive), target], Path(work), name, advice)
    (program,) = (path for path in folder.glob(f"usr/*bin/{name}"))
    return str(program)


@cache
def npm_packages(*packages: str) -> Path:
    """Return the folder whose `node_modules` has packages, each with its version: `tslib@2.8.1`."""
    folder = UNPACKED / "+".join(package.replace("/", "-") for package in packages)
    if not folder.exists():
        advice = f"npm install {' '.join(packages)}"
        npm = _tool("npm", packages[0], "install Node.js")
        with _unpacking(folder) as target:
            # No scripts: of strangers, and tests need none of them.
            quietly = ["--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel=error"]
            _run([npm, "install", "--prefix", target, *quietly, *packages], Path(target), packages[0], advice)
    return folder


def node() -> str:
    """Return the path of Node.js."""
    return _tool("node", "Node.js", "install Node.js")


def _apt(apt: str, folder: Path, *arguments: str) -> list[str]:
    """Return a command of apt that writes nothing outside a folder, so that it needs no rights."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = [f"Dir::State::Lists={folder}/lists", f"Dir::Cache={folder}/cache", "Debug::NoLocking=1"]
    return [apt, "-qq", *(part for option in options for part in ("-o", option)), *arguments]


@contextmanager
def _unpacking(folder: Path) -> Generator[str]:
    """Fill a temporary folder and give it its name once it is complete; another process may do the same."""
    folder.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as work:
        target = Path(work) / "complete"
        target.mkdir()
        yield str(target)
        if not folder.exists():
            with suppress(OSError):  # the other process was first
                target.rename(folder)
    assert folder.exists()


def _tool(name: str, wanted: str, advice: str) -> str:
    found = shutil.which(name)
    if not found:
        _skip(wanted, f"this machine has no {name} to fetch it with", advice)
    return found


def _run(command: Sequence[str], folder: Path, wanted: str, advice: str) -> None:
    try:
        result = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        _skip(wanted, f"fetching it took longer than {SECONDS:.0f} s", advice)
    if result.returncode:
        _skip(wanted, f"fetching it failed: {(result.stderr.strip() or 'no reason given').splitlines()[-1]}", advice)


def _skip(wanted: str, reason: str, advice: str) -> NoReturn:
    pytest.skip(f"{wanted} is missing, and {reason}; to run this test: {advice}")
