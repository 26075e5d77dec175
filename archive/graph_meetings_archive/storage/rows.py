"""From items of the service to rows of units."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from graph_meetings_archive.storage.unit import Key, Row, StoredTable
from graph_meetings_runtime.tables.problems import OnProblem
from graph_meetings_runtime.tables.table import Item, Table


def rows_by_owner(
    table: Table, stored: StoredTable, items: Iterable[Item], problems: OnProblem, **parents: str | None
) -> Mapping[Key, Sequence[Row]]:
    """Return the rows of items by their owners, each row once.

    Args:
        table: makes the rows.
        stored: the same table in the archive, whose own columns are left out here.
        items: of the service.
        problems: receives what is malformed.
        parents: what the items do not know.
    """
    owner, key = _getter(stored.owner_positions), _getter(stored.key_positions)
    given: dict[str, Any] = parents
    rows = table.tuples(items, problems=problems, **given)
    # The last one counts: what comes twice may have changed in between.
    if stored.owner == stored.key:
        return {owner(row): (row,) for row in rows}
    found: dict[Key, dict[Key, Row]] = {}
    for row in rows:
        found.setdefault(owner(row), {})[key(row)] = row
    return {each: tuple(rows.values()) for each, rows in found.items()}


def _getter(positions: Sequence[int]) -> Callable[[Row], Any]:
    if len(positions) == 1:
        position = positions[0]
        return lambda row: (row[position],)
    return itemgetter(*positions)
