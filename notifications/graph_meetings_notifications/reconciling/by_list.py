"""Call records: they have no delta, so the latest ones are listed repeatedly.

Source: https://learn.microsoft.com/graph/api/callrecords-cloudcommunications-list-callrecords
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from graph_meetings import CallRecord, GraphMeetingsClient
from graph_meetings_notifications.events import StoredEvent
from graph_meetings_notifications.keeping.read_lists import ListedVersion, ReadLists
from graph_meetings_notifications.reconciling.by_delta import LONGEST_MEETING
from graph_meetings_notifications.reconciling.feeds import CALL_RECORDS
from graph_meetings_notifications.reconciling.put import Destination
from graph_meetings_notifications.resources import Resource
from graph_meetings_runtime.asynchronous.threads import run_in_thread

_KEPT: Final = timedelta(days=30)
_BATCH: Final = 500


class ByList:
    """Reads the list of call records.

    Args:
        graph: the client.
        lists: remembers up to when the list was read, and the versions that it had.
        began: calls that ended earlier are left out.
        destination: where events are put.
        resource: whose change types say whether further versions are events.
    """

    def __init__(
        self,
        graph: GraphMeetingsClient,
        lists: ReadLists,
        began: datetime,
        destination: Destination,
        resource: Resource,
    ) -> None:
        self._graph = graph
        self._lists = lists
        self._began = began
        self._destination = destination
        self._are_updates_wanted = "updated" in resource.change_types

    async def read(self, now: datetime) -> int:
        """Put into the inbox what has been listed since the last pass, and return the number of events.

        A record is listed some time after its call has ended, under the time at which the call began. The list is
        therefore read from well before the end of the last pass.

        Args:
            now: the current time.

        Raises:
            GraphError: the list cannot be read; the next pass reads it again.
        """
        until = await run_in_thread(self._lists.until, CALL_RECORDS) or self._began
        since = max(until - LONGEST_MEETING, now - _KEPT)
        added = 0
        batch: list[CallRecord] = []
        listed = self._graph.communications.call_records.list(filter=f"startDateTime ge {since:%Y-%m-%dT%H:%M:%SZ}")
        async for record in listed:
            batch.append(record)
            if len(batch) >= _BATCH:
                added += await run_in_thread(self._put, batch)
                batch = []
        added += await run_in_thread(self._put, batch)
        await run_in_thread(self._lists.move, CALL_RECORDS, now, since)
        return added

    def _put(self, records: Sequence[CallRecord]) -> int:
        versions = [ListedVersion.of(record) for record in records if self._is_new(record)]
        known = self._lists.known(versions)
        events = [
            self._event(each, "updated" if each.digest in known else "created")
            for each in versions
            if each.digest not in known or (self._are_updates_wanted and each.version > known[each.digest])
        ]
        added = self._destination.put(events)
        # Afterwards: after a crash in between, they are added again, and the inbox drops the duplicates.
        self._lists.remember(versions)
        return added

    def _event(self, listed: ListedVersion, change_type: str) -> StoredEvent:
        record = listed.record
        data = {**record.raw, "@odata.type": "#Microsoft.Graph.callrecord"}
        return self._destination.event(change_type, f"{CALL_RECORDS}/{record.id}", data)

    def _is_new(self, record: CallRecord) -> bool:
        end = record.end_date_time or record.start_date_time
        return bool(record.id) and (end is None or end >= self._began)
