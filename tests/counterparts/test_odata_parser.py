"""Filters, keys and function calls as a parser of other people reads them: odata-v4-parser, made from OData's ABNF.

It knows OData 4.0. What it refuses although the ABNF allows it has a test of its own, and is left out of the others.
"""

import json
import operator
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_meetings import GraphMeetingsClient
from graph_meetings_runtime import Filter
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.fields.filter import Operand
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.property_types import Complex
from graph_meetings_runtime.models.values.edm import (
    BOOLEAN,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    GUID,
    INT64,
    STRING,
)
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.moments import parse_duration
from graph_meetings_runtime.requests.function_call import function_call
from graph_meetings_runtime.requests.keys import parenthesized_key
from tests.support.credentials import StaticCredential
from tests.support.programs import node, npm_packages

pytestmark = pytest.mark.long

SECONDS = 60
# Each example starts a process, and most of them have many texts parsed at once.
FEWER = settings(max_examples=settings().max_examples // 8)
Tree: TypeAlias = list[Any]
Pair: TypeAlias = tuple[Filter, Tree]

# Texts that one expects to break URLs, and any others that UTF-8 can carry.
SHARP = st.sampled_from("'\"\\/%+ &#?=;:,()[]{}$@!*~\t\n\0é漢😀ab1")
QUOTED = st.sampled_from(["'", "''", "O'Brien", "a' or id eq 'b", "')", "%27", "\\'"])
TEXTS = QUOTED | st.text(SHARP, max_size=12) | st.text(st.characters(codec="utf-8"), max_size=12)
MOMENTS = st.datetimes(timezones=st.just(UTC))
DURATIONS = st.builds(operator.mul, st.timedeltas(timedelta(days=1), timedelta(days=1000)), st.sampled_from([1, -1]))
INTEGERS = st.integers(-(2**31), 2**31 - 1)  # of longer ones it refuses some, see below
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15)
DOUBLES = st.integers(-(10**9), 10**9).map(lambda number: number / 64)


