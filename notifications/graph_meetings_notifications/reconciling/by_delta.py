"""Recordings and transcripts: one delta per organizer, because the service has none for a whole tenant."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, cast

from msgspec import Struct

from graph_meetings import (
    AccessDenied,
    Change,
    DeltaStore,
    GraphError,
    GraphMeetingsClient,
    InTransaction,
    NotFound,
    sync,
)
from graph_meetings_notifications.reconciling.feeds import Artifact, Artifacts
from graph_meetings_notifications.reconciling.put import Destination
from graph_meetings_runtime.asynchronous.concurrency import for_each

LONGEST_MEETING: Final = timedelta(hours=36)
"""Meetings can last 30 hours, and their artifacts appear some hours later."""


class Found(Struct):
    """The result for a resource.

    Args:
        added: the number of events put into the inbox.
        failures: what could not be read, with reasons.
        is_complete: whether the gaps of the resource can be closed.
    """

    added: int = 0
    failures: list[str] = []
    is_complete: bool = True


class ByDelta:
    """Reads the deltas of a resource.

    Args:
        graph: the client.
        store: of the deltas.
        resource: its path, which names the deltas in the store.
        artifacts: those of the resource.
        began: artifacts that ended earlier are left out.
        destination: where events are put.
    """

    def __init__(  # noqa: PLR0913, PLR0917  what a pass knows of a resource
        self,
        graph: GraphMeetingsClient,
        store: DeltaStore,
        resource: str,
        artifacts: Artifacts,
        began: datetime,
        destination: Destination,
    ) -> None:
        self._graph = graph
        self._store = store
        self._resource = resource
        self._artifacts = artifacts
        self._began = began
        self._destination = destination
        self._found = Found()

    async def read(self, organizers: Sequence[str], concurrency: int) -> Found:
        """Read one round of each delta. What fails is retried by the next pass, which resumes where this one stopped.

        Args:
            organizers: whose deltas to read, if the resource does not name one.
            concurrency: the most deltas that are read at a time.
        """
        users = self._artifacts.users(organizers)
        await for_each(self._read, users, concurrency)
        return self._found

    async def _read(self, user: str) -> None:
        delta = self._artifacts.delta(self._graph, user, self._began - LONGEST_MEETING)
        write = InTransaction[Any](partial(self._put, user))
        try:
            await sync(cast("Any", delta), self._store, write, name=f"{self._resource} of {user}")
        except GraphError as error:
            self._found.failures.append(f"{self._resource} of {user}: {error}")
            # What must not be read will never be found. If that changes, the delta continues where it stopped.
            self._found.is_complete &= isinstance(error, AccessDenied | NotFound)

    def _put(self, user: str, changes: Sequence[Change[Artifact]], _: sqlite3.Connection) -> None:
        """Put a page into the inbox, before the store moves on past it."""
        artifacts = [change.item for change in changes if not change.removed]
        events = [
            self._destination.event(
                "created",
                self._artifacts.path(user, artifact),
                {**artifact.raw, "@odata.type": self._artifacts.odata_type},
            )
            for artifact in artifacts
            if self._artifacts.includes(artifact) and self._is_new(artifact)
        ]
        self._found.added += self._destination.put(events)

    def _is_new(self, artifact: Artifact) -> bool:
        """Return whether an artifact is not older than the keeper; the service may repeat old ones."""
        end = artifact.end_date_time or artifact.created_date_time
        return end is None or end >= self._began
