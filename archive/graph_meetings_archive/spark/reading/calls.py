"""The calls of a tenant with all their parts, and the logs of telephone calls."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from graph_meetings import CallRecord, Filter, NotFound
from graph_meetings_archive.spark.planning.work import Period
from graph_meetings_archive.spark.reading.in_order import in_order
from graph_meetings_archive.spark.reading.rows import Rows, each_once, moment_of
from graph_meetings_archive.spark.request.columns import columns_of, properties_of
from graph_meetings_blocking_archive.feeds.call_records import PREFER, start_of, whole_call
from graph_meetings_blocking_archive.feeds.logs import DIRECT_ROUTING, PSTN, Log
from graph_meetings_blocking_archive.feeds.pages import whole
from graph_meetings_runtime.tables.arrow import ArrowTable

_LOGS: Final[dict[str, Log[Any]]] = {log.kind.name: log for log in (PSTN, DIRECT_ROUTING)}
_ALWAYS: Final = frozenset({"id", "version", "startDateTime"})
_NOT_SELECTED: Final = frozenset({"organizer_v2"})
"""Sent with each record although it is not a property; it is not documented that `$select` accepts it."""


def calls_in(rows: Rows, period: Period) -> Iterator[list[ArrowTable]]:
    """Yield the rows of the calls that started in a period.

    Raises:
        GraphError: the service failed.
    """
    if rows.options.table in _LOGS:
        yield from _log_rows(rows, _LOGS[rows.options.table], period)
        return
    start = CallRecord.start_date_time
    within = start < period.end if period.start is None else (start >= period.start) & (start < period.end)
    for records in _listed(rows, within):
        yield rows.of(whole_calls(rows, [each for each in records if period.has(start_of(each))]))


def calls_since(rows: Rows, since: datetime | None) -> Iterator[list[CallRecord]]:
    """Yield the calls that started at a moment or later, for `whole_calls`.

    Raises:
        GraphError: the service failed.
    """
    return _listed(rows, None if since is None else CallRecord.start_date_time >= since)


def whole_calls(rows: Rows, records: Sequence[CallRecord]) -> list[CallRecord]:
    """Return calls with everything that the table needs; those that have expired in the meantime are left out.

    Raises:
        GraphError: a call could not be read.
    """
    if rows.options.table == "calls":
        return list(records)
    found = in_order(lambda record: _whole(rows, record.id), records, rows.threads)
    return [record for record in found if record is not None]


def _listed(rows: Rows, within: Filter | None) -> Iterator[list[CallRecord]]:
    seen: set[str] = set()
    calls = rows.graph.communications.call_records
    for page in whole(calls.list(filter=within, select=_select(rows), prefer=PREFER)):
        yield each_once([each for each in page.value if isinstance(each.raw.get("id"), str)], seen)


def _select(rows: Rows) -> Sequence[str] | None:
    """Return the properties of listed calls to request, or `None` for all."""
    if rows.options.table != "calls":
        return sorted(_ALWAYS)  # then, each of them is read as a whole
    properties = properties_of(columns_of(rows.options)) | _ALWAYS
    return None if rows.options.raw or properties & _NOT_SELECTED else sorted(properties)


def _whole(rows: Rows, id_: str) -> CallRecord | None:
    try:
        return whole_call(rows.graph, id_)
    except NotFound:  # it has become older than 30 days since it was listed
        return None


def _log_rows(rows: Rows, log: Log[Any], period: Period) -> Iterator[list[ArrowTable]]:
    if period.start is None:
        raise ValueError("logs are asked for by time")
    seen: set[str] = set()
    for page in whole(log.between(rows.graph, period.start, period.end).list()):
        yield rows.of(each for each in each_once(page.value, seen) if period.has(moment_of(each, "start_date_time")))
