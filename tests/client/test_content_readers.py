"""Contents are read under the path that their artifacts were read under."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph_meetings import CallRecording, GraphMeetingsClient
from graph_meetings_runtime import ContentRequestBuilder
from graph_meetings_runtime.client.content_reader import read_as
from tests.support.credentials import StaticCredential
from tests.support.raw_server import answer, json_answer, raw_server

ORGANIZER = "bob"
RECORDING = (
    '{"id": "r", "meetingId": "m", "meetingOrganizer": {"user": {"id": "bob"}}, '
    '"createdDateTime": "2026-01-15T09:30:00Z"}'
)


def served(head: str) -> bytes:
    path = head.split()[1]
    if path.endswith("/content"):
        return answer("200 OK", b"video") if "/users/bob/" not in path else answer("403 Forbidden")
    link = f"http://{head.lower().partition('host: ')[2].split()[0]}/v1.0/x?delta"
    one = path.endswith("/r")
    return json_answer(RECORDING if one else f'{{"value": [{RECORDING}], "@odata.deltaLink": "{link}"}}')


async def listed(builder: Any) -> Any:
    return await anext(aiter(builder.recordings.list()))


async def paged(builder: Any) -> Any:
    return (await builder.recordings.get()).value[0]


async def linked(builder: Any) -> Any:
    url = builder.recordings.to_get_request_information().url
    return (await builder.recordings.with_url(f"{url}?$skiptoken=x").get()).value[0]


async def fetched(builder: Any) -> Any:
    return await builder.recordings.by_call_recording_id("r").get()


async def changed(builder: Any) -> Any:
    return (await anext(aiter(builder.recordings.delta().changes()))).item


async def resumed(builder: Any) -> Any:
    since = builder.recordings.to_get_request_information().url
    return (await anext(aiter(builder.recordings.delta().changes(since=since)))).item


@pytest.mark.parametrize("reader", ["me", "ann", "$ann"])
@pytest.mark.parametrize("find", [listed, paged, linked, fetched, changed, resumed])
async def test_a_content_is_read_as_its_artifact_was(tmp_path: Path, find: Callable[[Any], Any], reader: str) -> None:
    async with (
        raw_server(served) as server,
        GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url) as graph,
    ):
        user = graph.me if reader == "me" else graph.users.by_user_id(reader)
        recording = await find(user.online_meetings.by_online_meeting_id("m"))
        assert recording == CallRecording.from_json(RECORDING.encode())
        summary = await graph.download_many([recording], tmp_path)
        assert (summary.downloaded, summary.failed) == (1, ())
        assert await graph.content_of(recording).get() == b"video"
        root = {"me": "/me", "ann": "/users/ann", "$ann": "/users('$ann')"}[reader]
        path = f"/v1.0{root}/onlineMeetings/m/recordings/r/content"
        assert [request.split()[1] for request in server.requests[-2:]] == [path, path]


@pytest.mark.parametrize(("user", "root"), [("me", "/me"), ("ann", "/users/ann"), ("$ann@x", "/users('$ann%40x')")])
async def test_contents_can_be_read_as_a_named_user(tmp_path: Path, user: str, root: str) -> None:
    async with (
        raw_server(served) as server,
        GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url) as graph,
    ):
        recording = CallRecording.from_json(RECORDING.encode())
        assert len((await graph.download_many([recording], tmp_path)).failed) == 1
        assert "/users/bob/" in server.requests[-1]
        assert (await graph.download_many([recording], tmp_path, user=user)).downloaded == 1
        assert server.requests[-1].split()[1] == f"/v1.0{root}/onlineMeetings/m/recordings/r/content"


async def test_all_recordings_of_an_organizer_are_read_as_that_organizer() -> None:
    async with (
        raw_server(served) as server,
        GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url) as graph,
    ):
        calls = graph.users.by_user_id(ORGANIZER).online_meetings.get_all_recordings()
        recording = (await calls.get()).value[0]
        content = graph.content_of(recording)
        assert read_as(None, recording, content) is content


def test_a_reader_can_be_changed_again_and_changes_no_name() -> None:
    graph = GraphMeetingsClient(StaticCredential("t"))
    recording = CallRecording.from_json(RECORDING.encode())
    content = graph.content_of(recording)

    def path(builder: ContentRequestBuilder) -> str:
        return builder.to_get_request_information().url.partition("/v1.0")[2]

    mine = read_as("me", recording, content)
    assert path(mine) == "/me/onlineMeetings/m/recordings/r/content"
    assert mine.path_parameters == content.path_parameters
    assert (
        mine.permissions
        == graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content.permissions
    )
    assert path(read_as("ann", recording, mine)) == "/users/ann/onlineMeetings/m/recordings/r/content"
    with pytest.raises(ValueError, match="user cannot be"):
        read_as("..", recording, content)
