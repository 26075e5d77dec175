"""Subscriptions: created through the client, with the checks of the service and a handshake on this machine."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from graph_meetings import (
    AccessDenied,
    BadRequest,
    ConnectionFailed,
    GraphError,
    GraphMeetingsClient,
    NotFound,
    Retry,
    Subscription,
)
from graph_meetings.blocking import GraphMeetingsClient as BlockingClient
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import Moment, Reset
from graph_meetings_emulator.notifications.delivery import HandshakeFailed
from graph_meetings_runtime.models.model import model_factory

RECORDINGS = "communications/onlineMeetings/getAllRecordings"
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)


class Endpoint:
    """An endpoint for notifications.

    Attributes:
        tokens: of the handshakes, in order.
        answer: makes the status, the content type and the body from a token.
    """

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.answer: Callable[[str], tuple[int, str, str]] = lambda token: (200, "text/plain; charset=utf-8", token)
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                token = parse_qs(urlsplit(self.path).query)["validationToken"][0]
                endpoint.tokens.append(token)
                status, kind, body = endpoint.answer(token)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/notify"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    running = Endpoint()
    yield running
    running.close()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        running.tenant.clock = lambda: NOW
        yield running


@pytest.fixture
async def graph(emulator: Emulator) -> AsyncIterator[GraphMeetingsClient]:
    retry = Retry(attempts=2, first_delay=0.01)
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=retry) as client:
        yield client


def new(endpoint: Endpoint, resource: str = RECORDINGS, hours: float = 1, **more: object) -> Subscription:
    return Subscription(
        **{
            "change_type": "created",
            "resource": resource,
            "notification_url": endpoint.url,
            "expiration_date_time": NOW + timedelta(hours=hours),
            "client_state": "secret",
            **more,
        }
    )


async def test_a_subscription_is_created_listed_changed_and_deleted(
    emulator: Emulator, graph: GraphMeetingsClient, endpoint: Endpoint
) -> None:
    lifecycle = f"{endpoint.url}/lifecycle?a=b"
    created = await graph.subscriptions.post(new(endpoint, hours=72, lifecycle_notification_url=lifecycle))
    assert created.client_state == "secret"
    assert created.expiration_date_time == NOW + timedelta(hours=72)
    assert len(endpoint.tokens) == 2
    (listed,) = [each async for each in graph.subscriptions.list()]
    assert (listed.id, listed.client_state, listed.lifecycle_notification_url) == (created.id, None, lifecycle)
    one = graph.subscriptions.by_subscription_id(created.id)
    assert (await one.get()).resource == RECORDINGS
    changed = await one.patch(Subscription(expiration_date_time=NOW + timedelta(hours=2)))
    assert changed.expiration_date_time == NOW + timedelta(hours=2)
    assert len(endpoint.tokens) == 4
    await one.reauthorize.post()
    (registered,) = emulator.subscriptions.registered
    assert registered.properties["clientState"] == "secret"
    assert registered.reauthorized == 2
    await one.delete()
    assert (await graph.subscriptions.get()).value == []
    for call in (one.get, one.delete, one.reauthorize.post):
        with pytest.raises(NotFound, match="may have expired"):
            await call()


def test_the_blocking_client_does_the_same(emulator: Emulator, endpoint: Endpoint) -> None:
    with BlockingClient(emulator.blocking_credential, base_url=emulator.base_url) as graph:
        created = graph.subscriptions.post(new(endpoint))
        one = graph.subscriptions.by_subscription_id(created.id)
        assert one.patch(Subscription(expiration_date_time=NOW + timedelta(minutes=50))).id == created.id
        one.reauthorize.post()
        assert [each.id for each in graph.subscriptions.list()] == [created.id]
        one.delete()
        assert not emulator.subscriptions.registered


async def test_a_subscription_ends_with_its_time(
    emulator: Emulator, graph: GraphMeetingsClient, endpoint: Endpoint
) -> None:
    created = await graph.subscriptions.post(new(endpoint, hours=0.1))
    assert created.expiration_date_time == NOW + timedelta(minutes=45)
    emulator.tenant.clock = lambda: NOW + timedelta(minutes=44)
    assert (await graph.subscriptions.get()).value
    emulator.tenant.clock = lambda: NOW + timedelta(minutes=45)
    assert not (await graph.subscriptions.get()).value
    with pytest.raises(NotFound):
        await graph.subscriptions.by_subscription_id(created.id).patch(Subscription(expiration_date_time=NOW))


@pytest.mark.parametrize(
    ("resource", "change_type", "minutes"),
    [
        (RECORDINGS, "created", 4_320),
        ("/communications/onlineMeetings/getAllTranscripts", "created", 4_320),
        ("users/ann/onlineMeetings/getAllRecordings", "created", 4_320),
        ("communications/adhocCalls/c/transcripts", "created", 4_320),
        ("communications/callRecords", "created,updated", 4_230),
        ("solutions/virtualEvents/webinars/w/sessions", "created, updated", 1_440),
    ],
)
async def test_each_resource_has_its_longest_life(
    graph: GraphMeetingsClient, endpoint: Endpoint, resource: str, change_type: str, minutes: int
) -> None:
    more = {"change_type": change_type, "lifecycle_notification_url": endpoint.url}
    with pytest.raises(BadRequest, match=r"ExtensionError.*too far ahead"):
        await graph.subscriptions.post(new(endpoint, resource, minutes / 60 + 0.1, **more))
    created = await graph.subscriptions.post(new(endpoint, resource, minutes / 60, **more))
    assert created.expiration_date_time == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"hours": 1.1}, "lifecycleNotificationUrl is a required property.*lifecycle_notification_url"),
        ({"hours": -1}, "must be in the future"),
        ({"include_resource_data": True}, "encryptionCertificate is required.*encryption_certificate_id"),
        ({"include_resource_data": True, "encryption_certificate": "?"}, "encryptionCertificate"),
        ({"client_state": "x" * 129}, "clientState must not exceed 128"),
        ({"resource": "me/messages"}, "resource is not supported"),
        ({"resource": ""}, "resource is a required property"),
        ({"change_type": "created,deleted"}, "changeType deleted is not supported"),
        ({"notification_url": "http://example.com/"}, "must be an https URL"),
        ({"notification_url": "https://example.com/"}, "to this machine only"),
        ({"id": "mine"}, "could not be processed.*Hint: The service could not read"),
    ],
)
async def test_a_subscription_that_the_service_refuses(
    emulator: Emulator, graph: GraphMeetingsClient, endpoint: Endpoint, more: dict[str, object], message: str
) -> None:
    with pytest.raises(BadRequest, match=message):
        await graph.subscriptions.post(new(endpoint, **more))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  the mistakes
    assert not emulator.subscriptions.registered


@pytest.mark.parametrize(
    ("status", "kind", "more"), [(202, "text/plain", ""), (200, "text/html", ""), (200, "text/plain", "!")]
)
async def test_an_endpoint_has_to_answer_the_handshake(
    emulator: Emulator, graph: GraphMeetingsClient, endpoint: Endpoint, status: int, kind: str, more: str
) -> None:
    endpoint.answer = lambda token: (status, kind, token + more)
    with pytest.raises(BadRequest, match=r"ValidationError.*10 seconds"):
        await graph.subscriptions.post(new(endpoint))
    assert len(endpoint.tokens) == 1
    assert not emulator.subscriptions.registered


async def test_the_handshake_can_be_replaced(
    emulator: Emulator, graph: GraphMeetingsClient, endpoint: Endpoint
) -> None:
    asked: list[str] = []

    def refuse(url: str, token: str) -> None:
        asked.append(url)
        raise HandshakeFailed(f"no {token[:10]}")

    emulator.subscriptions.shake_hands = refuse
    with pytest.raises(BadRequest, match="no Validation"):
        await graph.subscriptions.post(new(endpoint, notification_url="https://example.com/notify"))
    assert asked == ["https://example.com/notify"]
    await graph.subscriptions.post(new(endpoint, notification_url="EventHub:https://v.vault.azure.net/secrets/s"))
    assert len(asked) == 1


@pytest.mark.parametrize(
    "resource", ["users/ann/onlineMeetings/getAllRecordings", "communications/onlineMeetings/m/recordings"]
)
async def test_an_app_has_one_subscription_for_each_user_and_meeting(
    graph: GraphMeetingsClient, endpoint: Endpoint, resource: str
) -> None:
    await graph.subscriptions.post(new(endpoint, resource))
    with pytest.raises(AccessDenied, match=r"ExtensionError.*quota of subscriptions is reached"):
        await graph.subscriptions.post(new(endpoint, f"/{resource}"))
    await graph.subscriptions.post(new(endpoint, resource.replace("/ann/", "/bob/").replace("/m/", "/n/")))


async def test_the_organization_has_a_quota(emulator: Emulator, graph: GraphMeetingsClient, endpoint: Endpoint) -> None:
    emulator.subscriptions.quotas.of_teams = 1
    emulator.subscriptions.quotas.of_call_records = 1
    for resource in (RECORDINGS, "communications/callRecords"):
        await graph.subscriptions.post(new(endpoint, resource))
        with pytest.raises(AccessDenied, match="Maximum number"):
            await graph.subscriptions.post(new(endpoint, resource))


async def test_a_created_subscription_whose_answer_is_lost_is_found_in_the_list(
    emulator: Emulator, graph: GraphMeetingsClient, endpoint: Endpoint
) -> None:
    emulator.inject(Reset(when=Moment.BEFORE_HEADERS))
    with pytest.raises(ConnectionFailed) as caught:
        await graph.subscriptions.post(new(endpoint))
    assert caught.value.may_have_taken_effect
    same = [
        each
        async for each in graph.subscriptions.list()
        if (each.resource, each.notification_url) == (RECORDINGS, endpoint.url)
    ]
    assert [each.id for each in same] == [each.id for each in emulator.subscriptions.registered]


async def test_a_deletion_whose_answer_is_lost_is_done(
    emulator: Emulator, graph: GraphMeetingsClient, endpoint: Endpoint
) -> None:
    created = await graph.subscriptions.post(new(endpoint))
    emulator.inject(Reset(when=Moment.BEFORE_HEADERS))
    await graph.subscriptions.by_subscription_id(created.id).delete()
    assert not emulator.subscriptions.registered
    assert [each.method for each in emulator.requests][-2:] == ["DELETE", "DELETE"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"resource": 1}', b"x" * 1_000])
async def test_a_body_that_is_no_subscription_is_refused(graph: GraphMeetingsClient, body: bytes) -> None:
    request = graph.subscriptions.to_post_request_information(Subscription())
    request.content = body
    with pytest.raises(GraphError) as caught:
        await graph.subscriptions.request_adapter.send_async(request, model_factory(Subscription), None)
    assert caught.value.status == 400
    assert not caught.value.may_have_taken_effect
