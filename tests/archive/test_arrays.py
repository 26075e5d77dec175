"""Columns become the Arrow arrays that pyarrow itself would make of their values."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_archive.formats.arrays import arrow_array
from graph_meetings_archive.tables import Column, ColumnType, Schema

pyarrow: Any = import_module("pyarrow")
LONGEST = timedelta(microseconds=(1 << 63) - 1)
_INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
_VALUES: dict[ColumnType, st.SearchStrategy[object]] = {
    ColumnType.TEXT: st.text(),
    ColumnType.INTEGER: _INTEGERS,
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
    ColumnType.DECIMAL: st.decimals(allow_nan=False, allow_infinity=False, places=18).filter(
        lambda it: abs(it) < 10**20
    ),
    ColumnType.MOMENT: st.datetimes(timezones=st.just(UTC)),
    ColumnType.DURATION: st.timedeltas(-LONGEST, LONGEST),
    ColumnType.LIST_OF_TEXT: st.lists(st.text(), max_size=3),
    ColumnType.JSON: st.text(),
}


@pytest.mark.parametrize("type_", ColumnType)
@given(data=st.data())
def test_an_array_is_the_one_that_pyarrow_makes_of_the_values(type_: ColumnType, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.none() | _VALUES[type_], min_size=1, max_size=20))
    arrow_type = Schema((Column("values", type_, "Values."),)).to_arrow()[0].type
    array = arrow_array(pyarrow, type_, arrow_type, values)
    array.validate(full=True)
    assert array.equals(pyarrow.array(values, arrow_type))


def test_a_moment_before_1970_and_one_with_microseconds_are_exact() -> None:
    moments = [datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)]
    assert arrow_array(pyarrow, ColumnType.MOMENT, pyarrow.timestamp("us", "UTC"), moments).to_pylist() == moments


def test_all_digits_of_a_decimal_stay() -> None:
    decimals = [Decimal("-99999999999999999999.999999999999999999"), None, Decimal("1E+3")]
    assert arrow_array(pyarrow, ColumnType.DECIMAL, pyarrow.decimal128(38, 18), decimals).to_pylist() == decimals
