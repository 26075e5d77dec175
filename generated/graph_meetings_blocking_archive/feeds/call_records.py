# Made by codegen from archive/graph_meetings_archive/feeds/call_records.py; do not edit.
"""Call records: each with everything in it, in its highest version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from graph_meetings import CallRecord, FieldError, GraphError, MalformedResponse, NotFound, Prefer, Session, tables
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.feeds.malformed import Malformed
from graph_meetings_archive.feeds.options import CallRecords
from graph_meetings_archive.feeds.windows import Window, later
from graph_meetings_archive.outcome.summary import Failure
from graph_meetings_archive.storage.changes import Known
from graph_meetings_archive.storage.kinds import CALLS
from graph_meetings_archive.storage.rows import rows_by_owner
from graph_meetings_archive.storage.unit import Batch, Unit, UnitId, unit_id
from graph_meetings_blocking_archive.feeds.pages import whole
from graph_meetings_blocking_archive.feeds.run import LATER, STOPS_A_FEED, Run
from graph_meetings_runtime.blocking.concurrency import for_each

_FEED: Final = "call_records"
_KIND: Final = CALLS.name
_CALLS_AT_ONCE: Final = 16
_MOST_VERSIONS: Final = 5
PREFER: Final = Prefer(include_unknown_enum_members=True)
"""What each request for call records asks for."""

_TABLES: Final = (tables.calls, tables.participants, tables.sessions, tables.segments, tables.streams)


def update_call_records(run: Run, options: CallRecords) -> None:
    """Archive the calls that are new, and those that were revised.

    Raises:
        GraphError: the service failed; what came before that is archived.
        ArchiveError: the archive cannot be written.
    """
    state = run.storage.place(_FEED)
    window = Window(options.since, None) if state is None else msgspec.convert(state, Window)
    start = window.start(options.since, options.overlap)
    latest: datetime | None = None
    is_whole = True
    builder = run.graph.communications.call_records
    after = None if start is None else CallRecord.start_date_time >= start
    for page in whole(builder.list(filter=after, prefer=PREFER)):
        records = {record.id: record for record in page.value if _says_what_it_is(record)}
        if not all(map(_says_what_it_is, page.value)):
            run.report.add(
                Failure(_FEED, None, f"a call record came without an id or a version ({page.request})", LATER)
            )
            is_whole = False
        for record in records.values():
            latest = later(latest, start_of(record))
        known = run.storage.known(map(_unit_id, records))
        news = [id_ for id_, record in records.items() if _is_news(record, known.get(_unit_id(id_)))]
        for first in range(0, len(news), _CALLS_AT_ONCE):
            units, are_all = _units(run, news[first : first + _CALLS_AT_ONCE])
            is_whole = is_whole and are_all
            run.writer.add(Batch(units))
    if not is_whole:  # the next update looks at the same calls again; those that are archived cost nothing
        return
    place = msgspec.to_builtins(window.after(options.since, latest))
    run.writer.add(Batch(places={_FEED: place}))


def _units(run: Run, ids: Sequence[str]) -> tuple[list[Unit], bool]:
    """Return the units of calls, and whether they are all that were asked for."""
    found: list[CallRecord] = []
    missing: list[str] = []

    def fetch(id_: str) -> None:
        try:
            found.append(whole_call(run.graph, id_))
        except STOPS_A_FEED:
            raise
        except GraphError as error:
            run.report.failed(_FEED, None, error)
            if not isinstance(error, NotFound):  # older than 30 days since the list was sent
                missing.append(id_)
        except FieldError as error:
            run.report.add(Failure(_FEED, None, f"the call record {id_}: {error}"))
            missing.append(id_)

    malformed = Malformed(run.report, _FEED)
    for_each(fetch, ids, run.concurrency)
    units = _call_units(found, malformed)
    return units, not missing and not malformed


def whole_call(graph: GraphMeetingsClient, id_: str) -> CallRecord:
    """Return a call record with all its participants, sessions and segments, all of one version.

    Raises:
        GraphError: the service failed, or revises the record again and again.
    """
    builder = graph.communications.call_records.by_call_record_id(id_)
    for _ in range(_MOST_VERSIONS):
        record = builder.get(expand="sessions($expand=segments),participants_v2", prefer=PREFER)
        is_more = _has_link(record)
        participants = list(builder.expanded(record, CallRecord.participants_v2, prefer=PREFER))
        sessions = list(builder.expanded(record, CallRecord.sessions, expand="segments", prefer=PREFER))
        for session in sessions:
            if session.raw.get("segments") is None or "segments@odata.nextLink" in session.raw:
                is_more = True
                of_session = builder.sessions.by_session_id(session.id)
                segments = list(of_session.expanded(session, Session.segments, prefer=PREFER))
                session.raw["segments"] = [each.raw for each in segments]
        if is_more:
            now = builder.get(select=["id", "version"])
            if version_of(now) != version_of(record):
                continue
        record.raw["participants_v2"] = [each.raw for each in participants]
        record.raw["sessions"] = [each.raw for each in sessions]
        return CallRecord.from_raw(record.raw)
    raise MalformedResponse(f"the call record {id_} was revised {_MOST_VERSIONS} times while it was read")


def _call_units(records: Sequence[CallRecord], malformed: Malformed) -> list[Unit]:
    """Return the units of whole call records.

    Args:
        records: with everything in them.
        malformed: receives what is malformed.
    """
    rows = [
        rows_by_owner(table, stored, records, malformed) for table, stored in zip(_TABLES, CALLS.tables, strict=True)
    ]
    units: list[Unit] = []
    for record in records:
        key = (record.id,)
        of_call = tuple(each.get(key, ()) for each in rows)
        if of_call[0]:
            mark = malformed.mark(record.id, b"")
            units.append(Unit(_unit_id(record.id), _KIND, key, mark, of_call, rank=version_of(record)))
    return units


def _has_link(record: CallRecord) -> bool:
    """Whether a collection within the record goes on elsewhere, or may do so."""
    return any(
        not record.raw.get(name) or f"{name}@odata.nextLink" in record.raw for name in ("participants_v2", "sessions")
    )


def _says_what_it_is(record: CallRecord) -> bool:
    return isinstance(record.raw.get("id"), str) and isinstance(record.raw.get("version"), int)


def _is_news(record: CallRecord, known: Known | None) -> bool:
    return known is None or known.is_incomplete or known.rank < version_of(record)


def _unit_id(call: str) -> UnitId:
    return unit_id(_KIND, (call,))


def version_of(record: CallRecord) -> int:
    """Return the version of a call record, 0 if the service does not say."""
    version = record.raw.get("version")
    return version if isinstance(version, int) else 0


def start_of(record: CallRecord) -> datetime | None:
    """Return when a call started, `None` if the service does not say."""
    try:
        return record.start_date_time
    except FieldError:
        return None
