"""What notebooks show of models and pages, and what they offer as completions."""

import json
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from operator import methodcaller
from typing import Any

import pytest

from graph_meetings import CallRecording, GraphMeetingsClient, Subscription
from graph_meetings_emulator import EmulatorCredential
from graph_meetings_runtime import Page
from graph_meetings_runtime.json_codec import JsonObject, JsonValue

html_of: Callable[[object], str] = methodcaller("_repr_html_")
REASON = "not installed"
MARKUP = '<img src=x onerror=alert(1)>"&amp;'
OF_KIOTA = {
    "create_from_discriminator_value",
    "get_field_deserializers",
    "path_parameters",
    "path_template",
    "request_adapter",
    "serialize",
    "to_get_request_information",
    "url_template",
}


class Cells(HTMLParser):
    """The texts of a table, and its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  of the base class
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def recordings(count: int) -> Page[CallRecording]:
    items: list[JsonValue] = [{"id": str(number), "callId": "c"} for number in range(count)]
    return Page(CallRecording, {"value": items})


def test_a_model_is_a_table_of_its_values() -> None:
    recording = CallRecording(id="1", call_id="2")
    recording.raw["meetingId"] = None
    shown = Cells(html_of(recording))
    assert shown.texts == ["CallRecording", "id", "1", "call_id", "2"]
    assert shown.elements == {"table", "caption", "tr", "td"}


def test_a_page_is_a_table_of_its_items() -> None:
    page = recordings(2)
    expected = ["Page(2 of CallRecording, the last page)", "id", "call_id", "0", "c", "1", "c"]
    assert Cells(html_of(page)).texts == expected
    assert page[0].id == "0"
    assert Cells(html_of(page)).texts == expected


def test_a_long_page_is_shown_in_part_and_says_so() -> None:
    shown = Cells(html_of(recordings(21))).texts
    assert shown[0] == "Page(21 of CallRecording, the last page), the first 20"
    assert shown.count("c") == 20


def test_items_without_a_value_have_an_empty_cell() -> None:
    page = Page(CallRecording, {"value": [{"id": "1"}, {"callId": "2"}]})
    assert html_of(page).count("></td>") == 2


@pytest.mark.parametrize("raw", [{}, {"value": None}, {"value": [1, None, "x"]}, {"value": []}])
def test_what_is_no_page_is_shown_all_the_same(raw: JsonObject) -> None:
    assert Cells(html_of(Page(CallRecording, raw))).texts[0].startswith("Page(")


@pytest.mark.parametrize("value", [MARKUP, {"user": {"displayName": MARKUP}}, [MARKUP]])
def test_markup_in_a_property_stays_text(value: Any) -> None:
    model = CallRecording.from_raw({"id": value})
    for html in (html_of(model), html_of(Page(CallRecording, {"value": [model.raw]}))):
        shown = Cells(html)
        assert "img" not in shown.elements
        assert any(MARKUP[:8] in text for text in shown.texts)
        assert escape(MARKUP[:8]) in html


def test_a_secret_and_the_queries_of_links_are_not_shown() -> None:
    state, link = "a long client state", "https://storage.example/video?sig=secret"
    model = Subscription.from_raw({"clientState": state, "notificationUrl": link, "resource": f"{link}&x"})
    for html in (html_of(model), html_of(Page(Subscription, {"value": [model.raw]}))):
        assert state not in html
        assert "secret" not in html
        assert "https://storage.example/video" in html


def test_a_long_text_is_cut_in_the_middle_and_an_object_at_its_end() -> None:
    text = "0123456789" * 20
    assert Cells(html_of(CallRecording(id=text))).texts[-1] == f"{text[:30]}…{text[-30:]}"
    organizer = {"user": {"displayName": "Ada Brandl", "id": text}, "application": {"id": text}}
    recording = CallRecording.from_json(json.dumps({"meetingOrganizer": organizer}).encode())
    assert Cells(html_of(recording)).texts[-1] == "{'application': {'id': '012345678901...7890123456789'},…"


@pytest.fixture
def graph() -> GraphMeetingsClient:
    return GraphMeetingsClient(EmulatorCredential("made-up"))


def by_dir(name: str, value: object) -> set[str]:
    del name
    return {word for word in dir(value) if not word.startswith("_")}


def by_jedi(name: str, value: object) -> set[str]:
    jedi: Any = pytest.importorskip("jedi", reason=REASON)
    return {found.name for found in jedi.Interpreter(f"{name}.", [{name: value}]).complete() if found.name[0] != "_"}


@pytest.mark.parametrize("offered", [by_dir, by_jedi])
def test_completion_offers_our_words_and_none_of_kiota(
    graph: GraphMeetingsClient, offered: Callable[[str, object], set[str]]
) -> None:
    meetings = graph.users.by_user_id("1").online_meetings
    words = {
        "graph": (graph, {"users", "communications", "content_of", "download_many", "meeting_of", "close"}),
        "meetings": (meetings, {"by_online_meeting_id", "get_all_recordings", "find", "get", "permissions"}),
        "recording": (CallRecording(id="1"), {"id", "created_date_time", "meeting_id", "to_dict", "raw"}),
        "page": (recordings(1), {"value", "odata_next_link", "to_list", "to_dict"}),
    }
    for name, (value, expected) in words.items():
        names = offered(name, value)
        assert expected <= names
        assert not names & OF_KIOTA
    assert meetings.url_template  # it is still there for whoever knows Kiota


def test_lists_and_changes_say_what_they_request(graph: GraphMeetingsClient) -> None:
    meetings = graph.users.by_user_id("ann").online_meetings
    assert repr(graph.users.list(top=3)) == "Pager('GET /users?…')"
    path = "/users/ann/onlineMeetings/getAllRecordings(meetingOrganizerUserId='ann')/delta"
    assert repr(meetings.get_all_recordings().delta().changes()) == f'Changes("GET {path}")'


def test_ipython_shows_the_tables() -> None:
    formatters: Any = pytest.importorskip("IPython.core.formatters", reason=REASON)
    for value in (CallRecording(id="1"), recordings(1)):
        data, _ = formatters.DisplayFormatter().format(value)
        assert data["text/html"] == html_of(value)
        assert data["text/plain"] == repr(value)
