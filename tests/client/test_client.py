"""The client as a whole: credentials, clouds, retries, tracing, Kiota's own adapter."""

import asyncio
import json
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from azure.core.credentials import AccessToken
from kiota_abstractions.authentication import BaseBearerTokenAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.serialization import ParseNodeFactoryRegistry
from kiota_http.httpx_request_adapter import HttpxRequestAdapter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from graph_meetings import CallRecording, Cloud, GraphMeetingsClient, Retry
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import (
    AuthenticationFailed,
    ConnectionFailed,
    GraphError,
    GraphParseNodeFactory,
    ServiceUnavailable,
    Throttled,
)
from graph_meetings_runtime.http.connections.asynchronous import GraphHttpClient
from graph_meetings_runtime.http.responses.error_response import error_of
from graph_meetings_runtime.models.page import page_factory
from graph_meetings_runtime.requests.request_information import GraphRequestInformation
from tests.client.conftest import PATIENT
from tests.support.credentials import StaticCredential, StaticTokens
from tests.support.payloads import PAYLOADS, content


async def test_the_stock_adapter_works_with_our_parse_node_factory(emulator: Emulator, organizer: str) -> None:
    async with httpx.AsyncClient() as http_client:
        adapter = HttpxRequestAdapter(
            BaseBearerTokenAuthenticationProvider(StaticTokens(emulator.token)),
            GraphParseNodeFactory(),
            http_client=http_client,
        )
        adapter.base_url = emulator.base_url
        url = "{+baseurl}/users/{user%2Did}/onlineMeetings/{+call}{?%24top}"
        call = f"getAllRecordings(meetingOrganizerUserId='{organizer}')"
        request = GraphRequestInformation(url, {"user%2Did": organizer, "call": call})
        request.query_parameters["%24top"] = 5
        page = await adapter.send_async(request, page_factory(CallRecording), None)
    assert page is not None
    assert [recording.id for recording in page.value] == [
        item["id"] for item in emulator.dataset.recordings(organizer)[:5]
    ]
    assert page.odata_next_link is not None


def test_our_factory_plugs_into_kiotas_registry() -> None:
    factories = ParseNodeFactoryRegistry.CONTENT_TYPE_ASSOCIATED_FACTORIES
    before = dict(factories)
    factories[GraphParseNodeFactory().get_valid_content_type()] = GraphParseNodeFactory()
    try:
        node = ParseNodeFactoryRegistry().get_root_parse_node(
            "application/json; odata.metadata=minimal", b'{"id": "1"}'
        )
        assert node.get_object_value(CallRecording).id == "1"
    finally:
        factories.clear()
        factories.update(before)


async def test_with_a_tracer_the_requests_are_kiotas_spans_and_show_no_secret(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, spans: InMemorySpanExporter
) -> None:
    delta = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().delta()
    changes = delta.changes(top=5)
    assert len([change async for change in changes]) == 12
    emulator.fail_next(404)
    with pytest.raises(GraphError):
        await graph.communications.call_records.get()
    finished = spans.get_finished_spans()
    assert any("callRecords" in span.name for span in finished)
    assert any((span.attributes or {}).get("http.response.status_code") == 200 for span in finished)
    shown = "".join(span.to_json() for span in finished)
    assert emulator.token not in shown
    assert "skipToken=" not in shown
    assert changes.delta_link is not None


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", b"<html>gateway</html>", b'{"error": {"code": "UnknownError", "message": ""}}'])
async def test_a_transient_failure_is_retried(
    emulator: Emulator, graph: GraphMeetingsClient, status: int, body: bytes
) -> None:
    emulator.fail_next(status, times=3, body=body, headers={"Retry-After": "0"})
    assert (await graph.communications.call_records.get()).value
    assert len(emulator.requests) == 4
    assert len({request.headers["client-request-id"] for request in emulator.requests}) == 1


