"""Batches: the cells of some items, column by column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from graph_meetings_runtime.json_codec import JsonObject, encode_json
from graph_meetings_runtime.tables.cells import Nulls
from graph_meetings_runtime.tables.column import NUMBER, Level
from graph_meetings_runtime.tables.layout import Layout
from graph_meetings_runtime.tables.levels import Objects, brought_down, objects_of_items, objects_within
from graph_meetings_runtime.tables.problems import OnProblem, Problem

_ENOUGH: Final = 1000
"""How many objects a batch has at least, items and what they list counted, unless there are no more."""


class _Report:
    """Receives what is malformed in some items."""

    def __init__(self, table: str, items: Sequence[JsonObject], before: int, problems: OnProblem) -> None:
        self._table = table
        self._items = items
        self._before = before
        self._problems = problems

    def __call__(self, column: str, position: int, value: object, reason: str) -> None:
        number, id_ = self._before + position + 1, self._items[position].get("id")
        item = f"item {number}" if id_ is None else f"item {number} ({id_})"
        item_id = id_ if isinstance(id_, str) else None
        self._problems(Problem(self._table, column, item, value, reason, item_id))


class Batches:
    """Makes batches of items for one table.

    Args:
        layout: of the table.
        parents: values that the caller gives.
        problems: receives what is malformed.
        with_raw: whether to add the JSON of each row's object.
    """

    def __init__(
        self, layout: Layout, parents: Mapping[str, object], problems: OnProblem, *, with_raw: bool = False
    ) -> None:
        self._layout = layout
        self._parents = {name: value for name, value in parents.items() if value is not None}
        self._problems = problems
        self._with_raw = with_raw
        self._check_given()

    def of(self, items: Iterable[object]) -> Iterator[list[list[Any]]]:
        """Yield the cells of each column, for some rows at a time.

        Raises:
            TypeError: an item is of another type than the table's, or what it does not know was not given.
        """
        before = 0
        for start, chunk in self._chunks(items):
            batch = self._batch(start, chunk, before)
            before += len(chunk)
            if batch[0]:
                yield batch

    def _chunks(self, items: Iterable[Any]) -> Iterator[tuple[int, list[JsonObject]]]:
        """Yield JSON objects of one level, as many as make a batch."""
        of_class, start_of, size_of = self._layout.of_class, self._layout.start, self._layout.size
        chunk: list[JsonObject] = []
        weight = last = 0
        otherwise = self._layout.below(self._parents)
        innermost = len(self._layout.levels) - 1
        for item in items:
            known = of_class.get(item.__class__)  # saves a tenth of the time
            start, raw = start_of(item, otherwise) if known is None else (known, item.raw)
            if weight >= _ENOUGH or (start != last and chunk):
                yield last, chunk
                chunk, weight = [], 0
            chunk.append(raw)
            weight += 1 if start == innermost else size_of(start, raw)
            last = start
        if chunk:
            yield last, chunk

    def _check_given(self) -> None:
        for name, value in self._parents.items():
            expected = self._layout.parent(name).type.python
            if type(value) is not expected:
                raise TypeError(f"{self._layout.name}: {name} must be {expected.__name__}, got {value!r}")

    def _batch(self, start: int, items: list[JsonObject], before: int) -> list[list[Any]]:
        self._layout.check_parents(start, self._parents)
        report = _Report(self._layout.name, items, before, self._problems)
        levels = [objects_of_items(items, before + 1)]
        for level in self._layout.levels[start + 1 :]:
            levels.append(objects_within(levels[-1], level.property, partial(report, level.property)))
        rows = levels[-1]
        batch = self._given_cells(self._layout.levels[:start], len(rows.found))
        for depth, objects in enumerate(levels):
            cells = self._level_cells(start + depth, objects, report)
            below = levels[depth + 1 :]
            batch += [brought_down(column, below) if below else column for column in cells]
        if self._with_raw:
            batch.append([_json(found) for found in rows.found])
        return self._with_keys(batch, rows, report)

    def _given_cells(self, levels: Sequence[Level], count: int) -> list[list[Any]]:
        values = (self._parents.get(column.name) for level in levels for column in level.columns)
        return [Nulls([None] * count) if value is None else [value] * count for value in values]

    def _level_cells(self, level: int, objects: Objects, report: _Report) -> Iterator[list[Any]]:
        def report_cell(column: str, position: int, value: object, reason: str) -> None:
            report(column, objects.items[position], value, reason)

        read = self._layout.readers[level].read(objects.found, report_cell)
        for column in self._layout.levels[level].columns:
            if column.name in self._parents:
                yield [self._parents[column.name]] * len(objects.found)
            elif column.path == (NUMBER,):
                yield objects.numbers
            else:
                yield read.get(column.name) or Nulls([None] * len(objects.found))

    def _with_keys(self, batch: list[list[Any]], rows: Objects, report: _Report) -> list[list[Any]]:
        """Return a batch without the rows whose key is incomplete."""
        lacking: set[int] = set()
        for name, position in self._layout.required:
            if None not in batch[position]:
                continue
            for row, value in enumerate(batch[position]):
                if value is None and row not in lacking:
                    report(name, rows.items[row], None, "there is no value, and the row cannot be without")
                    lacking.add(row)
        if not lacking:
            return batch
        kept = [row for row in range(len(rows.found)) if row not in lacking]
        return [[cells[row] for row in kept] for cells in batch]


def _json(found: JsonObject) -> str:
    return encode_json(found).decode()
