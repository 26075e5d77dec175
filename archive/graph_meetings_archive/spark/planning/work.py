"""The work of a partition. It contains no secrets: Spark sends it to executors, and may show it."""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from graph_meetings_archive.feeds.options import MeetingReference


class Period(Struct, frozen=True):
    """A period, whose end is excluded.

    Args:
        start: `None` for everything that the service has.
        end: fixed when the read is planned, so that reading a partition again returns the same rows.
    """

    start: datetime | None
    end: datetime

    def has(self, moment: datetime | None) -> bool:
        """Return whether a moment is in the period. `None` counts as being in it."""
        return moment is None or ((self.start is None or self.start <= moment) and moment < self.end)


class OrganizerWork(Struct, frozen=True):
    """The artifacts of some organizers.

    Args:
        organizers: their ids.
        period: in which the artifacts were created.
    """

    organizers: tuple[str, ...]
    period: Period


class MeetingWork(Struct, frozen=True):
    """The attendance of some meetings.

    Args:
        meetings: those that took place in the period.
        period: in which the reported meetings began.
    """

    meetings: tuple[MeetingReference, ...]
    period: Period


class PeriodWork(Struct, frozen=True):
    """The calls of the whole tenant in a period."""

    period: Period


Work: TypeAlias = OrganizerWork | MeetingWork | PeriodWork
