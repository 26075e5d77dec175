"""Items made up for a table: any JSON that its columns describe, with other properties between."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

from graph_meetings_archive.tables import Column, ColumnType, Table
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, Number
from graph_meetings_runtime.tables.column import NUMBER, Level

_MOMENTS = st.builds(
    "{}-{:02}-{:02}T{:02}:{:02}:{:02}{}{}".format,
    st.integers(1900, 9990),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.sampled_from(["", ".1", ".12", ".1234567", ".9999999"]),
    st.sampled_from(["Z", "+00:00", "+05:30", "-11:00"]),
)
_NUMBERS = st.builds("{}.{}".format, st.integers(-(10**19), 10**19), st.integers(0, 10**17)).map(Number)
_VALUES: Final[Mapping[ColumnType, st.SearchStrategy[Any]]] = {
    ColumnType.TEXT: st.text(max_size=8),
    ColumnType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.DOUBLE: st.one_of(st.integers(-1000, 1000), st.floats(0, 1).map(str).map(Number)),
    ColumnType.DECIMAL: st.one_of(st.integers(-(10**19), 10**19), _NUMBERS),
    ColumnType.MOMENT: _MOMENTS,
    ColumnType.DURATION: st.integers(0, 10**9).map("PT{}S".format) | st.integers(0, 999_999).map("PT1H0.{:06}S".format),
    ColumnType.LIST_OF_TEXT: st.lists(st.text(max_size=5), max_size=3),
    ColumnType.JSON: st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    ).filter(lambda value: value is not None),
}


def parents_of(table: Table) -> dict[str, Any]:
    """Return values for what the items of a table do not know."""
    return {column.name: f"the {column.name}" for column in table.schema if column.is_given and not column.nullable}


@st.composite
def items_of(draw: st.DrawFn, table: Table) -> list[JsonObject]:
    """Draw items of the first level whose objects are JSON."""
    return [draw(_objects(table.levels)) for _ in range(draw(st.integers(0, 3)))]


@st.composite
def _objects(draw: st.DrawFn, levels: tuple[Level, ...]) -> JsonObject:
    found: JsonObject = {"addedLater": draw(st.integers())} if draw(st.booleans()) else {}
    for column in levels[0].columns:
        if column.path and column.path != (NUMBER,) and (not column.nullable or draw(st.integers(0, 2))):
            _put(found, column, draw(_VALUES[column.type]))
    if len(levels) > 1:
        found[levels[1].property] = [draw(_objects(levels[1:])) for _ in range(draw(st.integers(0, 2)))]
    return found


def _put(found: JsonObject, column: Column, value: JsonValue) -> None:
    *outer, last = column.path
    for name in outer:
        inner = found.setdefault(name, {})
        assert isinstance(inner, dict)
        found = inner
    found[last] = value
