"""An archive that is updated after notifications, and at an interval."""

import asyncio
from collections.abc import AsyncIterable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from graph_meetings import AuthenticationFailed, GraphError
from graph_meetings_archive import Archive, CallRecords, Feed
from graph_meetings_archive.command.archives.summary import complain_of
from graph_meetings_archive.command.notifications.lines import organizer_of_event
from graph_meetings_archive.command.output.failed_requests import complain_of_request
from graph_meetings_archive.command.output.messages import note
from graph_meetings_notifications import CallRecordChanged, Event

_SECONDS_TO_GATHER: Final = 1.0
"""Notifications arrive in bursts, and one update handles them all."""

_RECENT: Final = timedelta(hours=6)
"""How far back to look for calls after a notification. At the interval, the feed's own overlap is used."""


@dataclass
class _Waiting:
    """What has been notified since the last update."""

    everyone: bool = False
    organizers: set[str] = field(default_factory=set[str])
    calls: bool = False


class Archiving:
    """Updates an archive.

    Args:
        archive: the archive.
        feeds: the feeds to update.
        everyone: returns the organizers.
        every: the interval at which all of them are updated.
    """

    def __init__(
        self,
        archive: Archive,
        feeds: Iterable[Feed],
        everyone: Callable[[], AsyncIterable[str]],
        every: timedelta,
    ) -> None:
        self._archive = archive
        self._feeds = tuple(feeds)
        self._everyone = everyone
        self._every = every
        self._waiting = _Waiting(everyone=True)  # what arrived while nobody was watching
        self._woken = asyncio.Event()
        self._next_round = 0.0

    def notice(self, event: Event) -> None:
        """Schedule an update for what an event is about."""
        organizer = organizer_of_event(event)
        if isinstance(event, CallRecordChanged):
            self._waiting.calls = True
        elif organizer is not None:
            self._waiting.organizers.add(organizer)
        else:
            self._waiting.everyone = True
        self._woken.set()

    async def go_on(self) -> None:
        """Update the archive repeatedly, until cancelled.

        Raises:
            ArchiveError: it cannot be written.
            AuthenticationFailed: there is no longer a token.
        """
        while True:
            waiting, self._waiting = self._waiting, _Waiting()
            if waiting.everyone:
                self._next_round = asyncio.get_running_loop().time() + self._every.total_seconds()
            try:
                await self._update(waiting)
            except AuthenticationFailed:
                raise
            except GraphError as error:  # the list of people, for example
                complain_of_request(error)
            await self._wait()

    async def _update(self, waiting: _Waiting) -> None:
        organizers = self._everyone() if waiting.everyone else waiting.organizers
        summary = await self._archive.update(organizers, *self._due(waiting))
        new = [feed.feed.replace("_", " ") for feed in summary.feeds if feed.added or feed.replaced or feed.files]
        if new:
            note(f"archived new {', '.join(new)}")
        complain_of(summary.failures)

    def _due(self, waiting: _Waiting) -> list[Feed]:
        if waiting.everyone:
            return list(self._feeds)
        due: list[Feed] = []
        for feed in self._feeds:
            if isinstance(feed, CallRecords):
                due += [CallRecords(overlap=_RECENT)] if waiting.calls else []
            elif waiting.organizers:
                due.append(feed)
        return due

    async def _wait(self) -> None:
        """Wait until there has been a notification or the interval has passed."""
        try:
            async with asyncio.timeout_at(self._next_round):
                await self._woken.wait()
        except TimeoutError:
            self._waiting.everyone = True
        else:
            await asyncio.sleep(_SECONDS_TO_GATHER)
        self._woken.clear()
