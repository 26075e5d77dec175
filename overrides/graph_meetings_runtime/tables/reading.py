"""Reads the columns of one level: from objects to columns of cells."""

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any, Final, TypeAlias, cast

from graph_meetings_runtime.json_codec import JsonObject, JsonValue, json_type
from graph_meetings_runtime.tables.cells import READERS, Nulls, ReadWhole, read_one_by_one, read_whole
from graph_meetings_runtime.tables.column import NUMBER, Column

ReportCell: TypeAlias = Callable[[str, int, object, str], None]
"""Receives a column's name, the position of an object, the value, and what is wrong with it."""

_get: Final = dict[str, JsonValue].get
_EMPTY: Final[JsonObject] = {}
_OBJECTS: Final = frozenset({dict, type(None)})


class ColumnReader:
    """Reads columns from objects. Columns within one inner object are read together.

    Args:
        columns: those to read, except numbers.
        depth: how many parts of their paths lead to the objects.
    """

    def __init__(self, columns: Iterable[Column], depth: int = 0) -> None:
        self._own: list[tuple[Column, str, ReadWhole]] = []
        inner: dict[str, list[Column]] = {}
        for column in columns:
            if len(column.path) == depth + 1:
                if column.path[depth] != NUMBER:
                    self._own.append((column, column.path[depth], READERS[column.type]))
            elif column.path:
                inner.setdefault(column.path[depth], []).append(column)
        self._inner = [(name, within[0], ColumnReader(within, depth + 1)) for name, within in inner.items()]
        self._names = tuple(column.name for column in columns)

    def read(self, objects: Sequence[JsonObject], report: ReportCell) -> dict[str, list[Any]]:
        """Return the cells of each column by its name.

        Args:
            objects: one for each cell.
            report: receives what is malformed.
        """
        cells: dict[str, list[Any]] = {}
        for column, name, read in self._own:
            values = list(map(_get, objects, repeat(name)))
            whole = read_whole(read, values)
            if whole is None:
                whole = read_one_by_one(column.type, values, _for_column(column.name, report))
            cells[column.name] = whole
        for name, first, reader in self._inner:
            found = list(map(_get, objects, repeat(name)))
            kinds = set(map(type, found))
            if kinds == {type(None)}:
                cells.update(dict.fromkeys(reader.names, Nulls(found)))
                continue
            if not kinds <= _OBJECTS:
                _report_other(found, _for_column(first.name, report))
            inner = found if kinds == {dict} else [each if type(each) is dict else _EMPTY for each in found]
            cells.update(reader.read(cast("list[JsonObject]", inner), report))
        return cells

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self._names


def _for_column(name: str, report: ReportCell) -> Callable[[int, object, str], None]:
    return lambda position, value, reason: report(name, position, value, reason)


def _report_other(values: Iterable[object], report: Callable[[int, object, str], None]) -> None:
    for position, value in enumerate(values):
        if type(value) not in _OBJECTS:
            report(position, value, f"expected an object, got {json_type(value)}")
