"""Chromium, without a window, driven over two pipes by its DevTools protocol."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
)
_START = """
import fcntl, os, sys
commands, answers = (fcntl.fcntl(int(pipe), fcntl.F_DUPFD, 10) for pipe in sys.argv[1:3])
os.dup2(commands, 3)
os.dup2(answers, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
"""It reads from descriptor 3 and writes to 4, which the pipes may have in the other order."""
_SECONDS = 30.0


class Browser:
    """One page of a browser.

    Args:
        commands: the pipe that it reads.
        answers: the pipe that it writes.

    Attributes:
        complaints: what pages wrote to the console, such as refused resources.
    """

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._received = b""
        self._number = 0
        self._session: str | None = None
        self._events: list[str] = []
        self.complaints: list[str] = []
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._send(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Open a page, and wait until it is loaded."""
        self._events.clear()
        failure = self._send("Page.navigate", url=url).get("errorText")
        assert failure is None, f"{url}: {failure}"
        until = time.monotonic() + _SECONDS
        while "Page.loadEventFired" not in self._events:
            self._note(self._receive(until))

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression of JavaScript, which may be a promise."""
        answer = self._send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def show(self, width: int, *, dark: bool = False, height: int = 900) -> None:
        """Show pages so wide, in CSS pixels, and light or dark."""
        self._send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._send("Emulation.setEmulatedMedia", features=features)

    def block(self, *patterns: str) -> None:
        """Refuse to load what pages ask for under addresses like these."""
        self._send("Network.enable")
        self._send("Network.setBlockedURLs", urls=patterns)

    def screenshot(self, path: Path) -> None:
        """Write what is visible to a PNG file."""
        path.write_bytes(base64.b64decode(self._send("Page.captureScreenshot")["data"]))

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than what is visible."""
        return int(self.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        until = time.monotonic() + _SECONDS
        while True:
            message = self._receive(until)
            if message.get("id") == self._number:
                assert "error" not in message, (method, message["error"])
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def _receive(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._received:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            chunk = os.read(self._answers, 1 << 16)
            assert chunk, "the browser has ended"
            self._received += chunk
        text, _, self._received = self._received.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        self._events.append(message.get("method", ""))
        if message.get("method") == "Log.entryAdded":
            entry = message["params"]["entry"]
            self.complaints.append(f"{entry['text']} ({entry.get('url', '')})")


def chromium() -> str:
    """Return the program, or skip the test where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None or os.name == "nt":
        pytest.skip("Chromium is not installed")
    return found


@contextmanager
def browser(folder: Path) -> Generator[Browser]:
    """Run Chromium for the duration of the block.

    Args:
        folder: an empty one for what it stores.
    """
    program = chromium()
    its_commands, commands = os.pipe()
    answers, its_answers = os.pipe()
    command = [sys.executable, "-c", _START, str(its_commands), str(its_answers)]
    command += [program, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, pass_fds=(its_commands, its_answers), stderr=subprocess.DEVNULL) as process:
        os.close(its_commands)
        os.close(its_answers)
        try:
            yield Browser(commands, answers)
        finally:
            os.close(commands)  # which ends it
            os.close(answers)
            try:
                process.wait(_SECONDS)
            finally:
                process.kill()
