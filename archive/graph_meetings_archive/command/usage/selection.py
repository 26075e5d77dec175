"""The options that select: organizers, meetings, periods."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, TypeAlias

from cyclopts import Parameter
from cyclopts.validators import Number

from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.moments import parse_moment

_ORGANIZER: Final = Parameter(
    env_var="GRAPH_MEETINGS_ORGANIZER",
    help="Id or user principal name of the organizer; `me` for the signed-in user.",
)
OrganizerName: TypeAlias = Annotated[str, _ORGANIZER]
AnyOrganizerName: TypeAlias = Annotated[str | None, _ORGANIZER]
MeetingName: TypeAlias = Annotated[
    str | None, Parameter(help="Only this meeting: its id, its join URL, or the short id that a table shows.")
]
Concurrency: TypeAlias = Annotated[int, Parameter(validator=Number(gte=1, lte=64))]
Top: TypeAlias = Annotated[int | None, Parameter(help="Show at most this many.", validator=Number(gte=1))]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Period:
    """From when to when.

    Args:
        since: Start of the period: a date, today or yesterday (from local midnight), a time like 2026-01-31T14:00Z, or
            7d for the last seven days.
        until: End of the period, not included. Its forms are those of --since.
    """

    since: str | None = None
    until: str | None = None

    @property
    def start(self) -> datetime | None:
        """The first moment, in UTC."""
        return None if self.since is None else parse_moment(self.since, "--since")

    @property
    def end(self) -> datetime | None:
        """The moment after the last one, in UTC."""
        if self.until is None:
            return None
        start, end = self.start, parse_moment(self.until, "--until")
        if start is not None and start >= end:
            raise CommandFailed("--since is not before --until", hint="change one of them: nothing is in between")
        return end

    def has(self, moment: datetime | None) -> bool:
        """Return whether a moment is within."""
        if moment is None:
            return self.since is None and self.until is None
        start, end = self.start, self.end
        return (start is None or moment >= start) and (end is None or moment < end)


ANY_TIME: Final = Period()
