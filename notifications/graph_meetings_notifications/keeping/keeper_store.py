"""What a keeper saves: the states of its subscriptions, waiting notices, and gaps."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

import msgspec

from graph_meetings_notifications.events import SubscriptionNotice
from graph_meetings_notifications.keeping.read_lists import ReadLists
from graph_meetings_notifications.keeping.records import Gap, State
from graph_meetings_notifications.keeping.store_format import FORMAT
from graph_meetings_runtime.file_lock import hold_lock
from graph_meetings_runtime.storage.sqlite_file import SqliteFile

_CLIENT_STATE: Final = (
    "INSERT INTO graph_meetings_client_state SELECT ? WHERE NOT EXISTS (SELECT 1 FROM graph_meetings_client_state)"
)
_REPLACE: Final = "INSERT OR REPLACE INTO graph_meetings_subscriptions VALUES (?, ?)"
_BEGIN: Final = "INSERT INTO graph_meetings_gaps (resource, begins, ends) VALUES (?, ?, ?)"
_END: Final = "UPDATE graph_meetings_gaps SET ends = ? WHERE resource = ? AND ends IS NULL"
_NOTICE: Final = "INSERT OR REPLACE INTO graph_meetings_notices (subscription, event, received) VALUES (?, ?, ?)"


class Notice(msgspec.Struct, frozen=True):
    """A lifecycle notification that has not been acted on.

    Args:
        id: in the store.
        subscription_id: of the subscription.
        event: such as `missed`.
        received: when it arrived.
    """

    id: int
    subscription_id: str
    event: str
    received: datetime


class KeeperStore:
    """The file of a keeper.

    Args:
        path: of the inbox that it is next to, resolved.

    Attributes:
        path: of this file.
        delta_path: of the file in which reconciliation keeps its deltas.
        lists: what reconciliation has read from lists.

    Raises:
        KeeperError: the file is not a keeper's, is damaged, or was written by a newer release.
        OSError: it cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.name}-subscriptions")
        self.delta_path = path.with_name(f"{path.name}-delta")
        self.file = SqliteFile(self.path, FORMAT)
        self.lists = ReadLists(self.file)

    def client_state(self) -> str:
        """Return the `clientState` of all subscriptions of this store."""
        self.file.execute(_CLIENT_STATE, token_urlsafe(32))
        ((text,),) = self.file.execute("SELECT client_state FROM graph_meetings_client_state")
        return str(text)

    def state(self, resource: str) -> State:
        """Return the state of the subscription to a resource."""
        found = self.file.execute("SELECT state FROM graph_meetings_subscriptions WHERE resource = ?", resource)
        return msgspec.json.decode(found[0][0], type=State) if found else State()

    def states(self) -> dict[str, State]:
        """Return all states, by the path of the resource."""
        rows = self.file.execute("SELECT resource, state FROM graph_meetings_subscriptions")
        return {resource: msgspec.json.decode(state, type=State) for resource, state in rows}

    def save(
        self,
        resource: str,
        state: State,
        *,
        gap_begins: datetime | None = None,
        gap_ends: datetime | None = None,
        notices: Iterable[Notice] = (),
    ) -> None:
        """Save a state and its consequences in one transaction.

        Args:
            resource: its path.
            state: to keep.
            gap_begins: the beginning of a gap; open unless `gap_ends` is given, too.
            gap_ends: the end of that gap, or of the one that is open.
            notices: that were dealt with.
        """
        with self.file.transaction():
            self.file.execute(_REPLACE, resource, msgspec.json.encode(state))
            if gap_begins is not None:
                ends = None if gap_ends is None else gap_ends.timestamp()
                self.file.execute(_BEGIN, resource, gap_begins.timestamp(), ends)
            elif gap_ends is not None:
                self.file.execute(_END, gap_ends.timestamp(), resource)
            for each in notices:
                self.file.execute("DELETE FROM graph_meetings_notices WHERE id = ?", each.id)

    def add_notice(self, notice: SubscriptionNotice) -> None:
        """Save a notice for the next pass."""
        received = notice.received.timestamp()
        self.file.execute(_NOTICE, notice.subscription_id, notice.lifecycle_event, received)

    def notices(self, subscription_id: str) -> list[Notice]:
        """Return the waiting notices of a subscription."""
        select = "SELECT id, event, received FROM graph_meetings_notices WHERE subscription = ?"
        rows = self.file.execute(select, subscription_id)
        return [Notice(id_, subscription_id, event, _moment(received)) for id_, event, received in rows]

    def gaps(self) -> list[Gap]:
        """Return the open gaps, oldest first."""
        rows = self.file.execute("SELECT id, resource, begins, ends FROM graph_meetings_gaps ORDER BY begins, id")
        return [
            Gap(id_, resource, _moment(begins), None if ends is None else _moment(ends))
            for id_, resource, begins, ends in rows
        ]

    def close_gaps(self, gaps: Iterable[Gap]) -> None:
        """Remove gaps whose events are all in the inbox."""
        self.file.execute_many("DELETE FROM graph_meetings_gaps WHERE id = ?", [(gap.id,) for gap in gaps])

    def lock(self) -> AbstractContextManager[None]:
        """Lock the subscriptions of this store while the block runs.

        Raises:
            BlockingIOError: someone else is maintaining them.
        """
        busy = BlockingIOError(f"someone else is maintaining the subscriptions of {self.path}")
        return hold_lock(self.path.with_name(f"{self.path.name}.lock"), busy)

    def reconciling(self) -> AbstractContextManager[None]:
        """Lock the reconciler while the block runs.

        Raises:
            BlockingIOError: someone else is reconciling.
        """
        busy = BlockingIOError(f"someone else is reconciling with {self.delta_path}")
        return hold_lock(self.delta_path.with_name(f"{self.delta_path.name}.lock"), busy)

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
