"""Clones to release from, and an index to release to."""

import base64
import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tools.release.checks import version_of
from tools.release.processes import run
from tools.release.repository import Repository

ROOT = Path(__file__).parents[2]
USER, PASSWORD = "maintainer", "not-to-be-printed"
_AUTHOR = ("-c", "user.name=A maintainer", "-c", "user.email=maintainer@example.org")


def clone_to(folder: Path) -> Repository:
    """Clone the commit under test, without tags and without a remote, as if nothing had ever been published."""
    run(["git", "clone", "--quiet", "--no-tags", ROOT, folder], ROOT)
    run(["git", "remote", "remove", "origin"], folder)
    return Repository(folder)


def commit_all(repository: Repository, message: str) -> None:
    """Commit everything in the tree."""
    run(["git", "add", "--all"], repository.root)
    run(["git", *_AUTHOR, "commit", "--quiet", "--no-gpg-sign", "--no-verify", "-m", message], repository.root)


def set_version(repository: Repository, version: object) -> None:
    """Raise the version of the tree, and say in the changelog what it brings."""
    file = repository.root / "overrides/graph_meetings_runtime/version.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f'"{version_of(repository.root)}"', f'"{version}"'), encoding="utf-8")
    changelog = repository.root / "CHANGELOG.md"
    heading = "## [Unreleased]\n"
    entries = f"{heading}\n## [{version}] - 2026-01-02\n\n- Something.\n"
    changelog.write_text(changelog.read_text(encoding="utf-8").replace(heading, entries), encoding="utf-8")


@contextmanager
def package_index(folder: Path) -> Generator[str]:
    """Run pypiserver on loopback, with a password for reading too; gives its address."""
    (folder / "files").mkdir()
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
    (folder / "passwords").write_text(f"{USER}:{{SHA}}{digest}\n", encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pypiserver", "run", "--interface", "127.0.0.1", "--port", str(port)]
    command += ["--authenticate", "update,download,list", "--passwords", str(folder / "passwords")]
    command += ["--disable-fallback", str(folder / "files")]
    address = f"http://127.0.0.1:{port}/"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    try:
        _wait_for(server, f"{address}simple/", folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            httpx.get(address, auth=(USER, PASSWORD), trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"pypiserver does not answer:\n{log.read_text(encoding='utf-8')}")
