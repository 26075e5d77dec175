"""URLs: what is put in is what the service reads, and Kiota's own expansion agrees."""

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stduritemplate import StdUriTemplate

from graph_meetings_runtime.models.values.edm import DATE_TIME_OFFSET, STRING
from graph_meetings_runtime.requests.function_call import function_call
from graph_meetings_runtime.requests.request_information import expand

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
TEMPLATE = "{+baseurl}/users/{user%2Did}/onlineMeetings/{+call}/delta{?%24filter,%24top}"


# In a reserved expansion Kiota's library encodes the percent sign of some triplets again, so the call has none here.
@given(TEXT, TEXT, st.integers(0, 999))
def test_kiotas_library_expands_the_same_url(user: str, text: str, top: int) -> None:
    values = {
        "baseurl": "https://graph.microsoft.com/v1.0",
        "user%2Did": user,
        "call": function_call("f", ("a", STRING, "O'Brien,(x)=y"), ("b", DATE_TIME_OFFSET, "2026-01-15T00:00:00Z")),
        "%24filter": text,
        "%24top": top,
    }
    assert unquote(expand(TEMPLATE, values)) == unquote(StdUriTemplate.expand(TEMPLATE, values))


@given(TEXT, TEXT)
def test_ids_and_options_come_back_out_of_the_url(user: str, text: str) -> None:
    url = expand(TEMPLATE, {"baseurl": "https://h/v1.0", "user%2Did": user, "call": "f", "%24filter": text})
    parts = urlsplit(url)
    assert unquote(parts.path.split("/")[3]) == user
    assert parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) == [("$filter", text)]


@given(TEXT, TEXT)
def test_strings_come_back_out_of_a_function_call(first: str, second: str) -> None:
    call = function_call("f", ("a", STRING, first), ("b", STRING, second))
    assert not set(call) & set(" /?#&+%") - {"%"}
    a, b = call.removeprefix("f(").removesuffix(")").split(",")
    for argument, value in ((a, first), (b, second)):
        assert unquote(argument.partition("=")[2])[1:-1].replace("''", "'") == value


def test_a_list_is_joined_by_commas() -> None:
    assert expand("x{?%24select}", {"%24select": ["id", "callId"]}) == "x?%24select=id,callId"


def test_options_left_out_leave_no_trace() -> None:
    assert expand("x{?%24top,%24count}", {}) == "x"
    assert expand("x{?%24top,%24count}", {"%24count": True}) == "x?%24count=true"


def test_arguments_left_out_leave_no_trace() -> None:
    assert function_call("f", ("a", STRING, None), ("b", STRING, "x")) == "f(b='x')"
    assert function_call("f", ("a", STRING, None)) == "f"


def test_a_bad_argument_is_named() -> None:
    with pytest.raises(ValueError, match="start_date_time: 'soon' is not an RFC 3339"):
        function_call("f", ("startDateTime", DATE_TIME_OFFSET, "soon"))
