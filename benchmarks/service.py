"""An emulator in a process of its own, so that it does not share the client's interpreter."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

_PROGRAM = """
import sys
from graph_meetings_emulator import Dataset, Emulator
dataset = Dataset.generate(organizers=1, meetings=int(sys.argv[1]), recordings=int(sys.argv[2]), content_size=1000)
dataset.add_recording(dataset.organizers[0], content_size=int(sys.argv[3]))
with Emulator(dataset) as emulator:
    organizer = dataset.organizers[0]
    big = dataset.recordings(organizer)[-1] if not int(sys.argv[3]) else max(
        dataset.recordings(organizer), key=lambda item: dataset.content(organizer, item["meetingId"], item["id"]).size
    )
    print(emulator.base_url, emulator.token, organizer, big["meetingId"], big["id"], flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class Service:
    """Where the emulator is, and what it has."""

    base_url: str
    token: str
    organizer: str
    meeting: str
    recording: str

    @property
    def user_url(self) -> str:
        """The URL of the organizer."""
        return f"{self.base_url}/users/{self.organizer}"

    @property
    def content_url(self) -> str:
        """The URL of the big recording's content."""
        return f"{self.user_url}/onlineMeetings/{self.meeting}/recordings/{self.recording}/content"


@contextmanager
def serving(*, meetings: int = 30, recordings: int = 1, content_size: int = 1000) -> Generator[Service]:
    """Run an emulator while the block does."""
    command = [sys.executable, "-c", _PROGRAM, str(meetings), str(recordings), str(content_size)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        output, control = process.stdout, process.stdin
        assert output is not None
        assert control is not None
        try:
            yield Service(*_first_line(output).split())
        finally:
            control.close()


def _first_line(output: IO[str]) -> str:
    line = output.readline()
    if not line:
        raise RuntimeError("the emulator did not start")
    return line
