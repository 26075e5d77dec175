"""What people see on a terminal, and that none of it is in a pipe."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from graph_meetings_emulator import Dataset, Emulator, Limit, Throttle

pytestmark = [
    pytest.mark.slow,  # every test starts a process or two
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals like these"),
]

SECONDS = 60
COMMAND = [sys.executable, "-m", "graph_meetings_archive.command"]
# Shells let programs in the background ignore Ctrl-C.
INTERRUPTIBLE = [
    sys.executable,
    "-c",
    """
import signal, sys
from graph_meetings_archive.command.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main())
""",
]
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]")


def seen(arguments: list[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command on a terminal and return all that it wrote."""
    import pty  # noqa: PLC0415  not on Windows

    ours, theirs = pty.openpty()
    env = {"TERM": "xterm-256color", "COLUMNS": "80", **(environment or {})}
    inherited = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    with subprocess.Popen([*COMMAND, *arguments], stdout=theirs, stderr=theirs, env={**inherited, **env}) as process:
        os.close(theirs)
        written = bytearray()
        with suppress(OSError):  # Linux's way to say that the other end has closed it
            while chunk := os.read(ours, 65536):
                written += chunk
        os.close(ours)
        assert process.wait(SECONDS) == 0
    return written.decode()


def test_a_terminal_gets_a_table_in_colours() -> None:
    text = seen(["check", "--emulator"])
    assert "AREA" in text
    assert COLOUR.search(text)
    assert not COLOUR.search(seen(["check", "--emulator"], {"NO_COLOR": "1"}))


def test_a_terminal_shows_how_far_downloads_are(tmp_path: Path) -> None:
    with Emulator(Dataset.generate(organizers=1, meetings=1, recordings=2)) as emulator:
        text = seen(
            [
                "recordings", "download", "--to", str(tmp_path), "--organizer", emulator.dataset.organizers[0],
                "--emulator", "--base-url", emulator.base_url,
            ]
        )  # fmt: skip
    assert "━" in text
    assert all(path.name in text for path in tmp_path.iterdir())


def test_interrupted_downloads_end_soon_and_the_next_command_goes_on(tmp_path: Path) -> None:
    with Emulator(Dataset.generate(organizers=1, meetings=1, recordings=12, content_size=1000)) as emulator:
        emulator.throttle = Throttle((Limit(5, burst=5),))
        command = [
            *INTERRUPTIBLE, "recordings", "download", "--to", str(tmp_path),
            "--organizer", emulator.dataset.organizers[0], "--emulator", "--base-url", emulator.base_url,
        ]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            until = time.monotonic() + SECONDS
            while len(emulator.requests) < 5 and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=SECONDS)[1] == "error: interrupted\n"
        assert process.returncode == 130

        emulator.throttle = Throttle()
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(done.stdout.splitlines()) == len(list(tmp_path.glob("*.mp4"))) == 12
