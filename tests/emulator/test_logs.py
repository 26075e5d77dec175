"""Functions that return log rows, and those that return the artifacts of all meetings or calls of a user."""

from decimal import Decimal

import pytest

from graph_meetings.beta.models import PstnCallLogRow
from tests.emulator.support import LOGS, Site, ids

TIMES = {
    "getPstnCalls": "startDateTime",
    "getDirectRoutingCalls": "startDateTime",
    "getSmsLog": "sentDateTime",
    "getPstnBlockedUsersLog": "blockDateTime",
}


def call(function: str, start: str = "2026-02-01", stop: str = "2026-04-01") -> str:
    return f"/communications/callRecords/{function}(fromDateTime={start},toDateTime={stop})"


@pytest.mark.parametrize("function", LOGS)
def test_the_context_says_what_rows_are(shared: Site, function: str) -> None:
    page = shared.json(shared.beta(call(function)))
    context = page["@odata.context"]
    assert "/beta/$metadata#Collection(microsoft.graph.callRecords." in context
    assert (len(page["value"]), page["@odata.count"]) == (3, 3)
    assert not any("@odata.type" in row for row in page["value"])


@pytest.mark.parametrize("function", TIMES)
def test_rows_are_those_of_the_range(site: Site, function: str) -> None:
    dataset = site.emulator.dataset
    rows = dataset.add_log_rows(function, 4, start="2025-06-01T00:00:00Z")
    first, second, third, fourth = (str(row[TIMES[function]]) for row in rows)
    inside = [row[TIMES[function]] for row in site.items(site.beta(call(function, second, third)))]
    assert inside == ([second] if function == "getDirectRoutingCalls" else [second, third])
    assert len(site.items(site.beta(call(function, first, "2025-06-30")))) == 4
    assert not site.items(site.beta(call(function, fourth, "2025-05-01")))


@pytest.mark.parametrize("function", LOGS)
def test_both_ends_are_needed(shared: Site, function: str) -> None:
    for arguments in ("", "()", "(fromDateTime=2026-02-01)", "(from=2026-02-01,to=2026-03-01)"):
        shared.refused(shared.beta(f"/communications/callRecords/{function}{arguments}"))


def test_90_days_are_the_longest_range_for_calls_through_the_telephone_network(shared: Site) -> None:
    for stop in ("2026-05-02", "2026-05-02T00:00:00.0000000Z"):
        assert shared.items(call("getPstnCalls", "2026-02-01", stop))
    shared.refused(call("getPstnCalls", "2026-02-01", "2026-05-02T00:00:00.0000001Z"), 406, "NotAcceptable")
    assert shared.items(call("getDirectRoutingCalls", "2026-02-01", "2027-05-02"))


def test_more_rows_are_at_the_same_call_with_skip(site: Site) -> None:
    site.emulator.page_sizes.of_type["microsoft.graph.callRecords.pstnCallLogRow"] = 2
    path = call("getPstnCalls")
    pages = site.pages(path)
    assert [len(page["value"]) for page in pages] == [2, 1]
    assert pages[0]["@odata.nextLink"] == f"{site.emulator.base_url}{path}?$skip=2"
    assert len(set(ids([row for page in pages for row in page["value"]]))) == 3


def test_a_page_of_a_log_has_a_thousand_rows(site: Site) -> None:
    site.emulator.dataset.add_log_rows("getDirectRoutingCalls", 1001, start="2025-03-01T00:00:00Z")
    path = call("getDirectRoutingCalls", "2025-03-01", "2025-04-01")
    pages = site.pages(path)
    assert [len(page["value"]) for page in pages] == [1000, 1]
    assert pages[0]["@odata.nextLink"].endswith(f"{path}?$skip=1000")


@pytest.mark.parametrize("function", LOGS)
def test_options_have_no_effect_on_logs(shared: Site, function: str) -> None:
    path = shared.beta(call(function))
    assert shared.items(f"{path}?$filter=id eq 'x'&$top=1&$select=id&$orderby=id desc") == shared.items(path)


def test_charges_keep_their_digits(site: Site) -> None:
    site.emulator.dataset.add_log_rows("getPstnCalls", 9, start="2025-06-01T00:00:00Z")
    text = site.get(call("getPstnCalls", "2025-06-01", "2025-06-02")).text
    assert '"charge":0.0,' in text
    assert '"connectionCharge":0.00,' in text
    model = PstnCallLogRow.from_json(text[text.index("[") + 1 : text.index("},{") + 1].encode())
    assert (model.charge, str(model.connection_charge)) == (Decimal(0), "0.00")


@pytest.mark.parametrize("kind", ["Recordings", "Transcripts"])
def test_artifacts_of_ad_hoc_calls(shared: Site, kind: str) -> None:
    path = f"/users/{shared.organizer}/adhocCalls/getAll{kind}"
    everything = shared.items(path)
    assert everything == shared.items(f"{path}(userId='{shared.organizer}')")
    assert len(everything) == 1
    assert not shared.items(f"{path}(userId='someone')")
    assert not shared.items(f"{path}(startDateTime=2028-01-01)")
    assert shared.items(f"{path}/delta") == everything


def test_transcripts_of_all_meetings(shared: Site) -> None:
    path = f"{shared.meetings}/getAllTranscripts"
    everything = shared.items(f"{path}(meetingOrganizerUserId='{shared.organizer}')")
    assert ids(everything) == [item["id"] for item in shared.emulator.dataset.transcripts(shared.organizer)]
    assert shared.items(f"{path}?$filter=MeetingOrganizer/User/Id eq '{shared.organizer}'") == everything
    assert "meetingOrganizerUserId" in shared.refused(path)


def test_changes_to_transcripts(site: Site) -> None:
    path = f"{site.meetings}/getAllTranscripts(meetingOrganizerUserId='{site.organizer}')/delta"
    link = site.pages(path)[-1]["@odata.deltaLink"]
    added = site.emulator.dataset.add_transcript(site.organizer)
    assert ids(site.items(link)) == [added["id"]]