@pytest.fixture(scope="module")
def ask() -> Callable[[Sequence[tuple[str, str]]], list[Any]]:
    """Return a function that has texts parsed."""
    folder = npm_packages("odata-v4-parser@0.1.29")
    command = [node(), str(Path(__file__).with_name("odata_parser.cjs")), str(folder)]

    def parsed(asked: Sequence[tuple[str, str]]) -> list[Any]:
        done = subprocess.run(
            command, input=json.dumps(asked), capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr[-4000:]
        answers: list[Any] = json.loads(done.stdout)
        return answers

    return parsed


def values(edm_type: EdmType[Any]) -> st.SearchStrategy[Any]:
    """Return values of a type that the parser can read."""
    known: dict[str, st.SearchStrategy[Any]] = {
        "Edm.Boolean": st.booleans(),
        "Edm.Date": st.dates(),
        "Edm.DateTimeOffset": MOMENTS,
        "Edm.Decimal": DECIMALS.filter(lambda number: "E" not in str(number)),
        "Edm.Double": DOUBLES,
        "Edm.Duration": DURATIONS,
        "Edm.Guid": st.uuids(),
        "Edm.Int32": st.integers(-(2**31), 2**31 - 1),
        "Edm.Int64": INTEGERS,
        "Edm.Single": DOUBLES,
        "Edm.String": TEXTS,
    }
    return known[edm_type.name]


def read(tree: Tree, value: Any) -> object:
    """Return what a parsed literal means, read by others' readers: of the type of the value that was written."""
    kind, text = tree
    if isinstance(value, str):
        return text if kind == "text" else tree
    if isinstance(value, bool):
        return {"true": True, "false": False}[text]
    if isinstance(value, timedelta):
        return parse_duration(text.removeprefix("duration'").removesuffix("'"))
    return type(value).fromisoformat(text) if isinstance(value, date) else type(value)(text)


def means(tree: Any, expected: Any) -> bool:
    """Whether a parsed filter is the expected one, in which literals are `["value", …]`."""
    if expected[0] == "value":
        return bool(read(tree, expected[1]) == expected[1])
    if tree[0] != expected[0] or len(tree) != len(expected):
        return False
    return all(
        means(part, other) if isinstance(other, list) else part == other
        for part, other in zip(tree[1:], expected[1:], strict=True)
    )


class Leg(Model):
    """Made up."""

    name = Field("name", STRING)
    jitter = Field("averageJitter", DURATION)
    loss = Field("maxLoss", DOUBLE)
    wired = Field("isWired", BOOLEAN)


class Call(Model):
    """Made up."""

    id = Field("id", STRING)
    guid = Field("correlationId", GUID)
    start = Field("startDateTime", DATE_TIME_OFFSET)
    day = Field("day", DATE)
    version = Field("version", INT64)
    charge = Field("charge", DECIMAL)
    first = Field("first", Complex(lambda: Leg))
    legs = CollectionField("legs_v2", Complex(lambda: Leg))


OPERANDS: dict[Any, list[Operand[Any]]] = {
    Call: [Call.id, Call.guid, Call.start, Call.day, Call.version, Call.charge, Call.first / Leg.name],
    Leg: [Leg.name, Leg.jitter, Leg.loss, Leg.wired],
}
COMPARISONS = {name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")}


JUNCTIONS: list[tuple[str, Callable[[Filter, Filter], Filter]]] = [("and", Filter.__and__), ("or", Filter.__or__)]


@st.composite
def comparisons(draw: st.DrawFn, model: Any, variable: tuple[str, ...] = ()) -> Pair:
    """Return a comparison and what it means."""
    operand = draw(st.sampled_from(OPERANDS[model]))
    path = ["path", *variable, *operand.wire_path]
    if operand.edm_type is STRING and draw(st.booleans()):
        function = draw(st.sampled_from(["startswith", "endswith", "contains"]))
        text = draw(TEXTS)
        return getattr(operand, function)(text), [function, path, ["value", text]]
    name = draw(st.sampled_from(sorted(COMPARISONS)))
    value = draw(values(operand.edm_type))
    return COMPARISONS[name](operand, value), [name, path, ["value", value]]


@st.composite
def quantified(draw: st.DrawFn) -> Pair:
    """Return a condition on the elements of a list and what it means."""
    quantifier = draw(st.sampled_from(["any", "all"]))
    condition, tree = draw(junctions(comparisons(Leg, ("l",))))
    return getattr(Call.legs, quantifier)(condition), [quantifier, ["path", "legs_v2"], "l", tree]


def junctions(parts: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    """Return conditions joined by and, or and not."""
    return st.recursive(parts, lambda inner: st.builds(negated, inner) | joined(inner), max_leaves=5)


def negated(pair: Pair) -> Pair:
    condition, tree = pair
    return ~condition, ["not", tree]


@st.composite
def joined(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    pairs = draw(st.lists(inner, min_size=2, max_size=3))
    name, join = draw(st.sampled_from(JUNCTIONS))
    parts = [part for _, tree in pairs for part in (tree[1:] if tree[0] == name else [tree])]
    return reduce(join, [condition for condition, _ in pairs]), [name, *parts]


@FEWER
@given(pairs=st.lists(junctions(comparisons(Call) | quantified()), min_size=5, max_size=20))
def test_a_filter_means_what_was_written(ask: Callable[..., list[Any]], pairs: list[Pair]) -> None:
    for (condition, expected), tree in zip(pairs, ask([("filter", str(c)) for c, _ in pairs]), strict=True):
        assert "refused" not in tree, (str(condition), tree)
        assert means(tree, expected), (str(condition), tree)


TYPES: list[EdmType[Any]] = [STRING, STRING, DATE, DATE_TIME_OFFSET, DECIMAL, DOUBLE, DURATION, GUID, INT64, STRING]
TYPED = st.sampled_from(TYPES).flatmap(lambda edm_type: st.tuples(st.just(edm_type), values(edm_type)))


@FEWER
@given(typed=st.lists(TYPED.filter(lambda typed: str(typed[1]).strip() != ""), min_size=5, max_size=20))
def test_a_key_means_what_was_given(ask: Callable[..., list[Any]], typed: list[tuple[EdmType[Any], Any]]) -> None:
    keys = [parenthesized_key("key", value, edm_type).segment() for edm_type, value in typed]
    for (_, value), key, tree in zip(typed, keys, ask([("key", key) for key in keys]), strict=True):
        assert read(tree, value) == value, (key, tree)


@FEWER
@given(calls=st.lists(st.lists(TYPED, min_size=2, max_size=5), min_size=1, max_size=10))
def test_the_arguments_of_a_function_mean_what_was_given(
    ask: Callable[..., list[Any]], calls: list[list[tuple[EdmType[Any], Any]]]
) -> None:
    texts = [
        str(function_call("f", *((f"p{number}", *argument) for number, argument in enumerate(call)))) for call in calls
    ]
    for call, text, found in zip(calls, texts, ask([("call", text) for text in texts]), strict=True):
        assert "refused" not in found, text
        assert [name for name, _ in found] == [f"p{number}" for number in range(len(call))], text
        assert [read(tree, value) for (_, tree), (_, value) in zip(found, call, strict=True)] == [v for _, v in call]


@FEWER
@given(organizer=TEXTS.filter(lambda text: text.strip() != ""), start=MOMENTS, end=MOMENTS)
def test_a_generated_call_means_what_was_given(
    ask: Callable[..., list[Any]], organizer: str, start: datetime, end: datetime
) -> None:
    meetings = GraphMeetingsClient(StaticCredential("token")).me.online_meetings
    recordings = meetings.get_all_recordings(
        meeting_organizer_user_id=organizer, start_date_time=start, end_date_time=end
    )
    url = recordings.to_get_request_information().url
    (found,) = ask([("call", url.partition("/onlineMeetings/")[2])])
    assert [name for name, _ in found] == ["meetingOrganizerUserId", "startDateTime", "endDateTime"]
    assert [read(tree, value) for (_, tree), value in zip(found, (organizer, start, end), strict=True)] == [
        *(organizer, start, end)
    ]


ALLOWED = [
    ("id in ('a','b')", "inExpr, which OData 4.01 added"),
    ("friends/any(f:f/friends/any(f1:f1/id eq 'x'))", "anyExpr within lambdaPredicateExpr"),
    ("charge eq 1E+3", "doubleValue: strings of ABNF have no case, and the sign is optional"),
    ("charge eq 1e-07", "doubleValue"),
    ("version eq 979461677175213", "int64Value"),
    ("length eq duration'PT5S'", "durationValue, whose days are optional"),
]


@pytest.mark.parametrize(("text", "rule"), ALLOWED)
def test_the_parser_refuses_what_the_abnf_allows(ask: Callable[..., list[Any]], text: str, rule: str) -> None:
    """When a newer parser reads them, the properties above can have them too."""
    (found,) = ask([("filter", text)])
    assert "refused" in found, rule


def test_the_parser_refuses_what_is_not_odata(ask: Callable[..., list[Any]]) -> None:
    wrong = ["id eq 'a'b'", "id = 'a'", "(id eq 'a'", "id eq", "any(p:p/id)", "startswith(id 'a')"]
    assert all("refused" in found for found in ask([("filter", text) for text in wrong]))
    assert all("refused" in found for found in ask([("key", text) for text in ("('a'b')", "(a b)", "()")]))
