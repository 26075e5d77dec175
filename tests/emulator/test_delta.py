from tests.emulator.support import Json, Site, ids

NEXT, DELTA = "@odata.nextLink", "@odata.deltaLink"


def remove(site: Site, recording: Json) -> None:
    meeting = ("users", site.organizer, "onlineMeetings", str(recording["meetingId"]))
    site.emulator.dataset.remove((*meeting, "recordings", str(recording["id"])))


def sync(site: Site, link: str) -> tuple[list[Json], str]:
    """Complete a round, and return its items and the link of the next one."""
    pages = site.pages(link)
    assert all((NEXT in page) != (DELTA in page) for page in pages)
    return [item for page in pages for item in page["value"]], pages[-1][DELTA]


def test_the_first_round_brings_everything(site: Site) -> None:
    items, _ = sync(site, site.delta)
    assert ids(items) == ids(site.items(site.all_recordings))


def test_both_links_call_their_token_skip_token(site: Site) -> None:
    pages = site.pages(site.delta)
    assert f"{site.emulator.base_url}{site.delta}?skipToken=" in pages[0][NEXT]
    assert f"{site.emulator.base_url}{site.delta}?skipToken=" in pages[-1][DELTA]


def test_a_round_without_changes_is_empty_and_can_be_repeated(site: Site) -> None:
    _, link = sync(site, site.delta)
    for _ in range(3):
        items, link = sync(site, link)
        assert not items


def test_later_rounds_bring_what_was_added_meanwhile(site: Site) -> None:
    _, link = sync(site, site.delta)
    for _ in range(2):
        added = [site.emulator.dataset.add_recording(site.organizer) for _ in range(7)]
        items, link = sync(site, link)
        assert ids(items) == [recording["id"] for recording in added]
    assert not sync(site, link)[0]


def test_a_delta_link_can_be_used_again(site: Site) -> None:
    _, link = sync(site, site.delta)
    added = site.emulator.dataset.add_recording(site.organizer)
    assert ids(sync(site, link)[0]) == ids(sync(site, link)[0]) == [added["id"]]


def test_what_is_added_during_a_round_comes_in_the_next(site: Site) -> None:
    first = site.json(site.delta)
    added = site.emulator.dataset.add_recording(site.organizer)
    rest, link = sync(site, first[NEXT])
    assert added["id"] not in ids(rest)
    assert ids(sync(site, link)[0]) == [added["id"]]


def test_a_removed_recording_is_reported_once(site: Site) -> None:
    items, link = sync(site, site.delta)
    remove(site, items[0])
    removed, link = sync(site, link)
    assert removed == [{"@removed": {"reason": "deleted"}, "id": items[0]["id"]}]
    assert not sync(site, link)[0]


def test_what_came_and_went_between_rounds_is_not_mentioned(site: Site) -> None:
    _, link = sync(site, site.delta)
    remove(site, site.emulator.dataset.add_recording(site.organizer))
    assert not sync(site, link)[0]


def test_removing_a_meeting_removes_its_recordings(site: Site) -> None:
    items, link = sync(site, site.delta)
    meeting = items[0]["meetingId"]
    site.emulator.dataset.remove(("users", site.organizer, "onlineMeetings", meeting))
    assert ids(sync(site, link)[0]) == ids([item for item in items if item["meetingId"] == meeting])


def test_a_replaced_recording_comes_again(site: Site) -> None:
    items, link = sync(site, site.delta)
    changed = {**site.emulator.dataset.recordings(site.organizer)[2], "callId": "other"}
    meeting = ("users", site.organizer, "onlineMeetings", str(changed["meetingId"]))
    site.emulator.dataset.replace((*meeting, "recordings", str(changed["id"])), changed)
    again, _ = sync(site, link)
    assert [(item["id"], item["callId"]) for item in again] == [(items[2]["id"], "other")]


def test_arguments_and_options_last_over_rounds(site: Site) -> None:
    inside = site.delta.replace(")", ",startDateTime=2026-01-01,endDateTime=2027-01-01)")
    _, link = sync(site, f"{inside}?$top=2")
    site.emulator.dataset.add_recording(site.organizer, created="2031-01-01T00:00:00Z")
    added = [site.emulator.dataset.add_recording(site.organizer, created="2026-12-31T00:00:00Z") for _ in range(3)]
    assert [ids(page["value"]) for page in site.pages(link)] == [ids(added[:2]), ids(added[2:])]


def test_each_set_has_its_own_changes(site: Site) -> None:
    _, all_link = sync(site, site.delta)
    _, link = sync(site, f"{site.recordings}/delta")
    first, second = site.emulator.dataset.meetings(site.organizer)[:2]
    added = [site.emulator.dataset.add_recording(site.organizer, meeting) for meeting in (first, second)]
    assert ids(sync(site, link)[0]) == [added[0]["id"]]
    assert ids(sync(site, all_link)[0]) == [recording["id"] for recording in added]


def test_empty_pages_can_come_in_between(site: Site) -> None:
    site.emulator.delta.empty_pages = 2
    pages = site.pages(site.delta)
    assert [len(page["value"]) for page in pages] == [0, 0, 5, 0, 0, 5, 0, 0, 2]
    assert [len(page["value"]) for page in site.pages(pages[-1][DELTA])] == [0, 0, 0]


def test_items_can_be_repeated_in_a_page_and_later(site: Site) -> None:
    expected = ids(site.items(site.all_recordings))
    site.emulator.delta.repeats = 1
    items, link = sync(site, site.delta)
    assert sorted(set(ids(items))) == sorted(expected)
    assert len(items) == 12 + 3 + 2  # once more on each of three pages, and of the page before on two
    assert set(ids(sync(site, link)[0])) <= set(expected)


def test_expired_tokens_are_gone(site: Site) -> None:
    first = site.json(site.delta)
    _, link = sync(site, site.delta)
    site.emulator.delta.expire_tokens()
    for old in (first[NEXT], link):
        site.refused(old, 410, "resyncRequired")
        location = site.get(old).headers["location"]
        assert location == f"{site.emulator.base_url}{site.delta}?$deltatoken="
        assert len(sync(site, location)[0]) == 12
    assert not sync(site, sync(site, site.delta)[1])[0]


def test_expired_tokens_can_be_gone_without_a_location(site: Site) -> None:
    _, link = sync(site, site.delta)
    site.emulator.delta.expire_tokens(location=False)
    assert "location" not in site.get(link).headers


def test_expired_tokens_can_be_refused_otherwise(site: Site) -> None:
    _, link = sync(site, site.delta)
    site.emulator.delta.expire_tokens(location=False, status=400, code="syncStateNotFound")
    site.refused(link, 400, "syncStateNotFound")


def test_changes_have_no_order(site: Site) -> None:
    for option in ("$orderby=id", "$skip=1", "$count=true", "$expand=x"):
        site.refused(f"{site.delta}?{option}")
