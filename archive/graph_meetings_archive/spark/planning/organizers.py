"""The organizers of a read: from the option to ids, each once."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.organizers import organizers_from_file
from graph_meetings_archive.spark.request.options import OptionError, Options
from graph_meetings_blocking_archive import (
    organizers_from_call_records,
    organizers_from_group,
    organizers_from_users,
)
from graph_meetings_blocking_archive.feeds.user_ids import user_id_of
from graph_meetings_runtime.blocking.concurrency import concurrently
from graph_meetings_runtime.tables.arrow import library

_GROUP: Final = "group:"
_PATH: Final = re.compile(r"\.{0,2}[/\\]|[A-Za-z]:[/\\]")
_COLUMNS: Final = ("organizer_id", "id")


def organizer_ids(graph: GraphMeetingsClient, options: Options) -> list[str]:
    """Return the ids of the organizers, in the order in which they were named.

    Raises:
        OptionError: the option is missing or empty.
        GraphError: a request failed, or a name is unknown.
    """
    names = list(dict.fromkeys(_named(graph, options)))
    if not names:
        raise OptionError(f"option 'organizers' names nobody: {options.organizers}")
    ids = concurrently(lambda name: user_id_of(graph, name), names, concurrency=options.concurrency)
    each_once = {id_.lower(): id_ for id_ in ids}
    return [id_ for lower, id_ in each_once.items() if options.among is None or lower in options.among]


def _named(graph: GraphMeetingsClient, options: Options) -> Iterable[str]:
    given = options.organizers
    if given is None:
        raise OptionError(
            f'whose {options.table}? Add .option("organizers", …): ids or user principal names with commas between '
            "them, users, call-records, group:ID, or the path of a file"
        )
    if given == "users":
        return organizers_from_users(graph)
    if given == "call-records":
        return organizers_from_call_records(graph, since=options.since)
    if given.startswith(_GROUP):
        return organizers_from_group(graph, given.removeprefix(_GROUP))
    if _PATH.match(given):
        return _in_file(Path(given))
    return _in_list(given)


def _in_list(text: str) -> Iterator[str]:
    for part in text.split(","):
        name = part.strip()
        if "@" not in name and "-" not in name:
            raise OptionError(
                f"option 'organizers': {name!r} is neither an id nor a user principal name; the path of a file begins "
                "with / or ./"
            )
        yield name


def _in_file(path: Path) -> Iterable[str]:
    """Read a text file, or Parquet written by Spark."""
    try:
        if path.is_dir() or path.suffix == ".parquet":
            return _in_parquet(path)
        return list(organizers_from_file(path))
    except OSError as error:
        raise OptionError(f"option 'organizers': {path} cannot be read: {error.strerror or error}") from error


def _in_parquet(path: Path) -> Iterator[str]:
    dataset: Any = library("pyarrow.dataset").dataset(path, format="parquet", exclude_invalid_files=True)
    column = next((name for name in _COLUMNS if name in dataset.schema.names), None)
    if column is None:
        raise OptionError(
            f"option 'organizers': {path} has neither a column organizer_id nor a column id; it has "
            f"{', '.join(dataset.schema.names)}"
        )
    values: list[str | None] = dataset.to_table(columns=[column]).column(column).to_pylist()
    return (value for value in values if value is not None)
