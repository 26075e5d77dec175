"""Tables in Python's words."""

import textwrap
from dataclasses import dataclass

from codegen.naming import AttributeName, ConstantName

_LONGEST_LITERAL = 90


def _literal(text: str) -> str:
    """Return the expression of a text, in parts that fit on a line each."""
    lines = textwrap.wrap(text, _LONGEST_LITERAL, break_long_words=False, break_on_hyphens=False) or [""]
    return " ".join(map(repr, [*(f"{line} " for line in lines[:-1]), lines[-1]]))


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column.

    Args:
        factory: the function of the runtime that makes it: `column`, `given` or `number`.
        name: of the column; within a group, without the prefix of the object.
        type: the member of `ColumnType`.
        path: the properties that lead to its value, joined by slashes.
        nullable: whether it can be null.
    """

    factory: str
    name: AttributeName
    type: ConstantName
    doc: str
    path: str
    nullable: bool
    group: None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of the factory, as expressions."""
        type_ = () if self.factory == "number" else (f"ColumnType.{self.type}",)
        path = (repr(self.path),) if self.path and self.factory != "number" else ()
        return (repr(self.name), *type_, _literal(self.doc), *path, *(() if self.nullable else ("nullable=False",)))


@dataclass(frozen=True, slots=True)
class NestedColumns:
    """The columns of an inner object.

    Args:
        prefix: of their names, empty if they keep them.
        path: the property that has the object.
        group: the constant with the columns.
    """

    prefix: str
    path: str
    group: ConstantName


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """The columns of a type whose objects are in others."""

    constant: ConstantName
    columns: tuple[TableColumn | NestedColumns, ...]


@dataclass(frozen=True, slots=True)
class TableLevel:
    """A kind of object that rows are made of.

    Args:
        type: in the metadata; or the name of a class of the runtime.
        property: the property of the level above that lists them, empty for the first.
    """

    type: str
    property: str
    columns: tuple[TableColumn | NestedColumns, ...]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table.

    Args:
        flat: all of its columns with their full names and paths, as the data dictionary lists them.
        left_out: the properties without a column.
    """

    name: AttributeName
    doc: str
    key: tuple[AttributeName, ...]
    levels: tuple[TableLevel, ...]
    flat: tuple[TableColumn, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TablePlans:
    """The tables of a package, and the columns that they share."""

    groups: tuple[ColumnGroup, ...] = ()
    tables: tuple[TablePlan, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables."""
        return tuple(table.name for table in self.tables)


NO_TABLES = TablePlans()
