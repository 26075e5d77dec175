"""Values that do not fit their column, and how far columns reach."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from graph_meetings import Cue
from graph_meetings_archive import tables
from graph_meetings_archive.tables import MalformedValue, Problem, Problems, Table
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, Number, decode_json


def cell(table: Table, name: str, value: JsonValue, **parents: Any) -> Any:
    (row,) = table.rows({"id": "x", name: value}, **parents)
    return list(row.values())[[column.path for column in table.schema].index((name,))]


def problem_of(table: Table, items: JsonObject | list[JsonObject], **parents: Any) -> Problem:
    with pytest.raises(MalformedValue) as caught:
        list(table.rows(items, **parents))
    return caught.value.problem


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("currency", 7, "expected a string, got a number"),
        ("currency", ["EUR"], "expected a string, got a list"),
        ("duration", "long", "not a 64-bit integer"),
        ("duration", 2**63, "not a 64-bit integer"),
        ("duration", True, "expected an integer, got a boolean"),
        ("charge", "free", "not a decimal number"),
        ("charge", 10**20, "more than 20 digits before the point or 18 after it"),
        ("charge", "0.1234567890123456789", "more than 20 digits before the point or 18 after it"),
        ("charge", Number("0.1234567890123456789"), "more than 20 digits before the point or 18 after it"),
        ("charge", Number("1e-19"), "more than 20 digits before the point or 18 after it"),
        ("startDateTime", "yesterday", "not a date and time like 2026-01-15T09:30:00Z"),
        ("startDateTime", "2026-01-15T09:30:00", "the time has no UTC offset"),
        ("startDateTime", "0001-01-01T00:00:00+01:00", "out of the range of years from 1 to 9999 in UTC"),
        ("startDateTime", {}, "expected a string, got an object"),
    ],
)
def test_a_malformed_value_is_named_with_its_table_column_and_item(name: str, value: JsonValue, reason: str) -> None:
    problem = problem_of(tables.pstn_calls, {"id": "x", name: value})
    assert (problem.table, problem.item, problem.value, problem.reason) == ("pstn_calls", "item 1 (x)", value, reason)
    assert problem.column in tables.pstn_calls.schema.names


@pytest.mark.parametrize("value", ["NaN", "INF", "-INF", decode_json(b"1e400"), True, "much"])
def test_doubles_are_finite(value: JsonValue) -> None:
    stream: JsonObject = {"averagePacketLossRate": value}
    segment: JsonObject = {"id": "g", "media": [{"streams": [stream]}]}
    problem = problem_of(tables.streams, {"id": "c", "version": 1, "sessions": [{"id": "s", "segments": [segment]}]})
    assert problem.column == "average_packet_loss_rate"


@pytest.mark.parametrize("value", ["P106751992D", "-P106751992D"])
def test_durations_have_microseconds_that_other_programs_can_count(value: str) -> None:
    segment: JsonObject = {"id": "g", "media": [{"streams": [{"averageJitter": value}]}]}
    problem = problem_of(tables.streams, {"id": "c", "version": 1, "sessions": [{"id": "s", "segments": [segment]}]})
    assert (problem.column, problem.reason) == ("average_jitter", "more microseconds than a 64-bit integer has")


def test_a_cue_that_begins_after_the_end_of_time_keeps_its_row() -> None:
    cue = Cue(timedelta(days=106_751_992), timedelta(0), "Ann", "Hello")
    problems = Problems()
    (row,) = tables.transcript_cues.rows(cue, problems=problems, organizer_id="o", meeting_id="m", transcript_id="t")
    assert (row["start"], row["text"], len(problems.counts)) == (None, "Hello", 1)


def test_the_message_says_what_and_where() -> None:
    item: JsonObject = {"id": "x", "charge": "free of charge"}
    with pytest.raises(MalformedValue, match=r"^pstn_calls.charge of item 1 \(x\): not a decimal number: 'free of"):
        list(tables.pstn_calls.rows(item))


def test_with_problems_the_row_is_kept_and_the_value_is_null() -> None:
    problems = Problems()
    items: list[JsonObject] = [{"id": str(number), "charge": "free", "currency": "EUR"} for number in range(3)]
    rows = list(tables.pstn_calls.rows([*items, {"id": "9", "charge": 1}], problems=problems))
    assert [row["charge"] for row in rows] == [None, None, None, Decimal(1)]
    assert [row["currency"] for row in rows] == ["EUR", "EUR", "EUR", None]
    kind = ("pstn_calls", "charge", "not a decimal number")
    assert problems
    assert problems.counts == {kind: 3}
    assert problems.first[kind].item == "item 1 (0)"


def test_a_row_without_its_key_is_left_out_and_reported() -> None:
    problems = Problems()
    rows = list(
        tables.recordings.rows([{"id": "a"}, {"id": "b", "meetingOrganizer": {"user": {"id": "o"}}}], problems=problems)
    )
    assert [row["id"] for row in rows] == ["b"]
    assert [problem.column for problem in problems.first.values()] == ["organizer_id"]
    message = r"recordings.organizer_id of item 1 \(a\): there is no value, and the row cannot be without"
    with pytest.raises(MalformedValue, match=message):
        list(tables.recordings.rows({"id": "a"}))


MISSHAPEN: list[tuple[JsonObject, str, str]] = [
    ({"id": "c", "version": 1, "sessions": {}}, "sessions", "expected a list, got an object"),
    ({"id": "c", "version": 1, "sessions": [7]}, "sessions", "expected an object, got a number"),
    (
        {"id": "c", "version": 1, "sessions": [{"id": "s", "caller": []}]},
        "caller_user_agent_application_version",
        "expected an object, got a list",
    ),
]


@pytest.mark.parametrize(("item", "column", "reason"), MISSHAPEN)
def test_what_should_be_objects_and_lists_is_checked(item: JsonObject, column: str, reason: str) -> None:
    problem = problem_of(tables.sessions, item)
    assert (problem.column, problem.reason, problem.item) == (column, reason, "item 1 (c)")


def test_the_item_of_a_problem_is_the_one_that_it_is_in() -> None:
    good: JsonObject = {"id": "a", "sessions": [{"id": "s"}, {"id": "t"}]}
    bad: JsonObject = {"id": "b", "sessions": [{"id": "s"}, {"id": "t", "isTest": "no"}]}
    assert problem_of(tables.sessions, [good, bad]).item == "item 2 (b)"


def test_a_malformed_list_of_texts_is_reported() -> None:
    assert problem_of(tables.calls, {"id": "c", "modalities": "audio"}).reason == "expected a list, got a string"
    problem = problem_of(tables.calls, {"id": "c", "modalities": ["audio", 7]})
    assert problem.reason == "expected a list of strings, found a number in it"


def test_a_missing_list_is_null_and_an_empty_one_is_empty() -> None:
    rows = tables.calls.rows([{"id": "a"}, {"id": "b", "modalities": []}, {"id": "c", "modalities": None}])
    assert [row["modalities"] for row in rows] == [None, [], None]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-15T09:30:00Z", datetime(2026, 1, 15, 9, 30, tzinfo=UTC)),
        ("2026-01-15T09:30:00.1Z", datetime(2026, 1, 15, 9, 30, 0, 100_000, tzinfo=UTC)),
        ("2026-01-15T09:30:00.1234567Z", datetime(2026, 1, 15, 9, 30, 0, 123_456, tzinfo=UTC)),
        ("2026-01-15T09:30:00.9999999+00:00", datetime(2026, 1, 15, 9, 30, 0, 999_999, tzinfo=UTC)),
        ("2026-01-15T10:30:00+01:00", datetime(2026, 1, 15, 9, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00.0000000+00:00", None),
        ("0001-01-01T00:00:01Z", datetime(1, 1, 1, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_moments_are_in_utc_with_microseconds(text: str, moment: datetime | None) -> None:
    value = cell(tables.pstn_calls, "startDateTime", text)
    assert value == moment
    assert value is None or value.tzinfo is UTC


def test_integers_can_come_as_texts_and_decimals_too() -> None:
    assert cell(tables.pstn_calls, "duration", "219") == 219
    assert cell(tables.pstn_calls, "charge", "0.123456789012345678") == Decimal("0.123456789012345678")
    assert cell(tables.pstn_calls, "charge", decode_json(b"12345678901234567890.123456789012345678")) == Decimal(
        "12345678901234567890.123456789012345678"
    )


def test_durations_of_any_form_are_read() -> None:
    def jitter(value: JsonValue) -> Any:
        segment: JsonObject = {"id": "g", "media": [{"streams": [{"averageJitter": value}]}]}
        (row,) = tables.streams.rows({"id": "c", "version": 1, "sessions": [{"id": "s", "segments": [segment]}]})
        return row["average_jitter"]

    assert jitter("PT0.016S") == timedelta(milliseconds=16)
    assert jitter("P1DT1S") == timedelta(days=1, seconds=1)
    assert jitter("PT0.0000015S") == timedelta(microseconds=2)
    assert jitter(None) is None
