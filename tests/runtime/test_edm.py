"""Values of OData's primitive types, in JSON and in URLs."""

import contextlib
import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_meetings_runtime import FieldError
from graph_meetings_runtime.json_codec import JsonValue, Number, decode_json, encode_json
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values import edm
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.moments import format_duration, parse_duration

MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2025-03-18T14:02:11Z", 0),
        ("2025-03-18T14:02:11.1Z", 100_000),
        ("2025-03-18T14:02:11.41+00:00", 410_000),
        ("2025-03-18T14:02:11.409Z", 409_000),
        ("2025-03-18T14:02:11.4093Z", 409_300),
        ("2025-03-18T14:02:11.40938+00:00", 409_380),
        ("2025-03-18T14:02:11.409382Z", 409_382),
        ("2025-03-18T14:02:11.4093827Z", 409_382),
    ],
)
def test_a_moment_has_zero_to_seven_fraction_digits(text: str, microsecond: int) -> None:
    expected = datetime(2025, 3, 18, 14, 2, 11, microsecond, tzinfo=UTC)
    assert edm.DATE_TIME_OFFSET.read(text) == expected


def test_the_smallest_date_of_the_service_reads() -> None:
    assert edm.DATE_TIME_OFFSET.read("0001-01-01T00:00:00Z") == datetime(1, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("edm_type", "value"),
    [
        (edm.STRING, 5),
        (edm.STRING, True),
        (edm.BOOLEAN, "true"),
        (edm.BOOLEAN, 1),
        (edm.INT32, True),
        (edm.INT64, 1.5),
        (edm.INT64, "one"),
        (edm.INT64, "1_000"),
        (edm.INT64, " 5"),
        (edm.INT64, "٣"),
        (edm.INT64, "9" * 10_000),
        (edm.DOUBLE, "nan"),
        (edm.DOUBLE, "Infinity"),
        (edm.DOUBLE, "1_000"),
        (edm.DOUBLE, "9" * 10_000),
        (edm.DOUBLE, Number("1e400")),
        (edm.DOUBLE, 10**400),
        (edm.DECIMAL, "NaN"),
        (edm.DECIMAL, "sNaN"),
        (edm.DECIMAL, "Infinity"),
        (edm.DECIMAL, float("nan")),
        (edm.DECIMAL, "1_000"),
        (edm.DECIMAL, "9" * 10_000),
        (edm.DECIMAL, Number("1e999999999")),
        (edm.DECIMAL, Number("1e99999999999999999999")),
        (edm.DOUBLE, True),
        (edm.DOUBLE, "fast"),
        (edm.DECIMAL, "much"),
        (edm.DECIMAL, []),
        (edm.DATE_TIME_OFFSET, "yesterday"),
        (edm.DATE_TIME_OFFSET, "2025-03-18T14:02:11"),
        (edm.DATE_TIME_OFFSET, 5),
        (edm.DATE_TIME_OFFSET, "10000-01-01T00:00:00Z"),
        (edm.DATE_TIME_OFFSET, "0000-00-00T00:00:00Z"),
        (edm.DATE_TIME_OFFSET, "2026-01-15T00:00:00+24:00"),
        (edm.DATE_TIME_OFFSET, "\ud800"),
        (edm.DATE, "2025-02-30"),
        (edm.TIME_OF_DAY, "25:00:00"),
        (edm.DURATION, "P"),
        (edm.DURATION, "PT"),
        (edm.DURATION, "P1Y"),
        (edm.DURATION, "P999999999999D"),
        (edm.DURATION, "PT" + "9" * 10_000 + "S"),
        (edm.GUID, "g"),
        (edm.BINARY, "a!b"),
    ],
)
def test_a_value_of_another_type_is_refused(edm_type: EdmType[object], value: JsonValue) -> None:
    with pytest.raises((ValueError, TypeError, OverflowError)):
        edm_type.read(value)


@pytest.mark.parametrize("text", ["0.1275", "0.10", "12345678901234567890.123456789", "1E-7", "3"])
def test_a_decimal_keeps_its_digits_through_decoding_and_encoding(text: str) -> None:
    decoded = decode_json(text.encode())
    assert edm.DECIMAL.read(decoded) == Decimal(text)
    assert str(edm.DECIMAL.read(decoded)) == str(Decimal(text))
    assert encode_json(decoded) == text.encode()


TYPES: list[EdmType[object]] = [value for value in vars(edm).values() if isinstance(value, EdmType)]
HOSTILE = st.one_of(
    st.text("0123456789eE+-._ :TZPDHMSnaNIFaf{}=/٣\ud800"),
    st.integers(),
    st.integers(4_000, 4_400).map(lambda digits: "9" * digits),
    st.sampled_from(["9" * 10_000, "P" + "9" * 30 + "D", "9999-12-31T23:59:59-23:59", "1e9999999", 10**4_000, "NaN"]),
    st.from_regex(r"\A-?[0-9]{1,5}(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,20})?\Z").map(Number),
    st.floats(),
    st.booleans(),
    st.none(),
    st.just([]),
    st.just({}),
)


