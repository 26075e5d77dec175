from urllib.parse import quote

import httpx
import pytest

from graph_meetings.operations import OPERATIONS
from graph_meetings_runtime.operations import Operation, Returns
from tests.emulator.support import Site, ids


def concrete(path: str, site: Site) -> str:
    """Fill in an operation's path with what the data set has."""
    recording = site.emulator.dataset.recordings(site.organizer)[0]
    values = [site.organizer] if path.startswith("/users") else []
    values += [str(recording["meetingId"]), str(recording["id"])]
    call, brace, rest = path.partition("(")
    for value in values:
        call = call.replace("{id}", value, 1)
    return f"{call}(meetingOrganizerUserId='{site.organizer}'){rest.partition(')')[2]}" if brace else call


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.path for operation in OPERATIONS])
def test_every_operation_of_the_client_answers(shared: Site, operation: Operation) -> None:
    response = shared.get(concrete(operation.path, shared))
    assert response.status_code == 200
    if operation.returns is Returns.STREAM:
        assert response.headers["content-type"] == "video/mp4"
    elif operation.returns is Returns.MANY:
        assert response.json()["value"]
    else:
        assert response.json()["@odata.context"].endswith("/$entity")


def test_a_key_can_stand_in_parentheses(shared: Site) -> None:
    path = shared.meetings.replace(f"/users/{shared.organizer}", f"/users('{shared.organizer}')")
    assert shared.json(path)["value"] == shared.json(shared.meetings)["value"]


def test_a_key_can_stand_in_parentheses_without_quotes_as_in_the_documents_links(shared: Site) -> None:
    path = shared.meetings.replace(f"/users/{shared.organizer}", f"/users({shared.organizer})")
    assert shared.json(path)["value"] == shared.json(shared.meetings)["value"]


def test_names_have_no_case(shared: Site) -> None:
    assert shared.json(shared.meetings.replace("onlineMeetings", "OnlineMEETINGS"))["value"]
    assert shared.json(shared.all_recordings.replace("getAll", "GETALL"))["value"]


def test_ids_have_case(shared: Site) -> None:
    path = shared.recordings.replace("/recordings", "")
    assert shared.json(path)["id"]
    shared.refused(path.swapcase().replace("/USERS/", "/users/"), 404, "itemNotFound")


def test_me_is_the_first_organizer(shared: Site) -> None:
    assert ids(shared.items("/me/onlineMeetings")) == list(shared.emulator.dataset.meetings(shared.organizer))


def test_a_slash_in_an_id_stays_in_its_segment(site: Site) -> None:
    odd = "a/b'c %2F"
    site.emulator.dataset.add(("users", site.organizer, "onlineMeetings"), {"id": odd, "subject": "odd"})
    assert site.json(f"{site.meetings}/{quote(odd, safe='')}")["subject"] == "odd"
    site.refused(f"{site.meetings}/a/b'c")


def test_a_trailing_slash_is_allowed(shared: Site) -> None:
    assert shared.json(f"{shared.recordings}/")["value"]


@pytest.mark.parametrize("path", ["/nonsense", "/users", "/me/onlineMeetings/x/recordings/y/z", "/me//onlineMeetings"])
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


@pytest.mark.parametrize("path", ["/users/nobody/onlineMeetings", "/me/onlineMeetings/none"])
def test_an_unknown_id_is_not_found(shared: Site, path: str) -> None:
    shared.refused(path, 404, "itemNotFound")


def test_only_get_is_allowed(shared: Site) -> None:
    assert shared.http.post("/me/onlineMeetings").status_code == 405