async def test_retries_end_with_the_services_error(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    emulator.fail_next(429, times=PATIENT.attempts, headers={"Retry-After": "0"})
    with pytest.raises(Throttled):
        await graph.communications.call_records.get()
    assert len(emulator.requests) == PATIENT.attempts
    emulator.fail_next(503, times=PATIENT.attempts, body=b"<html>", headers={"Content-Type": "text/html"})
    with pytest.raises(ServiceUnavailable):
        await graph.communications.call_records.get()


async def test_a_retry_after_beyond_the_time_left_is_not_waited_for(
    emulator: Emulator, graph: GraphMeetingsClient
) -> None:
    emulator.fail_next(429, headers={"Retry-After": "3600"})
    began = time.monotonic()
    with pytest.raises(Throttled):
        await graph.communications.call_records.get()
    assert time.monotonic() - began < 10
    assert len(emulator.requests) == 1


async def test_the_policy_can_be_another_for_one_request(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    emulator.fail_next(503, times=2)
    with pytest.raises(ServiceUnavailable):
        await graph.communications.call_records.get(RequestConfiguration(options=[Retry(attempts=1)]))
    assert len(emulator.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 501])
async def test_a_lasting_failure_is_not_retried(emulator: Emulator, graph: GraphMeetingsClient, status: int) -> None:
    emulator.fail_next(status)
    with pytest.raises(GraphError) as caught:
        await graph.communications.call_records.get()
    assert caught.value.status == status
    assert len(emulator.requests) == 1


async def test_no_answer_is_an_error_of_its_own(emulator: Emulator) -> None:
    base_url = emulator.base_url
    emulator.stop()
    retry = Retry(attempts=3, first_delay=0.001, longest_delay=0.002)
    async with GraphMeetingsClient(StaticCredential("t"), base_url=base_url, retry=retry) as graph:
        with pytest.raises(ConnectionFailed) as caught:
            await graph.communications.call_records.get()
    assert caught.value.status is None
    assert isinstance(caught.value.__cause__, httpx.TransportError)


async def test_a_wrong_token_says_what_to_check(emulator: Emulator) -> None:
    async with GraphMeetingsClient(StaticCredential("wrong"), base_url=emulator.base_url) as graph:
        with pytest.raises(AuthenticationFailed, match="belongs to the client's cloud"):
            await graph.communications.call_records.get()


async def test_the_token_is_fetched_once_and_for_the_cloud(emulator: Emulator) -> None:
    credential = StaticCredential(emulator.token)
    async with GraphMeetingsClient(credential, cloud=Cloud.US_GOV_L4, base_url=emulator.base_url) as graph:
        for _ in range(3):
            await graph.communications.call_records.get()
    assert credential.scopes == [("https://graph.microsoft.us/.default",)]


async def test_a_token_about_to_expire_is_fetched_again(emulator: Emulator) -> None:
    credential = StaticCredential(emulator.token, lifetime=0)
    async with GraphMeetingsClient(credential, base_url=emulator.base_url) as graph:
        await graph.communications.call_records.get()
        await graph.communications.call_records.get()
    assert len(credential.scopes) == 2


async def test_a_claims_challenge_is_answered_once(emulator: Emulator) -> None:
    credential = StaticCredential(emulator.token)
    challenge = {"WWW-Authenticate": 'Bearer realm="", claims="eyJhIjoxfQ=="'}
    async with GraphMeetingsClient(credential, base_url=emulator.base_url) as graph:
        emulator.fail_next(401, headers=challenge)
        assert (await graph.communications.call_records.get()).value
        assert credential.claims == [None, '{"a":1}']
        emulator.fail_next(401, times=5, headers=challenge)
        with pytest.raises(AuthenticationFailed):
            await graph.communications.call_records.get()
    assert len(emulator.requests) == 4


async def test_a_synchronous_credential_works(emulator: Emulator) -> None:
    class Synchronous:
        def get_token(self, *_: str, **__: object) -> AccessToken:
            return AccessToken(emulator.token, int(time.time()) + 3600)

    async with GraphMeetingsClient(Synchronous(), base_url=emulator.base_url) as graph:
        assert (await graph.communications.call_records.get()).value


async def test_a_credential_without_a_token_is_an_error(emulator: Emulator) -> None:
    async with GraphMeetingsClient(StaticCredential(""), base_url=emulator.base_url) as graph:
        with pytest.raises(AuthenticationFailed, match="returned an empty token"):
            await graph.communications.call_records.get()
    assert not emulator.requests


async def test_the_callers_http_client_is_used_and_left_open(emulator: Emulator) -> None:
    async with httpx.AsyncClient(headers={"X-Mine": "yes"}) as http_client:
        async with GraphMeetingsClient(
            emulator.credential, base_url=emulator.base_url, http_client=http_client
        ) as graph:
            assert (await graph.communications.call_records.get()).value
        assert not http_client.is_closed
    assert emulator.requests[-1].headers["x-mine"] == "yes"


@pytest.mark.parametrize(
    "base_url",
    [
        "http://graph.example/v1.0",
        "ftp://127.0.0.1/v1.0",
        "graph.microsoft.com/v1.0",
        "https://u:p@h/v1.0",
        "https://h/v1.0?x=1",
    ],
)
def test_a_base_url_that_is_none_or_unsafe_is_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match=r"unprotected|absolute|user name|query"):
        GraphMeetingsClient(StaticCredential("t"), base_url=base_url)


@pytest.mark.parametrize("cloud", Cloud)
def test_a_cloud_has_its_root_and_scope(cloud: Cloud) -> None:
    graph = GraphMeetingsClient(StaticCredential("t"), cloud=cloud)
    url = graph.me.online_meetings.to_get_request_information().url
    assert url == f"{cloud.root}/v1.0/me/onlineMeetings"
    assert cloud.scope == f"{cloud.root}/.default"


