"""The rows of a partition."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from graph_meetings_archive.spark.planning.work import MeetingWork, OrganizerWork, PeriodWork, Work
from graph_meetings_archive.spark.reading.artifacts import artifacts_of
from graph_meetings_archive.spark.reading.attendance import attendance_of
from graph_meetings_archive.spark.reading.calls import calls_in
from graph_meetings_archive.spark.reading.in_order import in_order
from graph_meetings_archive.spark.reading.rows import Rows
from graph_meetings_archive.spark.request.options import Options
from graph_meetings_archive.spark.request.service import open_client, threads_of
from graph_meetings_runtime.tables.arrow import ArrowTable, library

_ENOUGH: Final = 5_000
"""Rows of a batch. Spark's own batches have at most 10,000."""


def read_partition(options: Options, work: Work, shares: int) -> Iterator[ArrowTable]:
    """Yield the rows of a partition; the same ones if it is read again.

    Args:
        options: of the read.
        work: the partition.
        shares: the number of partitions that are read at a time.

    Raises:
        GraphError: the service failed.
        OptionError: the credential cannot be created here.
    """
    threads = threads_of(options, shares)
    with open_client(options, shares=shares) as graph:
        yield from _gathered(chain.from_iterable(_read(Rows(graph, options, threads), work)))


def _gathered(tables: Iterator[ArrowTable]) -> Iterator[ArrowTable]:
    """Combine small tables: most organizers have a few rows, and each table costs as much as many rows."""
    gathered: list[ArrowTable] = []
    rows = 0
    for table in tables:
        gathered.append(table)
        rows += table.num_rows
        if rows >= _ENOUGH:
            yield _concatenated(gathered)
            gathered, rows = [], 0
    if gathered:
        yield _concatenated(gathered)


def _concatenated(tables: Sequence[ArrowTable]) -> ArrowTable:
    """Return one table with the rows of all."""
    return library("pyarrow").concat_tables(tables).combine_chunks()


def _read(rows: Rows, work: Work) -> Iterator[list[ArrowTable]]:
    match work:
        case OrganizerWork(organizers, period):
            return in_order(lambda organizer: artifacts_of(rows, organizer, period), organizers, rows.threads)
        case MeetingWork(meetings, period):
            return in_order(lambda meeting: attendance_of(rows, meeting, period), meetings, rows.threads)
        case PeriodWork(period):
            return calls_in(rows, period)
