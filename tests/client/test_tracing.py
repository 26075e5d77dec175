"""OpenTelemetry spans: one for each request, whatever it takes to answer it."""

import asyncio
from typing import Any

import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_http.middleware.options import ResponseHandlerOption
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from graph_meetings import GraphError, GraphMeetingsClient, Retry
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import AccessDenied, ConnectionFailed
from tests.support.credentials import StaticCredential
from tests.support.raw_server import answer, json_answer, raw_server

ONCE = Retry(attempts=1)
TOKEN = "TOKEN-SECRET"


def told(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def client(base_url: str, **options: object) -> GraphMeetingsClient:
    return GraphMeetingsClient(StaticCredential(TOKEN), base_url=base_url, **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # one of several options


async def test_each_request_is_one_client_span_with_the_template_of_its_path(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, spans: InMemorySpanExporter
) -> None:
    meetings = graph.users.by_user_id(organizer).online_meetings
    recordings = [recording async for recording in meetings.get_all_recordings().list(top=5)]
    meeting = meetings.by_online_meeting_id(recordings[0].meeting_id or "")
    await meeting.get()
    content = meeting.recordings.by_call_recording_id(recordings[0].id or "").content
    async with content.stream() as stream:
        assert [chunk async for chunk in stream]
    finished = spans.get_finished_spans()
    assert len(finished) == len(emulator.requests)
    all_of_one = "/users/{id}/onlineMeetings/getAllRecordings"
    assert [span.name for span in finished] == [
        *[f"GET {all_of_one}"] * 3,
        "GET /users/{id}/onlineMeetings/{id}",
        "GET /users/{id}/onlineMeetings/{id}/recordings/{id}/content",
    ]
    assert {span.kind for span in finished} == {trace.SpanKind.CLIENT}
    port = int(emulator.base_url.rpartition(":")[2].partition("/")[0])
    assert told(finished[0]) == {
        "http.request.method": "GET",
        "url.template": all_of_one,
        "server.address": "127.0.0.1",
        "server.port": port,
        "http.response.status_code": 200,
    }


async def test_retries_and_failures_are_told_in_the_span(
    emulator: Emulator, graph: GraphMeetingsClient, spans: InMemorySpanExporter
) -> None:
    emulator.fail_next(503, times=2)
    await graph.communications.call_records.get()
    emulator.fail_next(403)
    with pytest.raises(AccessDenied):
        await graph.communications.call_records.get()
    async with client("http://127.0.0.1:9/v1.0", retry=ONCE) as nobody:
        with pytest.raises(ConnectionFailed):
            await nobody.communications.call_records.get()
    retried, refused, unanswered = spans.get_finished_spans()
    assert told(retried)["http.request.resend_count"] == 2
    assert told(retried)["http.response.status_code"] == 200
    assert retried.status.status_code is trace.StatusCode.UNSET
    assert told(refused)["http.response.status_code"] == 403
    assert told(refused)["error.type"] == "403"
    assert "http.request.resend_count" not in told(refused)
    assert refused.status.status_code is trace.StatusCode.ERROR
    assert told(unanswered)["error.type"] == "ConnectionFailed"
    assert "http.response.status_code" not in told(unanswered)


async def test_a_new_token_is_one_more_sending_within_the_span(spans: InMemorySpanExporter) -> None:
    credential = StaticCredential("old")

    def check(head: str) -> bytes:
        credential.token = "new"
        return json_answer('{"value": []}') if "Bearer new" in head else answer("401 No")

    async with (
        raw_server(check) as server,
        GraphMeetingsClient(credential, base_url=server.base_url, retry=ONCE) as graph,
    ):
        await graph.communications.call_records.get()
    (span,) = spans.get_finished_spans()
    assert told(span)["http.request.resend_count"] == 1


async def test_a_place_that_content_comes_from_is_named_by_its_host_only(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, spans: InMemorySpanExporter
) -> None:
    emulator.downloads.redirects = True
    recording = (await graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get()).value[0]
    spans.clear()
    assert await graph.content_of(recording).get()
    at_home, elsewhere = spans.get_finished_spans()
    assert told(at_home)["http.response.status_code"] == 302
    assert elsewhere.name == "GET"
    assert "url.template" not in told(elsewhere)
    assert "tempauth" not in elsewhere.to_json()


async def test_a_span_has_no_id_no_query_no_token_and_no_message_of_the_service(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, spans: InMemorySpanExporter
) -> None:
    changes = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().delta().changes(top=5)
    assert [change async for change in changes]
    with pytest.raises(GraphError) as caught:
        await graph.me.online_meetings.with_url(f"{emulator.base_url}/{organizer}?secret=top=5").get()
    shown = "".join(span.to_json() for span in spans.get_finished_spans())
    for secret in (emulator.token, organizer, "skiptoken", "deltatoken", "top=5", str(caught.value.message), "secret"):
        assert secret.lower() not in shown.lower()


async def test_a_span_is_the_current_one_while_its_request_is_under_way(
    emulator: Emulator,
    graph: GraphMeetingsClient,
    spans: InMemorySpanExporter,
    tracing: tuple[TracerProvider, InMemorySpanExporter],
) -> None:
    tracer = tracing[0].get_tracer("mine")
    names: list[str] = []
    retry = Retry(on_retry=lambda _: names.append(trace.get_current_span().name), first_delay=0.001)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType]  # of the SDK's spans
    emulator.fail_next(503)
    with tracer.start_as_current_span("mine") as mine:
        await graph.communications.call_records.get(RequestConfiguration(options=[retry]))
        assert trace.get_current_span() is mine
    request = next(span for span in spans.get_finished_spans() if span.name != "mine")
    assert names == ["GET /communications/callRecords"]
    assert request.parent is not None
    assert request.parent.span_id == mine.get_span_context().span_id


async def test_a_cancelled_request_ends_its_span(spans: InMemorySpanExporter) -> None:
    is_waiting = asyncio.Event()
    retry = Retry(first_delay=30, on_retry=lambda _: is_waiting.set())
    headers = ["Retry-After: 30"]
    async with raw_server(answer("503 Busy", headers=headers)) as server, client(server.base_url, retry=retry) as graph:
        task = asyncio.create_task(graph.communications.call_records.get())
        await asyncio.wait_for(is_waiting.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    (span,) = spans.get_finished_spans()
    assert told(span)["error.type"] == "CancelledError"


@pytest.mark.parametrize("is_traced", [False, True])
async def test_a_response_handler_gets_the_response_traced_or_not(
    emulator: Emulator, graph: GraphMeetingsClient, request: pytest.FixtureRequest, *, is_traced: bool
) -> None:
    if is_traced:
        request.getfixturevalue("spans")
    handler = NativeResponseHandler()
    configuration = RequestConfiguration[Any](options=[ResponseHandlerOption(handler)])
    response: Any = await graph.communications.call_records.get(configuration)
    assert response.status_code == 200
    assert response.json()["value"]
    emulator.fail_next(404)
    with pytest.raises(GraphError):
        await graph.communications.call_records.get(configuration)
