"""Goes down from items to the objects that rows are made of."""

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, Final, TypeAlias, cast

from msgspec import Struct

from graph_meetings_runtime.json_codec import JsonObject, json_type
from graph_meetings_runtime.tables.cells import Nulls

ReportObject: TypeAlias = Callable[[int, object, str], None]
"""Receives the position of an item, the value, and what is wrong with it."""

_FEW: Final = 2
"""Fewer positions than those for which `itemgetter` returns a tuple."""


class Objects(Struct):
    """The objects of one level, in order.

    Attributes:
        found: the objects.
        outer: for each, the position of the object of the level above that lists it.
        numbers: for each, its place in that list, from 1.
        items: for each, the position of the item that it is in.
    """

    found: list[JsonObject]
    outer: list[int]
    numbers: list[int]
    items: list[int]

    def repeat(self, cells: Sequence[Any]) -> Sequence[Any]:
        """Return the cell of the outer object for each object, of one cell for each outer object."""
        if len(self.outer) < _FEW:
            return [cells[position] for position in self.outer]
        repeated: Sequence[Any] = itemgetter(*self.outer)(cells)
        return repeated


def objects_of_items(items: list[JsonObject], first_number: int) -> Objects:
    """Return items as the objects of the first level.

    Args:
        items: the items.
        first_number: of the first among all items.
    """
    positions = list(range(len(items)))
    return Objects(items, positions, list(range(first_number, first_number + len(items))), positions)


def objects_within(outer: Objects, name: str, report: ReportObject) -> Objects:
    """Return the objects that those of a level list.

    Args:
        outer: the level above.
        name: the property that lists them.
        report: receives what is not a list of objects.
    """
    inner = Objects([], [], [], [])
    for position, holder in enumerate(outer.found):
        listed = holder.get(name)
        if listed is None:
            continue
        item = outer.items[position]
        objects = list(_objects(listed, item, report))
        inner.found += objects
        inner.outer += repeat(position, len(objects))
        inner.numbers += range(1, len(objects) + 1)
        inner.items += repeat(item, len(objects))
    return inner


def _objects(listed: object, item: int, report: ReportObject) -> Iterator[JsonObject]:
    if not isinstance(listed, list):
        report(item, listed, f"expected a list, got {json_type(listed)}")
        return
    for found in cast("list[object]", listed):
        if isinstance(found, dict):
            yield cast("JsonObject", found)
        else:
            report(item, found, f"expected an object, got {json_type(found)}")


def brought_down(cells: Sequence[Any], levels: Sequence[Objects]) -> list[Any]:
    """Repeat the cells of a level for each object of the innermost one.

    Args:
        cells: one for each object of a level.
        levels: those below it, from the outermost in.
    """
    if type(cells) is Nulls:
        return Nulls(repeat(None, len(levels[-1].outer)))
    for level in levels:
        cells = level.repeat(cells)
    return list(cells)
