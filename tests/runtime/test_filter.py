"""Filters, as Python says them and as OData reads them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odata_query.grammar import ODataLexer, ODataParser

from graph_meetings_runtime import OpenEnum
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.fields.filter import Filter
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.property_types import Complex, Enumeration
from graph_meetings_runtime.models.values.edm import DATE_TIME_OFFSET, DECIMAL, DURATION, INT64, STRING


class Kind(OpenEnum):
    """Made up."""

    GroupCall = "groupCall"


class Person(Model):
    """Made up."""

    id = Field("id", STRING)
    boss = Field("boss", Complex(lambda: Person))
    friends = CollectionField("friends", Complex(lambda: Person))


class Call(Model):
    """Made up."""

    start = Field("startDateTime", DATE_TIME_OFFSET)
    kind = Field("type", Enumeration(Kind))
    version = Field("version", INT64)
    charge = Field("charge", DECIMAL)
    length = Field("length", DURATION)
    subject = Field("subject", STRING)
    organizer = Field("organizer", Complex(lambda: Person))
    participants = CollectionField("participants_v2", Complex(lambda: Person))
    tags = CollectionField("tags", STRING)


def parse(text: str) -> Any:
    lexer: Any = ODataLexer()
    parser: Any = ODataParser()
    return parser.parse(lexer.tokenize(text))


A = datetime(2023, 9, 25, 9, 25, tzinfo=UTC)
B = datetime(2023, 9, 25, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Call.start >= A, "startDateTime ge 2023-09-25T09:25:00Z"),
        (
            (Call.start >= A) & (Call.start < B),
            "startDateTime ge 2023-09-25T09:25:00Z and startDateTime lt 2023-09-25T09:30:00Z",
        ),
        (Call.participants.any(Person.id == "821809f5"), "participants_v2/any(p:p/id eq '821809f5')"),
        (Call.participants.all(Person.id != "x"), "participants_v2/all(p:p/id ne 'x')"),
        (Call.participants.any(), "participants_v2/any()"),
        (
            Call.participants.any(Person.friends.any(Person.id == "x") & (Person.id == "y")),
            "participants_v2/any(p:p/friends/any(f:f/id eq 'x') and p/id eq 'y')",
        ),
        (
            Person.friends.any(Person.friends.any(Person.id == "x")),
            "friends/any(f:f/friends/any(f1:f1/id eq 'x'))",
        ),
        (Call.organizer / Person.boss / Person.id == "O'Brien", "organizer/boss/id eq 'O''Brien'"),
        (Call.participants.any(Person.boss / Person.id == "x"), "participants_v2/any(p:p/boss/id eq 'x')"),
        (Call.kind == Kind.GroupCall, "type eq 'groupCall'"),
        (Call.version > 3, "version gt 3"),
        (Call.charge <= Decimal("0.10"), "charge le 0.10"),
        (Call.length < timedelta(minutes=1), "length lt duration'PT60S'"),
        (Call.subject == None, "subject eq null"),  # noqa: E711  a comparison that makes a filter
        (Call.subject != None, "subject ne null"),  # noqa: E711  a comparison that makes a filter
        (Call.subject.in_(["a", "b"]), "subject in ('a','b')"),
        (Call.subject.startswith("it's"), "startswith(subject,'it''s')"),
        (Call.subject.endswith("x") | Call.subject.contains("y"), "endswith(subject,'x') or contains(subject,'y')"),
        (
            ((Call.version == 1) | (Call.version == 2)) & (Call.version != 3),
            "(version eq 1 or version eq 2) and version ne 3",
        ),
        (
            (Call.version == 1) | ((Call.version == 2) & (Call.version != 3)),
            "version eq 1 or (version eq 2 and version ne 3)",
        ),
        (~(Call.version == 1) & ~Call.subject.startswith("x"), "not (version eq 1) and not (startswith(subject,'x'))"),
    ],
)
def test_a_filter_has_odatas_text(condition: Filter, text: str) -> None:
    assert str(condition) == text
    assert parse(text) is not None


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_comes_back_out_of_a_filter(value: str) -> None:
    parsed = parse(str(Call.subject == value))
    assert parsed.right.val == value


def test_a_filter_is_no_truth_value() -> None:
    with pytest.raises(TypeError, match="combine filters with &"):
        _ = Call.version == 1 and Call.version == 2
    with pytest.raises(TypeError, match="not a boolean"):
        _ = 1 < Call.version < 2


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        _ = Call.start >= datetime(2026, 1, 15)  # noqa: DTZ001  the point
    with pytest.raises(TypeError):
        _ = Call.subject == 5
    with pytest.raises(ValueError, match="at least one"):
        Call.subject.in_([])


def test_fields_stay_usable_as_keys() -> None:
    assert {Call.start: 1}[Call.start] == 1


def test_an_expansion_nests() -> None:
    assert Call.participants.expand() == "participants_v2"
    assert Call.participants.expand(Person.friends) == "participants_v2($expand=friends)"
    nested = Call.participants.expand(Person.friends.expand("boss"), select=[Person.id, "later"])
    assert nested == "participants_v2($select=id,later;$expand=friends($expand=boss))"
