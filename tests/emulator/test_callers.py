"""Tokens of applications and of signed-in users, each of which allows some requests only."""

import json
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import quote

import pytest

from graph_meetings import AccessDenied, GraphMeetingsClient
from graph_meetings_emulator import Dataset, Emulator, EmulatorCredential
from tests.emulator.support import Site, ids

RECORDING = "OnlineMeetingRecording.Read.All"


def bearing(site: Site, token: str, path: str) -> tuple[int, dict[str, Any]]:
    response = site.get(path, authorization=f"Bearer {token}")
    return response.status_code, response.json()


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def test_an_application_may_request_what_its_roles_allow(site: Site) -> None:
    token = site.emulator.application_token(RECORDING)
    assert bearing(site, token, site.recordings)[0] == 200
    assert bearing(site, token, site.all_recordings)[0] == 200
    status, body = bearing(site, token, "/communications/callRecords")
    assert (status, body["error"]["code"]) == (403, "Forbidden")
    assert "CallRecords.Read.All" in body["error"]["message"]
    status, body = bearing(site, token, "/users")
    assert (status, body["error"]["code"]) == (403, "Authorization_RequestDenied")


@pytest.mark.parametrize("path", ["/me", "/me/onlineMeetings"])
def test_an_application_has_no_me(site: Site, path: str) -> None:
    token = site.emulator.application_token("User.Read.All", "OnlineMeetings.Read.All")
    status, body = bearing(site, token, f"{path}?{site.filter_of_meeting()}")
    assert status == 400
    assert "delegated" in body["error"]["message"]


def test_the_signed_in_user_is_me(site: Site) -> None:
    second = site.emulator.dataset.organizers[1]
    token = site.emulator.user_token(second, "User.Read", RECORDING)
    assert bearing(site, token, "/me")[1]["id"] == second
    meeting = site.emulator.dataset.meetings(second)[0]
    status, body = bearing(site, token, f"/me/onlineMeetings/{meeting}/recordings")
    assert status == 200
    assert {item["meetingOrganizer"]["user"]["id"] for item in body["value"]} == {second}
    assert bearing(site, token, f"/users/{second}/onlineMeetings/{meeting}/recordings")[0] == 200


def test_a_signed_in_user_has_no_meetings_of_others(site: Site) -> None:
    token = site.emulator.user_token(site.emulator.dataset.organizers[1], RECORDING)
    status, body = bearing(site, token, site.recordings)
    assert status == 403
    assert "User Id must match the api caller" in body["error"]["message"]


def test_a_signed_in_user_cannot_request_what_applications_may(site: Site) -> None:
    token = site.emulator.user_token(site.organizer, RECORDING, "CallRecords.Read.All")
    for path in (site.all_recordings, site.record):
        status, body = bearing(site, token, path)
        assert status == 403
        assert "other kind" in body["error"]["message"]


def test_a_permission_to_write_includes_the_one_to_read(site: Site) -> None:
    token = site.emulator.application_token("OnlineMeetings.ReadWrite.All")
    assert bearing(site, token, site.finding())[0] == 200


def test_an_access_policy_is_for_applications(site: Site) -> None:
    site.emulator.tenant.access_policy_missing_for.add(site.organizer)
    assert bearing(site, site.emulator.application_token(RECORDING), site.recordings)[0] == 403
    assert bearing(site, site.emulator.user_token(site.organizer, RECORDING), site.recordings)[0] == 200


def test_next_links_are_for_the_one_who_got_them(site: Site) -> None:
    token = site.emulator.user_token(site.organizer, RECORDING)
    path = f"/me/onlineMeetings/{site.emulator.dataset.meetings(site.organizer)[0]}/recordings?$top=1"
    _, body = bearing(site, token, path)
    seen = ids(body["value"])
    while link := body.get("@odata.nextLink"):
        status, body = bearing(site, token, link)
        assert status == 200
        seen += ids(body["value"])
    assert len(seen) == len(set(seen)) > 1


def test_names_of_members_need_a_permission_for_users(site: Site) -> None:
    group = site.emulator.dataset.groups[0]
    path = f"/groups/{group}/transitiveMembers/microsoft.graph.user?$count=true"
    seen: list[Any] = []
    for roles in (["GroupMember.Read.All"], ["GroupMember.Read.All", "User.ReadBasic.All"]):
        token = site.emulator.application_token(*roles)
        seen.append(site.json(path, authorization=f"Bearer {token}", consistencylevel="eventual")["value"])
    assert seen[0] == [{"id": user} for user in site.emulator.dataset.organizers]
    assert ids(seen[1]) == ids(seen[0])
    assert all(user["displayName"] for user in seen[1])


def test_what_a_token_allows_can_be_read_from_it(site: Site) -> None:
    application = claims(site.emulator.application_token("A.Read.All", "B.Read.All"))
    assert application["roles"] == ["A.Read.All", "B.Read.All"]
    assert (application["idtyp"], application["tid"]) == ("app", site.emulator.dataset.tenant_id)
    user = claims(site.emulator.user_token(site.organizer, "A.Read", "B.Read"))
    known = site.json(f"/users/{site.organizer}")
    assert user["scp"] == "A.Read B.Read"
    assert (user["oid"], user["name"], user["upn"]) == (known["id"], known["displayName"], known["userPrincipalName"])


def test_a_token_of_nobody_is_an_error(site: Site) -> None:
    with pytest.raises(KeyError):
        site.emulator.user_token("nobody")


def test_a_user_is_found_by_principal_name_whatever_its_case(site: Site) -> None:
    name = str(site.json(f"/users/{site.organizer}")["userPrincipalName"])
    assert site.json(f"/users/{name.upper()}")["id"] == site.organizer
    path = f"/users/{name}/onlineMeetings?{site.filter_of_meeting()}"
    assert site.json(path)["value"] == site.json(site.finding())["value"]
    guest = "ann_x#EXT#@contoso.example"
    site.emulator.dataset.add(("users",), {"id": "odd", "userPrincipalName": guest})
    assert site.json(f"/users/{quote(guest)}")["id"] == "odd"
    assert site.get("/users/nobody@contoso.example").status_code == 404


def test_made_up_users_have_names_of_their_own() -> None:
    dataset = Dataset.generate(organizers=300, meetings=0, adhoc_calls=0)
    users = dataset.descendants((), "users")
    assert all(user["displayName"] and user["mail"] for user in users)
    assert len({str(user["userPrincipalName"]) for user in users}) == 300


async def test_the_client_says_which_permission_is_missing() -> None:
    with Emulator() as emulator:
        credential = EmulatorCredential(emulator.application_token("User.Read.All"))
        async with GraphMeetingsClient(credential, base_url=emulator.base_url) as graph:
            assert [user.id async for user in graph.users.list()] == [*emulator.dataset.organizers]
            with pytest.raises(AccessDenied) as caught:
                await graph.communications.call_records.get()
            assert "CallRecords.Read.All" in str(caught.value.hint)
