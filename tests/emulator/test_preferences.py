import json

import httpx
import pytest

from tests.emulator.support import Json, Site

ALL = "odata.maxpagesize=7, include-unknown-enum-members, omit-values=nulls"


def family(site: Site, **headers: str) -> list[str]:
    sessions = site.items(f"{site.record}/sessions", **headers)
    return [session["callee"]["userAgent"].get("productFamily") for session in sessions]


def test_enumeration_values_newer_than_the_sentinel_are_hidden_unless_asked_for(shared: Site) -> None:
    assert family(shared) == [None, "unknownFutureValue"]
    assert family(shared, prefer="include-unknown-enum-members") == [None, "azureCommunicationServices"]
    assert family(shared) == [None, "unknownFutureValue"]


def test_they_are_hidden_at_any_depth(shared: Site) -> None:
    path = f"{shared.record}?$expand=sessions($expand=segments)"
    assert "azureCommunicationServices" not in shared.get(path).text.replace("azureCommunicationServicesUser", "")
    text = shared.get(path, prefer="include-unknown-enum-members").text
    assert text.count('"azureCommunicationServices"') == 2
    selected = shared.get(f"{shared.record}/sessions?$select=callee").text
    assert '"unknownFutureValue"' in selected
    assert '"azureCommunicationServices"' not in selected


def test_the_data_itself_does_not_change(site: Site) -> None:
    before = json.dumps(site.emulator.dataset.descendants(("communications",), "callRecords", "sessions"))
    site.get(f"{site.record}/sessions", prefer=ALL)
    site.get(f"{site.record}/sessions")
    assert json.dumps(site.emulator.dataset.descendants(("communications",), "callRecords", "sessions")) == before


def test_values_of_collections_are_hidden_too(site: Site) -> None:
    meeting: Json = {"id": "m", "participants": {"attendees": [{"role": "producer"}, {"role": "attendee"}]}}
    site.emulator.dataset.add(("users", site.organizer, "onlineMeetings"), meeting)
    roles = [person["role"] for person in site.json(f"{site.meetings}/m")["participants"]["attendees"]]
    assert roles == ["unknownFutureValue", "attendee"]


def test_nulls_can_be_omitted(shared: Site) -> None:
    path = f"{shared.record}?$expand=participants_v2,sessions($expand=segments)"
    assert "null" in shared.get(path).text
    response = shared.get(path, prefer="omit-values=nulls")
    assert "null" not in response.text
    assert response.json()["participants_v2"][1]["identity"] == {
        "phone": {"id": response.json()["participants_v2"][1]["id"]}
    }
    assert response.headers["preference-applied"] == "omit-values=nulls"


def test_all_that_is_applied_is_said(shared: Site) -> None:
    for path in (f"{shared.record}/participants_v2", shared.record):
        assert shared.get(path, prefer=ALL).headers["preference-applied"] == ALL
    assert "preference-applied" not in shared.get(shared.record).headers


@pytest.mark.parametrize(
    "prefer", ["respond-async", "odata.maxpagesize=x", "omit-values=defaults", "a=1;b=2", ",", "="]
)
def test_what_the_service_does_not_know_is_ignored(shared: Site, prefer: str) -> None:
    response = shared.get(f"{shared.record}/sessions", prefer=prefer)
    assert response.status_code == 200
    assert "preference-applied" not in response.headers


def test_preferences_can_come_in_several_headers(shared: Site) -> None:
    headers = [("Prefer", "maxpagesize=1"), ("Prefer", "include-unknown-enum-members")]
    response = shared.http.get(f"{shared.record}/sessions", headers=httpx.Headers(headers))
    assert len(response.json()["value"]) == 1
    assert response.headers["preference-applied"] == "odata.maxpagesize=1, include-unknown-enum-members"


def test_a_page_size_of_nothing_is_refused(shared: Site) -> None:
    assert shared.get(f"{shared.record}/sessions", prefer="odata.maxpagesize=0").status_code == 400


@pytest.mark.parametrize(("path", "maximum"), [("", 60), ("sessions", 60), ("participants_v2", 130)])
def test_a_page_is_never_larger_than_documented(site: Site, path: str, maximum: int) -> None:
    dataset = site.emulator.dataset
    added = dataset.add_call_record(participants=131, sessions=61, segments=0)
    for _ in range(60):
        dataset.add_call_record(participants=1, sessions=0)
    where = f"/communications/callRecords/{added['id']}/{path}" if path else "/communications/callRecords"
    for prefer in ("odata.maxpagesize=999", ""):
        assert len(site.json(where, prefer=prefer)["value"]) == maximum
    assert len(site.json(where, prefer="odata.maxpagesize=3")["value"]) == 3
