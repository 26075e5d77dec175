"""`tables.toml`: the tables, what their rows are, and how the metadata's objects become columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from codegen.csdl import QualifiedName
from codegen.errors import CodegenError, did_you_mean
from codegen.rules.toml import EMPTY, Table, check_unique, convert, qualified, read_toml

_TYPES = ("text", "integer", "boolean", "double", "decimal", "moment", "duration", "list of text", "json")


class ColumnRule(Table, frozen=True):
    """A column that is not just a property of the row's object.

    Args:
        path: from the item to the value, joined by slashes; a path that ends in `#` counts objects.
        doc: needed where the metadata's property has no description.
        given: whether the caller can give the value.
        required: whether it cannot be null, apart from the key, which never can.
        type: of the column, where rows are made of a class of the runtime.
    """

    path: str = ""
    doc: str = ""
    given: bool = False
    required: bool = False
    type: str | None = None


class TableRule(Table, frozen=True):
    """A table.

    Args:
        doc: one sentence on what has a row.
        items: the type of what the rows are in, or a class of the runtime.
        path: from an item to the rows, joined by slashes; empty if each item is a row.
        key: the columns that identify a row.
        whole: the properties on the path whose objects give the rows all of their columns.
        columns: those besides the row's own properties, by name.
    """

    doc: str
    items: str
    key: tuple[str, ...]
    path: str = ""
    whole: tuple[str, ...] = ()
    columns: Mapping[str, ColumnRule] = EMPTY


@dataclass(frozen=True, slots=True)
class TableRules:
    """All tables.

    Args:
        file: its name in messages.
        version: whose metadata they are made from.
        left_out: the properties that have no column, as in `microsoft.graph.user.mail`.
        names: the names of columns, and the prefixes of inner objects' columns, where the property's is not right.
        values: the types that a property's values have, where the metadata says only their base.
        tables: by name.
    """

    file: str
    version: str
    left_out: tuple[str, ...]
    names: Mapping[str, str]
    values: Mapping[str, tuple[QualifiedName, ...]]
    tables: Mapping[str, TableRule]


class _File(Table, frozen=True):
    default_namespace: str
    version: str
    left_out: tuple[str, ...] = ()
    names: Mapping[str, str] = EMPTY
    values: Mapping[str, tuple[str, ...]] = EMPTY
    tables: Mapping[str, Mapping[str, Any]] = EMPTY


NO_TABLES = TableRules("tables.toml", "", (), EMPTY, EMPTY, EMPTY)


def read_tables(path: Path, name: str) -> TableRules:
    """Read the rules. Without the file, there are no tables.

    Raises:
        CodegenError: the file is invalid.
    """
    if not path.exists():
        return NO_TABLES
    file = convert(read_toml(path, name), _File, name)
    namespace = file.default_namespace
    check_unique(file.left_out, f"{name}: left_out")
    tables = {key: _table(body, f"{name}: tables.{key}", namespace) for key, body in file.tables.items()}
    return TableRules(
        file=name,
        version=file.version,
        left_out=tuple(qualified_property(text, namespace) for text in file.left_out),
        names=MappingProxyType({qualified_property(key, namespace): text for key, text in file.names.items()}),
        values=MappingProxyType(
            {
                qualified_property(key, namespace): tuple(qualified(type_, namespace) for type_ in types)
                for key, types in file.values.items()
            }
        ),
        tables=MappingProxyType(tables),
    )


def qualified_property(text: str, namespace: str) -> str:
    """Return `type.property` with a namespace added if the type has none."""
    type_, _, property_ = text.rpartition(".")
    return f"{qualified(type_, namespace)}.{property_}"


def _table(body: Mapping[str, Any], place: str, namespace: str) -> TableRule:
    columns = {
        key: convert(value, ColumnRule, f"{place}.columns.{key}") for key, value in body.get("columns", {}).items()
    }
    rule = convert({**body, "columns": {}}, TableRule, place)
    check_unique(rule.key, f"{place}.key")
    if not rule.key:
        raise CodegenError("a table needs a key", place)
    for key, column in columns.items():
        _check_column(column, f"{place}.columns.{key}")
    items = rule.items if _is_class(rule.items) else qualified(rule.items, namespace)
    return TableRule(rule.doc, items, rule.key, rule.path, rule.whole, MappingProxyType(columns))


def _check_column(column: ColumnRule, place: str) -> None:
    if column.type is not None and column.type not in _TYPES:
        raise CodegenError(f"unknown type {column.type!r}{did_you_mean(column.type, _TYPES)}", place)
    if not column.path and not column.given:
        raise CodegenError("a column needs a path, or given = true", place)


def _is_class(name: str) -> bool:
    return name[:1].isupper()
