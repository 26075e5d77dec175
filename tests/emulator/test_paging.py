from tests.emulator.support import Site, ids


def test_every_item_comes_once_in_the_order_of_its_making(shared: Site) -> None:
    expected = [str(recording["id"]) for recording in shared.emulator.dataset.recordings(shared.organizer)]
    pages = shared.pages(shared.all_recordings)
    assert [len(page["value"]) for page in pages] == [5, 5, 2]
    assert [item["id"] for page in pages for item in page["value"]] == expected


def test_a_next_link_is_the_same_path_with_a_skip_token_only(shared: Site) -> None:
    link = shared.json(f"{shared.recordings}?$top=2&$select=id")["@odata.nextLink"]
    path, _, query = link.partition("?")
    assert path == shared.emulator.base_url + shared.recordings
    assert query.startswith("skipToken=")
    assert "&" not in query


def test_only_the_token_in_a_link_decides(shared: Site) -> None:
    link = shared.json(f"{shared.recordings}?$top=2&$select=id")["@odata.nextLink"]
    assert shared.json(f"{link}&$top=1&$select=callId")["value"] == shared.json(link)["value"]


def test_the_token_may_be_called_skiptoken_with_a_dollar(shared: Site) -> None:
    link = shared.json(f"{shared.all_recordings}?$top=5")["@odata.nextLink"]
    assert shared.json(link.replace("skipToken", "$skiptoken"))["value"] == shared.json(link)["value"]


def test_a_token_is_good_for_its_own_resource_only(shared: Site) -> None:
    token = shared.json(f"{shared.all_recordings}?$top=5")["@odata.nextLink"].partition("?")[2]
    shared.refused(f"{shared.recordings}?{token}")
    shared.refused(f"{shared.delta}?{token}")
    shared.refused(f"{shared.all_recordings}?{token[:-1]}")
    shared.refused(f"{shared.all_recordings}?{token}x")


def test_the_last_page_has_no_link_even_when_it_is_full(shared: Site) -> None:
    assert [len(page["value"]) for page in shared.pages(f"{shared.all_recordings}?$top=6")] == [6, 6]


def test_prefer_sets_the_page_size_of_that_request(shared: Site) -> None:
    response = shared.get(shared.all_recordings, prefer="odata.maxpagesize=2")
    assert len(response.json()["value"]) == 2
    assert response.headers["preference-applied"] == "odata.maxpagesize=2"
    assert len(shared.json(response.json()["@odata.nextLink"])["value"]) == 5


def test_the_page_size_has_a_maximum(site: Site) -> None:
    site.emulator.page_sizes.maximum = 3
    assert len(site.json(f"{site.all_recordings}?$top=100")["value"]) == 3


def test_a_filtered_list_pages_without_empty_pages(site: Site) -> None:
    meeting = ("users", site.organizer, "onlineMeetings", site.emulator.dataset.meetings(site.organizer)[0])
    made = [str(site.emulator.dataset.add_attendance_report(meeting, attendees=0)["id"]) for _ in range(7)]
    wanted = made[::3]
    expression = ",".join(f"'{id_}'" for id_ in wanted)
    pages = site.pages(f"/{'/'.join(meeting)}/attendanceReports?$top=1&$filter=id in ({expression})")
    assert [ids(page["value"]) for page in pages] == [[id_] for id_ in wanted]


def test_what_is_added_while_paging_comes_at_the_end_and_what_is_removed_does_not_come(site: Site) -> None:
    first = site.json(f"{site.all_recordings}?$top=5")
    last = site.emulator.dataset.recordings(site.organizer)[-1]
    site.emulator.dataset.remove(
        ("users", site.organizer, "onlineMeetings", str(last["meetingId"]), "recordings", str(last["id"]))
    )
    added = site.emulator.dataset.add_recording(site.organizer)
    rest = site.items(first["@odata.nextLink"])
    assert last["id"] not in ids(rest)
    assert rest[-1]["id"] == added["id"]


def test_contexts_are_those_of_the_documents(shared: Site) -> None:
    root, user = shared.emulator.base_url, shared.organizer
    meeting = shared.emulator.dataset.meetings(user)[0]
    assert shared.json(shared.all_recordings)["@odata.context"] == f"{root}/$metadata#Collection(callRecording)"
    assert shared.json(shared.recordings)["@odata.context"] == (
        f"{root}/$metadata#users('{user}')/onlineMeetings('{meeting}')/recordings"
    )
    assert shared.json(f"/me/onlineMeetings/{meeting}")["@odata.context"] == (
        f"{root}/$metadata#users('{user}')/onlineMeetings/$entity"
    )


def test_items_of_a_function_say_their_type(shared: Site) -> None:
    types = {item["@odata.type"] for item in shared.items(shared.all_recordings)}
    assert types == {"#microsoft.graph.callRecording"}
    assert "@odata.type" not in shared.json(shared.recordings)["value"][0]


def test_urls_in_the_data_point_to_the_emulator(shared: Site) -> None:
    recording = shared.items(shared.all_recordings)[0]
    assert recording["recordingContentUrl"] == shared.emulator.base_url + shared.content_path(recording)
    assert shared.get(recording["recordingContentUrl"]).status_code == 200
