from base64 import b64encode
from typing import cast
from urllib.parse import quote

import httpx
import pytest

from graph_meetings_emulator.emulator import VERSIONS
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.operation import Operation, Returns
from tests.emulator.support import Site, concrete, ids

ALL = [
    (version, operation)
    for version, operations in VERSIONS.items()
    for operation in operations
    if "GET" in operation.methods
]
NOTHING_FOUND = "onlineMeetings?$filter=joinWebUrl eq 'x'"
NAMES = [f"{version}{operation.path}" for version, operation in ALL]


# Whoever reads every field reads the deprecated ones too.
@pytest.mark.filterwarnings(r"ignore:\w+\.\w+. Deprecated since:DeprecationWarning")
@pytest.mark.parametrize(("version", "operation"), ALL, ids=NAMES)
def test_every_operation_of_the_client_answers(shared: Site, version: str, operation: Operation) -> None:
    root = f"{shared.emulator.origin}/{version}"
    accept = "text/vtt" if operation.returns is Returns.STREAM else "application/json"
    path = concrete(operation.path, shared.emulator.dataset)
    if operation.options and operation.options.requires_filter:
        path += f"?{shared.filter_of_meeting(name=operation.options.filters[0].partition(' ')[0])}"
    if operation.options and operation.options.is_advanced:
        path += "?$count=true"
    response = shared.get(root + path, accept=accept, consistencylevel="eventual")
    assert response.status_code == 200, response.text
    if operation.returns is Returns.STREAM:
        assert response.headers["content-type"] in {"video/mp4", "text/vtt"}
        assert response.content
        return
    answer = response.json()
    assert answer["@odata.context"].startswith(f"{root}/$metadata#")
    if operation.returns is Returns.MANY:
        assert answer["value"]
        objects = answer["value"]
    else:
        assert answer["@odata.context"].endswith("/$entity")
        objects = [answer]
    for item in objects:
        read_all(operation.model.from_raw(item))


def read_all(model: Model) -> None:
    """Read every field, and every field of what is in it; a value of another type than declared raises."""
    for name in fields_of(model):
        value: object = getattr(model, name)
        for item in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(item, Model):
                read_all(item)


def test_a_key_can_stand_in_parentheses(shared: Site) -> None:
    path = shared.recordings.replace(f"/users/{shared.organizer}", f"/users('{shared.organizer}')")
    assert shared.json(path)["value"] == shared.json(shared.recordings)["value"]


def test_a_key_can_stand_in_parentheses_without_quotes_as_in_the_documents_links(shared: Site) -> None:
    path = shared.recordings.replace(f"/users/{shared.organizer}", f"/users({shared.organizer})")
    assert shared.json(path)["value"] == shared.json(shared.recordings)["value"]


def test_names_have_no_case(shared: Site) -> None:
    assert shared.json(shared.recordings.replace("onlineMeetings", "OnlineMEETINGS"))["value"]
    assert shared.json(shared.all_recordings.replace("getAll", "GETALL"))["value"]


def test_a_collection_in_lower_case_as_in_the_documents_is_found(shared: Site) -> None:
    path = concrete("/me/onlineMeetings/{id}/attendanceReports/{id}/attendanceRecords", shared.emulator.dataset)
    assert shared.items(path.replace("attendanceRecords", "attendancerecords")) == shared.items(path)


def test_ids_have_case(shared: Site) -> None:
    path = shared.recordings.replace("/recordings", "")
    assert shared.json(path)["id"]
    shared.refused(path.swapcase().replace("/USERS/", "/users/"), 404, "itemNotFound")


def test_me_is_the_first_organizer(shared: Site) -> None:
    mine = shared.finding().replace(f"/users/{shared.organizer}", "/me")
    assert ids(shared.items(mine)) == list(shared.emulator.dataset.meetings(shared.organizer))[:1]


def test_a_slash_in_an_id_stays_in_its_segment(site: Site) -> None:
    odd = "a/b'c %2F"
    site.emulator.dataset.add(("users", site.organizer, "onlineMeetings"), {"id": odd, "subject": "odd"})
    assert site.json(f"{site.meetings}/{quote(odd, safe='')}")["subject"] == "odd"
    site.refused(f"{site.meetings}/a/b'c")


def test_a_trailing_slash_is_allowed(shared: Site) -> None:
    assert shared.json(f"{shared.recordings}/")["value"]


