"""A service in a process of its own that costs the client as little as can be.

The emulator is strict and makes up each answer; it would be what is measured. This one sends bytes that are ready.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from tools.benchmarks.measuring.processes import line_server, program
from tools.benchmarks.pages.payloads import meetings, recordings

TOKEN: Final = "made-up"  # noqa: S105  the service takes any


@dataclass(frozen=True, slots=True)
class Service:
    """Where the service is.

    Args:
        base_url: with the API's version.
    """

    base_url: str

    def recordings_url(self, user: str) -> str:
        """Give the URL of the recordings of a user, whose id says how many there are; see `user_with`."""
        return f"{self.base_url}/users/{user}/onlineMeetings/m/recordings"

    def meetings_url(self, count: int) -> str:
        """Give the URL of some meetings."""
        return f"{self.base_url}/users/u/onlineMeetings?$top={count}"

    def content_url(self, size: int) -> str:
        """Give the URL of a content of some bytes."""
        return f"{self.base_url}/users/u/onlineMeetings/m/recordings/{size}/content"


def user_with(pages: int, items: int) -> str:
    """Give the id of a user who has that many pages of so many recordings each."""
    return f"{pages}x{items}"


@contextmanager
def serving(most: int = 1000) -> Generator[Service]:
    """Run the service while the block does.

    Args:
        most: how many different recordings it has; pages are cut from these.
    """
    with TemporaryDirectory() as folder:
        for name, items in (("meetings", meetings(10)), ("recordings", recordings(most))):
            (Path(folder) / f"{name}.json").write_bytes(msgspec.json.encode(items))
        with line_server(program("fast_service", folder)) as ask:
            yield Service(ask())
