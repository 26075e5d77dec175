from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.odata.function_call import parse_call
from graph_meetings_emulator.odata.timestamps import parse_timestamp
from graph_meetings_runtime.operations.operation import Function, Parameter
from tests.emulator.support import Site, ids

FUNCTION = Function(
    "find",
    (
        Parameter("text", "Edm.String", is_optional=True),
        Parameter("since", "Edm.DateTimeOffset", is_optional=True),
        Parameter("count", "Edm.Int32", is_optional=True),
        Parameter("exact", "Edm.Boolean", is_optional=True),
    ),
)
LITERALS: dict[str, tuple[st.SearchStrategy[object], Callable[[object], str]]] = {
    "text": (st.text(), lambda value: "'" + str(value).replace("'", "''") + "'"),
    "since": (st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='seconds')}Z"), str),
    "count": (st.integers(), str),
    "exact": (st.booleans(), lambda value: str(value).lower()),
}
ARGUMENTS = st.fixed_dictionaries({}, optional={name: values for name, (values, _) in LITERALS.items()})


@given(ARGUMENTS, st.sampled_from([",", ", "]), st.randoms())
def test_what_is_written_is_what_is_read(arguments: dict[str, object], separator: str, random: Random) -> None:
    names = list(arguments)
    random.shuffle(names)
    text = "find(" + separator.join(f"{name}={LITERALS[name][1](arguments[name])}" for name in names) + ")"
    assert parse_call(text, FUNCTION) == arguments


@given(st.text(alphabet="findtexsncou=(),'@ 0129-:TZ%\\\"é", max_size=40))
def test_any_other_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    with suppress(ServiceError):
        arguments = parse_call(f"find({text}", FUNCTION)
        assert text.endswith(")")
        assert set(arguments) <= set(LITERALS)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("find(", 5),
        ("find()x", 6),
        ("find(text='a'", 13),
        ("find(text=a)", 10),
        ("find(text='a)", 10),
        ("find(text='it's')", 14),
        ('find(text="a")', 10),
        ("find(text='a',)", 14),
        ("find(,text='a')", 5),
        ("find(text='a'count=1)", 13),
        ("find(text='a' ,count=1)", 13),
        ("find( text='a')", 5),
        ("find(text = 'a')", 9),
        ("find(text='a',text='b')", 14),
        ("find(Text='a')", 5),
        ("find(other='a')", 5),
        ("find('a')", 5),
        ("find(since='2026-01-15T00:00:00Z')", 11),
        ("find(since=@since)", 11),
        ("find(since=)", 11),
        ("find(since=2026-01-15T00:00:00+01)", 11),
        ("find(since=2026-02-30)", 11),
        ("find(count=1.5)", 12),
        ("find(exact=True)", 11),
        ("find(text=null)", 10),
    ],
)
def test_a_malformed_call_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(ServiceError) as refusal:
        parse_call(text, FUNCTION)
    assert refusal.value.message == f"Syntax error at position {position} in '{text}'."


def test_a_parameter_that_is_not_optional_must_be_there() -> None:
    function = Function("find", (Parameter("text", "Edm.String", is_optional=False),))
    for text in ("find", "find()"):
        with pytest.raises(ServiceError, match="text"):
            parse_call(text, function)


@pytest.mark.parametrize("literal", ["2026-01-15", "2026-01-15T10:00:00Z", "2026-01-15T10:00:00.1234567+01:00"])
def test_a_moment_is_a_date_or_rfc_3339(literal: str) -> None:
    assert parse_call(f"find(since={literal})", FUNCTION) == {"since": literal}


def test_moments_compare_to_the_last_digit_and_across_offsets() -> None:
    assert parse_timestamp("2026-01-15T10:00:00.1234567+01:00") == parse_timestamp("2026-01-15T09:00:00.1234567Z")
    assert parse_timestamp("2026-01-15T09:00:00.1234568Z") - parse_timestamp("2026-01-15T09:00:00.1234567Z") == 10**5


def test_get_all_recordings_needs_the_organizer(shared: Site) -> None:
    assert "meetingOrganizerUserId" in shared.refused(f"{shared.meetings}/getAllRecordings")
    assert "meetingOrganizerUserId" in shared.refused(f"{shared.meetings}/getAllRecordings()")
    shared.refused(f"{shared.meetings}/getAllRecordings(startDateTime=2026-01-15)")
    shared.refused(f"{shared.meetings}/getAllRecordings?$filter=callId eq '{shared.organizer}'")


def test_the_organizer_can_be_in_the_filter_instead(shared: Site) -> None:
    by_filter = shared.items(
        f"{shared.meetings}/getAllRecordings?$filter=MeetingOrganizer/User/Id eq '{shared.organizer}'"
    )
    assert ids(by_filter) == ids(shared.items(shared.all_recordings))
    assert len(by_filter) == 12


def test_another_organizer_has_no_recordings_here(shared: Site) -> None:
    assert not shared.items(shared.all_recordings.replace(f"Id='{shared.organizer}'", "Id='someone'"))


def test_dates_bound_the_creation_both_ends_included(shared: Site) -> None:
    created = sorted(item["createdDateTime"] for item in shared.items(shared.all_recordings))
    inside = shared.all_recordings.replace(")", f",startDateTime={created[3]},endDateTime={created[8]})")
    assert sorted(item["createdDateTime"] for item in shared.items(inside)) == created[3:9]


def test_a_syntax_error_is_graphs_400(shared: Site) -> None:
    message = shared.refused(f"{shared.meetings}/getAllRecordings(meetingOrganizerUserId={shared.organizer})")
    assert message.startswith("Syntax error at position 40 in 'getAllRecordings(")


def test_the_path_is_decoded_once(shared: Site) -> None:
    encoded = shared.all_recordings.replace("'", "%27").replace("(", "%28").replace("=", "%3D")
    assert shared.items(encoded) == shared.items(shared.all_recordings)
    twice = shared.all_recordings.replace("'", "%2527")
    shared.refused(twice)
