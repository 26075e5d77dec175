"""The columns of an archive's tables, and how they differ from those that this release writes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from graph_meetings_archive.outcome.errors import ArchiveMismatch
from graph_meetings_archive.storage.journal import Journal
from graph_meetings_archive.storage.unit import StoredTable
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.version import VERSION

AddedColumns: TypeAlias = Mapping[str, AbstractSet[str]]
"""The names of the columns that this release adds to the tables of an archive, by table."""

_SHOWN: Final = 3


class _Schema(Struct, frozen=True):
    """A table: its key, and the types of its columns by their names."""

    key: tuple[str, ...]
    columns: dict[str, str]


def about_tables(tables: Iterable[StoredTable]) -> dict[str, str]:
    """Return what a journal says of the tables: their schemas, and the release that wrote them."""
    schemas = msgspec.json.encode({table.name: _schema_of(table) for table in tables}).decode()
    return {"tables": schemas, "release": VERSION}


def record_schemas(journal: Journal, tables: Iterable[StoredTable]) -> None:
    """Record that an archive has these tables now, unless the journal says so already."""
    about = about_tables(tables)
    if journal.about()["tables"] != about["tables"]:
        for name, value in about.items():
            journal.describe(name, value)


def added_columns(text: str, tables: Iterable[StoredTable]) -> AddedColumns:
    """Return the columns that tables of an archive lack.

    Args:
        text: its schemas, which `require_compatible_schemas` has accepted.
        tables: of this release.
    """
    found = msgspec.json.decode(text, type=dict[str, _Schema])
    lacking = {
        table.name: frozenset(table.names) - found[table.name].columns.keys() for table in tables if table.name in found
    }
    return {name: columns for name, columns in lacking.items() if columns}


def require_compatible_schemas(
    place: object, text: str, tables: Sequence[StoredTable], release: str | None = None
) -> None:
    """Check that an archive has the tables that this release writes.

    It may lack some tables, which are created, and some columns that can be null, which are added.

    Args:
        place: the archive, for the message.
        text: its schemas.
        tables: of this release.
        release: that the schemas are of, if it is known.

    Raises:
        ArchiveMismatch: one has other columns, or is unknown.
    """
    addable = {table.name: {column.name for column in table.columns if column.nullable} for table in tables}
    try:
        found = msgspec.json.decode(text, type=dict[str, _Schema])
    except msgspec.DecodeError:
        raise _mismatch(place, ["its schemas are in a form that this release does not know"], release) from None
    expected = {table.name: _schema_of(table) for table in tables}
    if differences := list(_differences(found, expected, addable)):
        raise _mismatch(place, differences, release)


def missing_columns(place: object, table: StoredTable, found: Sequence[str], added: AddedColumns) -> list[Column]:
    """Return the columns that a table in a database lacks. Their order does not matter.

    Args:
        place: the database, for the message.
        table: the table.
        found: the names of its columns.
        added: the columns that may be missing.

    Raises:
        ArchiveMismatch: others are missing, or it has others.
    """
    expected = dict.fromkeys(table.names, "")
    if differences := list(_columns(table.name, dict.fromkeys(found, ""), expected, added.get(table.name, set()))):
        raise _mismatch(place, differences)
    return [column for column in table.columns if column.name not in found]


def _schema_of(table: StoredTable) -> _Schema:
    return _Schema(table.key, {column.name: column.type.value for column in table.columns})


def _differences(found: Mapping[str, _Schema], expected: Mapping[str, _Schema], addable: AddedColumns) -> Iterator[str]:
    for name, schema in found.items():
        wanted = expected.get(name)
        if wanted is None:
            yield f"this release has no table {name}"
            continue
        yield from _columns(name, schema.columns, wanted.columns, addable[name])
        if schema.key != wanted.key:
            yield f"the key of {name} is {', '.join(schema.key)}, not {', '.join(wanted.key)}"
        same = [each for each in wanted.columns if each in schema.columns]
        if len(same) == len(schema.columns) and same != list(schema.columns):
            yield f"the columns of {name} are in another order"


def _columns(
    table: str, found: Mapping[str, str], expected: Mapping[str, str], addable: AbstractSet[str]
) -> Iterator[str]:
    for name in expected.keys() - found.keys() - addable:
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
