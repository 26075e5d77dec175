"""What a partition reads. It holds no secret: Spark sends it to executors, and may show it."""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from graph_meetings_archive.feeds.options import MeetingReference


class Period(Struct, frozen=True):
    """A time, its end excluded.

    Args:
        start: `None` for all that the service has.
        end: fixed when the read is planned, so that a partition that is read again has the same rows.
    """

    start: datetime | None
    end: datetime

    def has(self, moment: datetime | None) -> bool:
        """Whether a moment lies in it. What has none is taken to lie in it."""
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
    """Some meetings, and who attended them.

    Args:
        meetings: that took place in the period.
        period: in which the meetings that are reported on began.
    """

    meetings: tuple[MeetingReference, ...]
    period: Period


class PeriodWork(Struct, frozen=True):
    """The calls of the whole tenant in a period."""

    period: Period


Work: TypeAlias = OrganizerWork | MeetingWork | PeriodWork
