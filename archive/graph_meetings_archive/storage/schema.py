"""The columns of an archive's tables, and how they differ from those that this release writes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from graph_meetings_archive.outcome.errors import ArchiveMismatch
from graph_meetings_archive.storage.unit import StoredTable

_SHOWN: Final = 3


class _Schema(Struct, frozen=True):
    """A table: its key, and the types of its columns by their names."""

    key: tuple[str, ...]
    columns: dict[str, str]


def schema_text(tables: Iterable[StoredTable]) -> str:
    """Return the schemas of tables as the journal keeps them."""
    return msgspec.json.encode({table.name: _schema_of(table) for table in tables}).decode()


def require_same_schemas(place: object, text: str, tables: Iterable[StoredTable], release: str | None = None) -> None:
    """Check that an archive has the tables that this release writes. It may lack some: they are created.

    Args:
        place: the archive, for the message.
        text: its schemas.
        tables: of this release.
        release: that the schemas are of, if it is known.

    Raises:
        ArchiveMismatch: one has other columns, or is unknown.
    """
    try:
        found = msgspec.json.decode(text, type=dict[str, _Schema])
    except msgspec.DecodeError:
        raise _mismatch(place, ["its schemas are in a form that this release does not know"], release) from None
    expected = {table.name: _schema_of(table) for table in tables}
    if differences := list(_differences(found, expected)):
        raise _mismatch(place, differences, release)


def require_same_columns(place: object, table: StoredTable, found: Sequence[str]) -> None:
    """Check the columns that a table of a database really has.

    Raises:
        ArchiveMismatch: they are others.
    """
    if tuple(found) != table.names:
        differences = list(_columns(table.name, dict.fromkeys(found, ""), dict.fromkeys(table.names, "")))
        raise _mismatch(place, differences or [f"the columns of {table.name} are in another order"])


def _schema_of(table: StoredTable) -> _Schema:
    return _Schema(table.key, {column.name: column.type.value for column in table.columns})


def _differences(found: Mapping[str, _Schema], expected: Mapping[str, _Schema]) -> Iterator[str]:
    for name, schema in found.items():
        wanted = expected.get(name)
        if wanted is None:
            yield f"this release has no table {name}"
            continue
        yield from _columns(name, schema.columns, wanted.columns)
        if schema.key != wanted.key:
            yield f"the key of {name} is {', '.join(schema.key)}, not {', '.join(wanted.key)}"
        elif list(schema.columns) != list(wanted.columns) and schema.columns.keys() == wanted.columns.keys():
            yield f"the columns of {name} are in another order"


def _columns(table: str, found: Mapping[str, str], expected: Mapping[str, str]) -> Iterator[str]:
    for name in expected.keys() - found.keys():
        yield f"{table} has no column {name}"
    for name in found.keys() - expected.keys():
        yield f"{table} has a column {name}, which this release does not write"
    for name in found.keys() & expected.keys():
        if found[name] != expected[name]:
            yield f"{table}.{name} is {found[name]}, not {expected[name]}"


def _mismatch(place: object, differences: Sequence[str], release: str | None = None) -> ArchiveMismatch:
    writer = "the release that wrote it" if release is None else f"graph-meetings {release}, which wrote it"
    shown = sorted(differences)[:_SHOWN]
    more = f", and {len(differences) - _SHOWN} more differences" if len(differences) > _SHOWN else ""
    return ArchiveMismatch(
        f"{place} has tables with other columns than this release of graph-meetings writes: {'; '.join(shown)}{more}. "
        f"Use {writer}, or export into a new folder; nothing was changed"
    )
