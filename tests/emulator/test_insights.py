from tests.emulator.support import Site, ids

LISTED = {"id", "callId", "contentCorrelationId", "createdDateTime", "endDateTime"}


def insights(site: Site) -> str:
    return f"/copilot{site.recordings.removesuffix('/recordings')}/aiInsights"


def test_there_is_an_insight_for_each_transcript(site: Site) -> None:
    transcripts = site.items(site.recordings.replace("/recordings", "/transcripts"))
    found = {insight["contentCorrelationId"] for insight in site.items(insights(site))}
    assert found == {transcript["contentCorrelationId"] for transcript in transcripts}


def test_a_list_of_insights_lacks_what_they_say(shared: Site) -> None:
    listed = shared.items(insights(shared))[0]
    assert set(listed) == LISTED
    whole = shared.json(f"{insights(shared)}/{listed['id']}")
    assert set(whole) - LISTED == {"@odata.context", "actionItems", "meetingNotes", "viewpoint"}


def test_a_list_of_insights_can_select_what_they_say(shared: Site) -> None:
    assert set(shared.items(f"{insights(shared)}?$select=id,meetingNotes")[0]) == {"id", "meetingNotes"}


def test_insights_need_an_access_policy(site: Site) -> None:
    assert ids(site.items(insights(site)))
    site.emulator.tenant.access_policy_missing_for.add(site.organizer)
    site.refused(insights(site), 403, "Forbidden")
