"""Where a feed that is read by time goes on.

What decides is the latest moment in the data, not the clock of this machine, which may jump.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct


class Window(Struct, frozen=True):
    """How far a feed has been read.

    Args:
        since: the moment that was asked for, `None` for all that there is.
        latest: the latest moment that was found, `None` if there was none.
    """

    since: datetime | None
    latest: datetime | None

    def start(self, since: datetime | None, overlap: timedelta) -> datetime | None:
        """Return from when on the feed is to be read, `None` for all that there is.

        Args:
            since: the moment that is asked for now.
            overlap: how far before the latest moment to look again.
        """
        asks_for_more = self.since is not None and (since is None or since < self.since)
        if self.latest is None or asks_for_more:
            return since
        start = self.latest - overlap
        return start if since is None else max(start, since)

    def after(self, since: datetime | None, latest: datetime | None) -> "Window":
        """Return the window after the feed was read."""
        asked = None if self.since is None or since is None else min(self.since, since)
        return Window(asked, later(self.latest, latest))


def later(first: datetime | None, second: datetime | None) -> datetime | None:
    """Return the later one of two moments."""
    return max((it.astimezone(UTC) for it in (first, second) if it is not None), default=None)
