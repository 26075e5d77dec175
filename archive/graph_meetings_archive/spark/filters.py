"""Spark's filters, as far as the service can apply them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final

from msgspec.structs import replace
from pyspark.sql.datasource import EqualTo, Filter, GreaterThan, GreaterThanOrEqual, In, LessThan, LessThanOrEqual

from graph_meetings_archive.spark.planning.planning import OF_ORGANIZERS
from graph_meetings_archive.spark.request.options import Options

_STEP: Final = timedelta(microseconds=1)  # the unit of Spark's timestamps
_TIMES: Final[Mapping[str, str]] = {
    "recordings": "created_date_time",
    "transcripts": "created_date_time",
    "calls": "start_date_time",
    "pstn_calls": "start_date_time",
    "direct_routing_calls": "start_date_time",
    "attendance_reports": "meeting_start_date_time",
}
"""The column of each table to which its period refers."""


def narrowed(options: Options, filters: Iterable[Filter]) -> Options:
    """Return options that request no more than needed.

    Args:
        options: of the read.
        filters: all of which the wanted rows meet.
    """
    for each in filters:
        if each.attribute == (_TIMES.get(options.table),):
            options = _in_time(options, each)
        elif each.attribute == ("organizer_id",) and options.table in OF_ORGANIZERS:
            options = _of_organizers(options, each)
    return options


def _in_time(options: Options, each: Filter) -> Options:
    match each:
        case GreaterThanOrEqual(value=datetime(tzinfo=tzinfo()) as moment):
            return _since(options, moment)
        case GreaterThan(value=datetime(tzinfo=tzinfo()) as moment):
            return _since(options, moment + _STEP)
        case LessThan(value=datetime(tzinfo=tzinfo()) as moment):
            return _until(options, moment)
        case LessThanOrEqual(value=datetime(tzinfo=tzinfo()) as moment):
            return _until(options, moment + _STEP)
        case _:
            return options


def _since(options: Options, moment: datetime) -> Options:
    return replace(options, since=moment if options.since is None else max(moment, options.since))


def _until(options: Options, moment: datetime) -> Options:
    return replace(options, until=moment if options.until is None else min(moment, options.until))


def _of_organizers(options: Options, each: Filter) -> Options:
    match each:
        case EqualTo(value=str() as id_):
            return _among(options, {id_})
        case In(value=ids):
            return _among(options, {id_ for id_ in ids if isinstance(id_, str)})
        case _:
            return options


def _among(options: Options, ids: Iterable[str]) -> Options:
    found = frozenset(map(str.lower, ids))
    return replace(options, among=found if options.among is None else found & options.among)
