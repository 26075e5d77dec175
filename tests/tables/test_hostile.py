"""Whatever JSON stands wherever, reading it raises nothing but `MalformedValue`, and the rest is read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_archive import tables
from graph_meetings_archive.tables import MalformedValue, Problems, Table
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, Number
from tests.tables.made_up import items_of, parents_of

each_table = pytest.mark.parametrize(
    "table", [tables.recordings, tables.sessions, tables.pstn_calls, tables.attendance], ids=lambda table: table.name
)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([Number("1e400"), Number("-1E-400"), Number("0.1"), Number("1e30")])
    | st.sampled_from(["", "NaN", "2026-01-15", "9999-12-31T23:59:59-14:00", "PT1S", "-P99999999999D", "1e99"])
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@st.composite
def damaged(draw: st.DrawFn, table: Table) -> list[JsonObject]:
    """Draw items with some values replaced by any JSON."""
    items = draw(items_of(table))
    for item in items:
        for _ in range(draw(st.integers(1, 4))):
            _damage(draw, item)
    return items


def _damage(draw: st.DrawFn, item: JsonValue) -> None:
    while isinstance(item, dict) and item:
        name = draw(st.sampled_from(sorted(item)))
        inner: JsonValue = item[name]
        if isinstance(inner, list) and inner and draw(st.booleans()):
            inner = inner[0]
        if not isinstance(inner, dict) or not inner or draw(st.booleans()):
            item[name] = draw(ANY_JSON)
            return
        item = inner


@pytest.mark.slow
@each_table
@given(data=st.data())
def test_damaged_items_are_read_as_far_as_they_can_be(table: Table, data: st.DataObject) -> None:
    items, problems = data.draw(damaged(table)), Problems()
    parents: dict[str, Any] = parents_of(table)
    rows = list(table.rows(items, problems=problems, **parents))
    for row in rows:
        for column in table.schema:
            assert row[column.name] is None or type(row[column.name]) is column.type.python
            assert column.nullable is True or row[column.name] is not None
    if problems:
        with pytest.raises(MalformedValue):
            list(table.rows(items, **parents))
    pytest.importorskip("pyarrow")
    assert table.to_arrow(items, problems=Problems(), **parents).to_pylist() == rows


@pytest.mark.parametrize("depth", [200, 100_000])
def test_json_that_is_nested_too_deeply_is_a_problem_of_its_column(depth: int) -> None:
    deep: JsonValue = []
    for _ in range(depth):
        deep = [deep]
    problems = Problems()
    (row,) = tables.attendance_reports.rows(
        {"id": "r", "externalEventInformation": deep}, meeting_id="m", problems=problems
    )
    assert (row["external_event_information"] is None) == bool(problems)