async def test_no_token_in_logs_errors_reprs_or_tracebacks(
    emulator: Emulator, graph: GraphMeetingsClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    emulator.fail_next(403)
    with pytest.raises(GraphError) as caught:
        await graph.communications.call_records.get()
    await graph.communications.call_records.get()
    text = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(graph) + caplog.text
    assert emulator.token not in text


ENVELOPES: dict[str, Any] = json.loads((PAYLOADS / "errors" / "_envelopes.json").read_text())
EXPECTED = {
    400: {"BadRequest", "DeltaTokenExpired"},
    401: {"AuthenticationFailed"},
    402: {"PaymentRequired"},
    403: {"AccessDenied", "SpeakerAttributionNotAllowed", "TranscriptsDisabled"},
    404: {"NotFound"},
    406: {"BadRequest"},
    410: {"DeltaTokenExpired"},
    429: {"Throttled"},
    500: {"ServiceUnavailable"},
    503: {"ServiceUnavailable"},
    504: {"ServiceUnavailable"},
}


ERROR_BODIES = [name for name in ENVELOPES if name.startswith("errors/") and (PAYLOADS / name).is_file()]


@pytest.mark.parametrize("name", ERROR_BODIES)
def test_a_documented_error_body_becomes_an_error(name: str) -> None:
    envelope = ENVELOPES[name]
    status: int = envelope["status"]
    headers: dict[str, str] = envelope["headers"]
    error = error_of(status, httpx.Headers(headers), content(name))
    assert type(error).__name__ in EXPECTED[status]
    assert error.status == status
    assert error.code
    assert error.request_id == headers["request-id"]
    assert error.client_request_id == headers["client-request-id"]
    assert str(status) in str(error)
    assert error.code in str(error)


# What a hint has to say, by a word of the body's name.
HINTS = {
    "401": "Sign in again",
    "402": "Metering",
    "403_transcripts": "only an administrator",
    "403_speaker": "text without them",
    "403_insufficient": "application permission OnlineMeetingRecording.Read.All",
    "403": "application access policy",
    "404_callrecord": "30 days",
    "404": "check them",
    "406": "90 days apart",
    "410": "full round",
    "400_syncstatenotfound": "full round",
    "400_unexpected_id": "does not have the form",
    "400": "None",
    "429": "fewer requests",
    "500": "The service failed",
    "503": "try again later",
    "504": "try again later",
}


@pytest.mark.parametrize("name", ERROR_BODIES)
async def test_a_documented_error_says_what_to_do(emulator: Emulator, organizer: str, name: str) -> None:
    envelope = ENVELOPES[name]
    emulator.fail_next(envelope["status"], body=content(name), headers=envelope["headers"])
    retry = Retry(attempts=1)
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=retry) as graph:
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        records = graph.communications.call_records
        requests: dict[str, Callable[[], Awaitable[object]]] = {
            "404_callrecord": records.by_call_record_id("1").get,
            "406": records.get_pstn_calls(from_date_time="2026-01-01", to_date_time="2026-06-01").get,
            "410": recordings.delta().get,
        }
        stem = name.removeprefix("errors/")
        request = next((send for beginning, send in requests.items() if stem.startswith(beginning)), recordings.get)
        with pytest.raises(GraphError) as caught:
            await request()
    assert caught.value.request_id == envelope["headers"].get("request-id", caught.value.request_id)
    expected = next(text for beginning, text in HINTS.items() if stem.startswith(beginning))
    assert expected in str(caught.value.hint)


def test_a_client_that_is_taken_to_another_event_loop_says_so(emulator: Emulator) -> None:
    graph = GraphMeetingsClient(emulator.credential, base_url=emulator.base_url)
    with asyncio.Runner() as first, asyncio.Runner() as second:
        assert first.run(graph.communications.call_records.get()).value
        with pytest.raises(RuntimeError, match="create a client in each"):
            second.run(graph.communications.call_records.get())
        assert first.run(graph.communications.call_records.get()).value
        first.run(graph.close())


async def test_a_client_that_has_been_closed_says_so(emulator: Emulator) -> None:
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as graph:
        assert (await graph.communications.call_records.get()).value
    with pytest.raises(RuntimeError, match="is closed"):
        await graph.communications.call_records.get()


async def test_its_http_client_reads_a_body_unless_told_not_to(emulator: Emulator) -> None:
    url = f"{emulator.base_url}/me/onlineMeetings"
    async with GraphHttpClient(trust_env=False) as http_client:
        response = await http_client.get(url)
        assert response.json()["error"]
        async with http_client.stream("GET", url) as response:
            assert not response.is_closed
            assert json.loads(await response.aread())["error"]