@pytest.mark.parametrize("path", ["/nonsense", "/groups", "/me/onlineMeetings/x/recordings/y/z", "/me//onlineMeetings"])
def test_a_path_that_the_metadata_lacks_is_refused(shared: Site, path: str) -> None:
    assert "Resource not found for the segment" in shared.refused(path)


def test_an_unknown_version_is_refused(shared: Site) -> None:
    shared.refused(f"{shared.emulator.origin}/v9.9/me/onlineMeetings")


@pytest.mark.parametrize("escape", ["%", "%2", "%zz", "%ff"])
def test_a_malformed_escape_is_refused(shared: Site, escape: str) -> None:
    # httpx mends malformed escapes, so the target is written by hand.
    request = httpx.Request("GET", shared.emulator.base_url, headers=shared.http.headers)
    request.url = httpx.URL(request.url, raw_path=f"/v1.0/me/onlineMeetings/{escape}".encode())
    assert shared.http.send(request).status_code == 400


MEETING = b64encode(b"1*9d2b...*0**19:meeting_x@thread.v2").decode()
ARTIFACTS = [b64encode(text).decode() for text in (b"V2##1aa##bb", b"1##0##8f84", b"3##19:x")]


@pytest.mark.parametrize(
    "path",
    [
        "/users/nobody/adhocCalls/none/recordings",
        f"/me/onlineMeetings/{MEETING}",
        f"/me/onlineMeetings/{MEETING[:-5]}/recordings",
        f"/communications/onlineMeetings/{MEETING}",
        "/communications/callRecords/none",
    ],
)
def test_an_unknown_id_is_not_found(shared: Site, path: str) -> None:
    shared.refused(path, 404, "itemNotFound")


@pytest.mark.parametrize("artifact", ARTIFACTS)
@pytest.mark.parametrize("collection", ["recordings", "transcripts"])
def test_an_unknown_id_of_an_artifact_is_not_found(shared: Site, collection: str, artifact: str) -> None:
    meeting = shared.recordings.removesuffix("/recordings")
    shared.refused(f"{meeting}/{collection}/{artifact}/content", 404, "itemNotFound")


@pytest.mark.parametrize("id_", ["none", "=", "M", "MSo", "8f84ba9a-a2f3-4d7f-9c5a-1f0b6f0e4d11", "grüße", "a%2Fb"])
def test_an_id_of_a_wrong_form_is_refused(shared: Site, id_: str) -> None:
    meeting = shared.recordings.removesuffix("/recordings")
    paths = ("/me/onlineMeetings/{}", "/communications/onlineMeetings/{}", "/me/onlineMeetings/{}/recordings/x/content")
    for path in (*paths, f"{meeting}/recordings/{{}}", f"{meeting}/transcripts/{{}}/metadataContent"):
        assert shared.refused(path.format(id_)) == "Unexpected id format"


def test_only_get_is_allowed(shared: Site) -> None:
    assert shared.http.post("/me/onlineMeetings").status_code == 405


def test_functions_may_be_qualified(shared: Site) -> None:
    assert shared.items(shared.all_recordings.replace("getAll", "microsoft.graph.getAll")) == shared.items(
        shared.all_recordings
    )
    assert shared.json(shared.delta.replace("/delta", "/microsoft.graph.delta"))["value"]
    call = "microsoft.graph.callRecords.getPstnCalls(fromDateTime=2026-03-01,toDateTime=2026-03-02)"
    log = f"/communications/callRecords/{call}"
    assert len(shared.json(log)["value"]) == 3
    shared.refused(log.replace("microsoft.", "contoso."), 404, "itemNotFound")


def test_a_key_that_begins_with_a_dollar_sign_needs_parentheses(site: Site) -> None:
    site.emulator.dataset.add(("users",), {"id": "$ann@contoso.com"})
    for name in ("$ann@contoso.com", "%24ann%40contoso.com"):
        site.refused(f"/users/{name}/{NOTHING_FOUND}")
        assert site.json(f"/users('{name}')/{NOTHING_FOUND}")["value"] == []


def test_the_key_of_a_meeting_needs_quotes_in_parentheses(shared: Site) -> None:
    meeting = shared.recordings.split("/")[-2]
    assert shared.json(f"{shared.meetings}('{meeting}')/recordings")["value"]
    shared.refused(f"{shared.meetings}({meeting})/recordings")
    assert shared.json(f"/users({shared.organizer})/{NOTHING_FOUND}")["value"] == []
