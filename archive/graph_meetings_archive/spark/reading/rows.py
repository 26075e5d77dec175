"""Makes Arrow tables from what the service sends, for one read."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from graph_meetings import FieldError, GraphError
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.spark.request.columns import columns_of
from graph_meetings_archive.spark.request.options import TABLES, Options
from graph_meetings_blocking_archive.feeds.run import STOPS_A_FEED
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.tables.arrow import ArrowTable
from graph_meetings_runtime.tables.problems import Problem

_LOG: Final = logging.getLogger("graph_meetings.spark")


@dataclass(frozen=True, slots=True)
class Rows:
    """The client and the options that the requests of a partition share.

    Args:
        graph: the client.
        options: of the read.
        threads: the most organizers, meetings or calls that are worked on at a time.
    """

    graph: GraphMeetingsClient
    options: Options
    threads: int

    def of(self, items: Iterable[Any], **parents: str | None) -> list[ArrowTable]:
        """Return the rows of items, with the requested columns; nothing if there are none."""
        given: dict[str, Any] = parents
        table = TABLES[self.options.table].to_arrow(items, raw=self.options.raw, problems=_warn, **given)
        return [table.select([column.name for column in columns_of(self.options)])] if table.num_rows else []

    def failed(self, whose: str, error: GraphError | FieldError) -> list[ArrowTable]:
        """Return no rows for an organizer who cannot be read, if they are to be skipped.

        Raises:
            GraphError: they must not be skipped, or the error would affect others, too.
            FieldError: they must not be skipped.
        """
        if not self.options.skips_unreadable or isinstance(error, STOPS_A_FEED):
            raise error
        _LOG.warning("skipped %s: %s", whose, error)
        return []


def each_once(items: Iterable[Model], seen: set[str]) -> list[Any]:
    """Return the items that have not been seen before; the service may send one on two pages."""
    news: list[Any] = []
    for item in items:
        id_ = str(item.raw.get("id"))
        if id_ not in seen:
            seen.add(id_)
            news.append(item)
    return news


def moment_of(item: Model, name: str) -> datetime | None:
    """Return a moment of an item, or `None` if it has none or a malformed one."""
    try:
        moment: datetime | None = getattr(item, name)
    except FieldError:
        return None
    return moment


def _warn(problem: Problem) -> None:
    _LOG.warning("%s", problem)
