"""`check` says what is missing, and who has to change it."""

import json

import pytest

from graph_meetings_emulator import Emulator
from tests.command.conftest import ROLES, Run, app_claims, token_of, user_claims


@pytest.mark.usefixtures("emulator")
def test_everything_that_can_be_read_is_ok(run: Run) -> None:
    ran = run("check", "--emulator", "--format", "json")
    report = json.loads(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert {area["area"]: area["result"] for area in report["areas"]} == dict.fromkeys(
        [
            "users",
            "meetings",
            "recordings",
            "transcripts",
            "ad hoc recordings",
            "ad hoc transcripts",
            "attendance",
            "call records",
            "PSTN calls",
            "webinars",
        ],
        "ok",
    )
    assert report["token"]["tenant"] == "a-tenant"
    assert report["to_do"] == []


def test_the_tour_has_every_permission(run: Run) -> None:
    report = json.loads(run("check", "--emulator", "--format", "json").out)
    assert [area["area"] for area in report["areas"] if area["is_granted"] is not True] == []


def test_a_missing_policy_is_explained_with_the_cmdlets(run: Run, emulator: Emulator) -> None:
    organizer = emulator.dataset.organizers[0]
    emulator.tenant.access_policy_missing_for.add(organizer)
    ran = run("check", "--emulator", "--format", "table", "--organizer", organizer)
    assert ran.status == 1
    assert 'New-CsApplicationAccessPolicy -Identity graph-meetings -AppIds "an-app"' in ran.out
    assert f'Grant-CsApplicationAccessPolicy -PolicyName graph-meetings -Identity "{organizer}"' in ran.out
    assert "Meetings, recordings, transcripts: no application access policy" in ran.out


def test_a_missing_permission_is_named_with_the_place_where_it_is_granted(run: Run, emulator: Emulator) -> None:
    emulator.token = token_of(app_claims(set(ROLES) - {"CallRecords.Read.All", "CallRecord-PstnCalls.Read.All"}))
    emulator.fail_next(403, times=2, path="/communications/callRecords")
    ran = run("check", "--emulator", "--format", "json")
    (advice,) = json.loads(ran.out)["to_do"]
    assert ran.status == 1
    assert advice["areas"] == ["call records", "PSTN calls"]
    assert "App registrations > Export > API permissions > Add a permission" in advice["steps"]
    assert advice["problem"].endswith("permissions CallRecord-PstnCalls.Read.All, CallRecords.Read.All")


def test_a_signed_in_user_is_told_what_only_an_app_can_read(run: Run, emulator: Emulator) -> None:
    emulator.token = token_of(user_claims(["User.Read", "OnlineMeetings.Read"]))
    ran = run("check", "--emulator", "--format", "json")
    results = {area["area"]: area["result"] for area in json.loads(ran.out)["areas"]}
    assert ran.status == 0
    assert results["call records"] == results["PSTN calls"] == "not for users"
    assert results["meetings"] == "ok"
    assert results["recordings"] == "not tried"


def test_a_token_that_cannot_be_read_is_no_error(run: Run, emulator: Emulator) -> None:
    emulator.token = "made-up-token"
    ran = run("check", "--emulator", "--format", "table")
    assert ran.status == 0
    assert ran.out.startswith("The token is not readable")


def test_the_token_is_not_shown(run: Run, emulator: Emulator) -> None:
    for shown in ("json", "table"):
        ran = run("check", "--emulator", "--format", shown, "--log-level", "debug")
        for part in emulator.token.split("."):
            assert part not in ran.out + ran.err