@given(st.sampled_from(TYPES), HOSTILE)
def test_any_value_reads_or_is_a_field_error(edm_type: EdmType[object], value: JsonValue) -> None:
    class Item(Model):
        field = Field("field", edm_type)

    item = Item.from_raw({"field": value})
    read = None
    with contextlib.suppress(FieldError):
        read = item.field
    if read is None and value is not None:
        with pytest.raises(FieldError) as caught:
            _ = item.field
        assert len(str(caught.value)) < 200
    if isinstance(read, Decimal):
        assert len(f"{read:.2f}") < 20_000
    if isinstance(read, float) and edm_type is not edm.DECIMAL and not isinstance(value, str):
        assert not math.isinf(read)


def test_a_number_is_a_float() -> None:
    assert decode_json(b"0.5") == 0.5
    assert edm.DOUBLE.read(Number("0.5")) == 0.5
    assert type(edm.DOUBLE.read(Number("0.5"))) is float
    assert edm.DOUBLE.read(3) == 3.0
    assert edm.DOUBLE.read("-INF") == float("-inf")


def test_numbers_that_json_does_not_have_are_written_as_odata_does_or_refused() -> None:
    for number, text in ((math.inf, "INF"), (-math.inf, "-INF"), (math.nan, "NaN")):
        assert edm.DOUBLE.write(number) == text
        assert str(edm.DOUBLE.read(text)) == str(number)
    for decimal in ("NaN", "sNaN", "Infinity"):
        with pytest.raises(ValueError, match="not a finite number"):
            edm.DECIMAL.write(Decimal(decimal))


def test_text_that_is_a_guid_or_bytes_reads_as_such() -> None:
    assert edm.GUID.read("7d0c5a1e-2f64-4b0e-9a55-0b6f1c3de901") == UUID("7d0c5a1e-2f64-4b0e-9a55-0b6f1c3de901")
    assert edm.BINARY.read("_-8") == b"\xff\xef"
    assert edm.BINARY.read("/+8=") == b"\xff\xef"
    assert edm.TIME_OF_DAY.read("09:30:00.5") == time(9, 30, 0, 500_000)
    assert edm.DATE.read("2026-01-15") == date(2026, 1, 15)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT0.016S", 0.016),
        ("PT1H2M3S", 3723.0),
        ("P1DT1S", 86401.0),
        ("-PT5M", -300.0),
        ("P2D", 172800.0),
        ("PT0S", 0.0),
    ],
)
def test_a_duration_reads(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@given(st.timedeltas(min_value=timedelta(days=-10_000), max_value=timedelta(days=10_000)))
def test_a_duration_survives_writing_and_reading(value: timedelta) -> None:
    assert parse_duration(format_duration(value)) == value


@given(MOMENTS)
def test_a_moment_survives_writing_and_reading(value: datetime) -> None:
    assert edm.DATE_TIME_OFFSET.read(edm.DATE_TIME_OFFSET.write(value)) == value


@given(MOMENTS)
@example(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))))
def test_the_literal_of_a_moment_is_utc_and_the_same_moment(value: datetime) -> None:
    if value.replace(tzinfo=UTC) - datetime.min.replace(tzinfo=UTC) < (value.utcoffset() or timedelta()):
        with pytest.raises(ValueError, match="out of range in UTC"):
            edm.DATE_TIME_OFFSET.literal(value)
        return
    literal = edm.DATE_TIME_OFFSET.literal(value)
    assert literal.endswith("Z")
    assert datetime.fromisoformat(literal) == value


def test_the_literal_of_a_date_is_a_date() -> None:
    assert edm.DATE_TIME_OFFSET.literal(date(2019, 11, 1)) == "2019-11-01"


@pytest.mark.parametrize("text", ["2025-10-07T07:25:21.9730833Z", "2019-11-01", "2026-01-15t09:30:00+02:00"])
def test_an_rfc_3339_text_is_sent_as_it_is(text: str) -> None:
    assert edm.DATE_TIME_OFFSET.literal(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-1-5", "2026-02-30", "2026-01-15T09:30:00", "2026-01-15T25:00:00Z", "2026-01-15)/x", "٢٠٢٦-01-15"],
)
def test_a_text_that_is_no_rfc_3339_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        edm.DATE_TIME_OFFSET.literal(text)


def test_a_naive_datetime_is_refused_and_says_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"naive.*tzinfo=UTC"):
        edm.DATE_TIME_OFFSET.literal(datetime(2026, 1, 15))  # noqa: DTZ001  the point
    with pytest.raises(TypeError, match="aware datetime"):
        edm.DATE_TIME_OFFSET.literal(20260115)


def test_a_quote_in_a_string_literal_is_doubled() -> None:
    assert edm.STRING.literal("O'Brien") == "'O''Brien'"


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (float("inf"), "INF"),
        (float("-inf"), "-INF"),
        (float("nan"), "NaN"),
        (1.5, "1.5"),
        (Decimal("-Infinity"), "-INF"),
    ],
)
def test_numbers_that_are_none_have_names_of_their_own_in_odata(value: object, literal: str) -> None:
    assert edm.DOUBLE.literal(value) == literal
