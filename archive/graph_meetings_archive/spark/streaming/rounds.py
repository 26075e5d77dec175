"""Rounds: what is new since the last one, on the driver."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from graph_meetings import BadRequest, FieldError, GraphError, LinkRefused, NotFound
from graph_meetings_archive.feeds.options import OVERLAP
from graph_meetings_archive.spark.planning.organizers import organizer_ids
from graph_meetings_archive.spark.reading.artifacts import rows_of_artifacts
from graph_meetings_archive.spark.reading.calls import calls_since, whole_calls
from graph_meetings_archive.spark.reading.in_order import in_order
from graph_meetings_archive.spark.reading.rows import Rows
from graph_meetings_archive.spark.streaming.journal import Journal
from graph_meetings_archive.spark.streaming.state import Call, State, digest
from graph_meetings_blocking_archive.feeds.call_records import start_of, version_of
from graph_meetings_runtime.tables.arrow import ArrowTable

OF_CALLS: Final = frozenset({"calls", "participants", "sessions", "segments", "streams"})
_ENOUGH: Final = 20_000
"""The most rows in memory; with more, they become a round, and the next one starts."""
_LINK_IS_USELESS: Final = (BadRequest, NotFound, LinkRefused)


class _News(Struct, frozen=True):
    """What is new of an organizer.

    Args:
        rows: of the artifacts.
        delivered: digests of the artifacts.
        organizer: the id in lower case.
        link: where the organizer's delta continues, or `None` if nothing could be read.
    """

    rows: list[ArrowTable]
    delivered: frozenset[bytes]
    organizer: str
    link: str | None


def read_round(rows: Rows, journal: Journal, state: State) -> State:
    """Request everything that is new, and save it in the journal; many rows become several rounds.

    What was received before an error is kept, so that the next attempt continues from there.

    Raises:
        GraphError: the service failed.
        OptionError: the option `organizers` is wrong.
        OSError: the journal cannot be written.
    """
    if rows.options.table in OF_CALLS:
        return _read_calls(rows, journal, state)
    return _read_artifacts(rows, journal, state)


def _read_artifacts(rows: Rows, journal: Journal, state: State) -> State:
    found, count = list[ArrowTable](), 0
    links, delivered = dict(state.links), set(state.delivered)
    try:
        for news in _news(rows, state):
            found += news.rows
            count += _rows_in(news.rows)
            delivered |= news.delivered
            if news.link is not None:
                links[news.organizer] = news.link
            if count >= _ENOUGH:
                state = journal.add(found, replace(state, links=links, delivered=frozenset(delivered)))
                found, count = [], 0
    finally:
        state = journal.add(found, replace(state, links=links, delivered=frozenset(delivered)))
    return state


def _news(rows: Rows, state: State) -> Iterator[_News]:
    def of(organizer: str) -> _News:
        try:
            return _news_of(rows, state, organizer)
        except (GraphError, FieldError) as error:
            return _News(rows.failed(f"the organizer {organizer}", error), frozenset(), organizer.lower(), None)

    return in_order(of, organizer_ids(rows.graph, rows.options), rows.threads)


def _news_of(rows: Rows, state: State, organizer: str) -> _News:
    link = state.links.get(organizer.lower())
    try:
        return _round_of(rows, state, organizer, link)
    except _LINK_IS_USELESS:
        if link is None:
            raise
        return _round_of(rows, state, organizer, None)


def _round_of(rows: Rows, state: State, organizer: str, link: str | None) -> _News:
    """Return what is new of an organizer; the service may start over, and send what it has sent before."""
    meetings = rows.graph.users.by_user_id(organizer).online_meetings
    since = rows.options.since
    delta: Any
    if rows.options.table == "recordings":
        delta = meetings.get_all_recordings(start_date_time=since).delta()
    else:
        delta = meetings.get_all_transcripts(start_date_time=since).delta()
    changes = delta.changes(link, resync=True)
    found = {digest(organizer, change.item.to_json()): change.item for change in changes if not change.removed}
    news = {mark: item for mark, item in found.items() if mark not in state.delivered}
    made = rows_of_artifacts(rows, list(news.values()), organizer)
    return _News(made, frozenset(news), organizer.lower(), changes.delta_link)


def _read_calls(rows: Rows, journal: Journal, state: State) -> State:
    found, count = list[ArrowTable](), 0
    calls, latest = dict(state.calls), state.latest
    since = rows.options.since if latest is None else latest - OVERLAP
    try:
        for records in calls_since(rows, since):
            news = [each for each in records if each.id not in calls or calls[each.id].version < version_of(each)]
            whole = whole_calls(rows, news)
            made = rows.of(whole)
            found += made
            count += _rows_in(made)
            # The record may have a higher version than in the list.
            calls |= {each.id: Call(version_of(each), start_of(each)) for each in (*news, *whole)}
            latest = max((start for start in (latest, *map(start_of, news)) if start is not None), default=None)
            if count >= _ENOUGH:
                state = journal.add(found, replace(state, calls=calls))
                found, count = [], 0
    finally:
        state = journal.add(found, replace(state, calls=calls))
    # Only now: calls have no order, and those that were not read must be requested again.
    return journal.add([], replace(state, latest=latest, calls=_revisable(calls, latest)))


def _rows_in(tables: Sequence[ArrowTable]) -> int:
    return sum(table.num_rows for table in tables)


def _revisable(calls: dict[str, Call], latest: datetime | None) -> dict[str, Call]:
    """Return the calls that may occur again in the next round."""
    if latest is None:
        return calls
    return {id_: call for id_, call in calls.items() if call.start is None or call.start >= latest - OVERLAP}
