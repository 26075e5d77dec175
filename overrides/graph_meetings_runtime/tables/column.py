"""The columns of tables, and where their values are in the JSON."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from graph_meetings_runtime.tables.column_type import ColumnType

NUMBER: Final = "#"
"""The last part of a column's path that counts objects instead of reading them."""


class Column(Struct, frozen=True):
    """A column of a table.

    Attributes:
        name: in snake case, such as `caller_network_subnet`.
        type: what it holds, always, whatever the data.
        doc: one sentence.
        path: the properties in the JSON that lead to the value; empty if only the caller knows it.
        nullable: whether it can be null. A key cannot, nor can what the caller must say.
        is_given: whether the caller can give the value by keyword, for all rows.
    """

    name: str
    type: ColumnType
    doc: str
    path: tuple[str, ...] = ()
    nullable: bool = True
    is_given: bool = False


class Level(Struct, frozen=True):
    """A kind of object that rows are made of, from the outermost in.

    Attributes:
        type: its name in the metadata.
        columns: those whose values are in these objects.
        property: the property of the level above that lists them; empty for the first.
    """

    type: str
    columns: tuple[Column, ...]
    property: str = ""


def given(name: str, type_: ColumnType, doc: str, path: str = "", *, nullable: bool = True) -> Column:
    """Return a column whose value the caller can give.

    Args:
        name: of the column and of the keyword.
        type_: what it holds.
        doc: one sentence.
        path: where the value is if the caller gives none, joined by slashes.
        nullable: whether it may be missing.
    """
    return Column(name, type_, doc, _parts(path), nullable, is_given=True)


def column(name: str, type_: ColumnType, doc: str, path: str, *, nullable: bool = True) -> Column:
    """Return a column.

    Args:
        name: of the column.
        type_: what it holds.
        doc: one sentence.
        path: the properties that lead to the value, joined by slashes.
        nullable: whether it can be null.
    """
    return Column(name, type_, doc, _parts(path), nullable)


def number(name: str, doc: str, *, nullable: bool = True) -> Column:
    """Return a column that counts the objects of a level within each of the level above, from 1."""
    return Column(name, ColumnType.INTEGER, doc, (NUMBER,), nullable)


def nested(prefix: str, path: str, columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns of an object as columns of the object that has it.

    Args:
        prefix: of the names; empty to keep the names.
        path: the property that has the object.
        columns: of the inner object.
    """
    start = f"{prefix}_" if prefix else ""
    return tuple(
        Column(start + inner.name, inner.type, inner.doc, (path, *inner.path), inner.nullable) for inner in columns
    )


def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")) if path else ()
