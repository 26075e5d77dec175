"""Recordings and transcripts: one delta for each organizer, since the service has none of a whole tenant."""

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
"""Meetings may last 30 hours, and what they leave comes some hours later."""


class Found(Struct):
    """What became of a resource.

    Args:
        added: how many events were put into the inbox.
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
        artifacts: that it stands for.
        began: artifacts that ended earlier are left out.
        destination: where they go.
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
            concurrency: how many are read at a time.
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
            # Nothing will ever come of what must not be read; if that changes, the delta begins where it stopped.
            self._found.is_complete &= isinstance(error, AccessDenied | NotFound)

    def _put(self, user: str, changes: Sequence[Change[Artifact]], _: sqlite3.Connection) -> None:
        """Put a page into the inbox, before the store moves on behind it."""
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
        """Whether an artifact is not from before the keeper began; the service may repeat old ones."""
        end = artifact.end_date_time or artifact.created_date_time
        return end is None or end >= self._began
