"""The ASGI application: authentication, errors, request logs, faults, and the two origins besides Graph's own.

It does not use Starlette's router, which decodes paths before splitting them: `%2F` in an id would split the id.
"""

import asyncio
import hmac
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote
from uuid import UUID

from starlette.types import Receive, Scope, Send

from graph_meetings_emulator.answers.answers import Answers
from graph_meetings_emulator.answers.metadata import metadata_reply
from graph_meetings_emulator.answers.routes import Route, Routes
from graph_meetings_emulator.faults.fault import Exchange
from graph_meetings_emulator.faults.injection import FaultInjector
from graph_meetings_emulator.faults.pages import without_marker
from graph_meetings_emulator.http.compression import compressed
from graph_meetings_emulator.http.errors import ServiceError, bad_request, not_allowed, unauthenticated
from graph_meetings_emulator.http.messages import JSON_TYPE, RawHeaders, ReceivedRequest, Reply, encode_header
from graph_meetings_emulator.http.throttle import Throttle
from graph_meetings_emulator.http.transmission import transmit

if TYPE_CHECKING:
    from graph_meetings_emulator.answers.caller import Caller

_log = logging.getLogger("graph_meetings_emulator")

_LARGEST_BODY = 1 << 20
_LOGGED_REQUESTS = 100_000
_PLAIN_TEXT = (b"content-type", b"text/plain")


class GraphService:
    """Microsoft Graph as an ASGI application.

    Args:
        routes: by version, such as `v1.0`.
        answers: answers the routes.
        token: the bearer token that requests must carry.

    Attributes:
        other_tokens: more tokens that are accepted, such as those of other applications.
        callers: who the tokens were issued to that do not allow everything.
        throttle: limits the rate of requests.
        requests: the latest requests to Graph.
        download_requests: the latest requests to the second origin, which serves content after a redirect.
        download_port: the port of the second origin.
        foreign_requests: the latest requests to the foreign origin, which is not part of the service.
        foreign_port: the port of the foreign origin.
        key_set: returns the keys that the tokens of notifications are signed with.
        pages: returns what a browser is shown, `None` for requests to Graph.
    """

    def __init__(self, routes: Mapping[str, Routes], answers: Answers, token: str) -> None:
        self.answers = answers
        self.token = token
        self.other_tokens: set[str] = set()
        self.callers: dict[str, Caller] = {}
        self.throttle = Throttle()
        self.faults = FaultInjector()
        self.requests: deque[ReceivedRequest] = deque(maxlen=_LOGGED_REQUESTS)
        self.download_requests: deque[ReceivedRequest] = deque(maxlen=_LOGGED_REQUESTS)
        self.download_port = 0
        self.foreign_requests: deque[ReceivedRequest] = deque(maxlen=_LOGGED_REQUESTS)
        self.foreign_port = 0
        self.key_set: Callable[[], bytes] = lambda: b'{"keys":[]}'
        self.pages: Callable[[ReceivedRequest], Reply | None] = lambda _: None
        self._routes = routes
        self._random = random.Random(0)  # noqa: S311  ids to tell requests apart, not secrets
        self.route = lru_cache(maxsize=8192)(self._find_route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = ReceivedRequest.from_scope(scope)
        try:
            if request.method == "GET":
                reply = self._reply(request)
            else:
                request = replace(request, body=await _body(receive))
                # In a thread, because it may call an endpoint, which may call the emulator.
                reply = await asyncio.to_thread(self._reply, request)
        except Exception:
            _log.exception("internal error in the emulator on %s", request.target)
            raise
        await transmit(reply, scope, receive, send)

    def _reply(self, request: ReceivedRequest) -> Reply:
        if request.port == self.foreign_port:
            return self._foreign_reply(request)
        if request.port == self.download_port:
            return self.faults.reply(self._download(request))
        shown = self.pages(request)
        return shown or compressed(self.faults.reply(self._exchange(request)), request)

    def _exchange(self, request: ReceivedRequest) -> Exchange:
        self.requests.append(request)
        request_id = str(UUID(int=self._random.getrandbits(128), version=4))
        client_request_id = request.headers.get("client-request-id", request_id)
        common: RawHeaders = [
            (b"request-id", request_id.encode()),
            encode_header("client-request-id", client_request_id),
            (b"odata-version", b"4.0"),
        ]

        def refuse(error: ServiceError) -> Reply:
            own = [encode_header(name, value) for name, value in error.headers.items()]
            return Reply(error.status, [JSON_TYPE, *common, *own], error.body(request_id, client_request_id))

        def answer() -> Reply:
            try:
                reply = self._checked(without_marker(request))
            except ServiceError as error:
                return refuse(error)
            reply.headers.extend(common)
            return reply

        return Exchange(request, answer, refuse)

    def _checked(self, request: ReceivedRequest) -> Reply:
        public = self._metadata(request) or self._key_set(request)
        if public is not None:
            return public
        token = self._authenticate(request)
        self.throttle.check(token, request.raw_path.decode("latin-1").lstrip("/").partition("/")[2])
        version, route = self.route(request.raw_path)
        if request.method not in route.operation.methods:
            raise not_allowed(route.operation.methods)
        try:
            if request.method != "GET":
                root, caller = f"{request.origin}/{version}", self.callers.get(token)
                return self.answers.writes.answer(route, request, root, token, caller)
            return self.answers.answer(route, request, f"{request.origin}/{version}", self.callers.get(token))
        except RecursionError:
            raise bad_request("The query is too complex.") from None

    def _metadata(self, request: ReceivedRequest) -> Reply | None:
        """Answer a request for `$metadata`, which anyone may read without a token."""
        version, _, rest = request.raw_path.decode("latin-1").strip("/").partition("/")
        is_metadata = request.method == "GET" and version in self._routes and unquote(rest) == "$metadata"
        return metadata_reply(version) if is_metadata else None

    def _key_set(self, request: ReceivedRequest) -> Reply | None:
        """Answer a request for the keys that the tokens of notifications are signed with."""
        if request.method != "GET" or request.raw_path != b"/common/discovery/keys":
            return None
        return Reply(200, [JSON_TYPE], self.key_set())

    def _authenticate(self, request: ReceivedRequest) -> str:
        """Return the token of a request.

        Raises:
            ServiceError: 401 if it has none, or a wrong one.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            raise unauthenticated("Access token is empty.")
        is_known = (
            hmac.compare_digest(token.encode(), self.token.encode())
            or token in self.other_tokens
            or token in self.callers
        )
        if scheme.lower() != "bearer" or not is_known:
            raise unauthenticated("The access token is not the one that this emulator was started with.")
        return token

    def _find_route(self, raw_path: bytes) -> tuple[str, Route]:
        version, _, path = raw_path.decode("latin-1").lstrip("/").partition("/")
        if version not in self._routes:
            raise bad_request(f"Invalid version: {version}.")
        return version, self._routes[version].match(path.encode("latin-1"))

    def _download(self, request: ReceivedRequest) -> Exchange:
        """Answer at the second origin, where the ticket in the URL is all that counts."""
        self.download_requests.append(request)

        def answer() -> Reply:
            if "authorization" in request.headers:
                return Reply(403, [_PLAIN_TEXT], b"A bearer token does not belong here.")
            try:
                return self.answers.redeem(request)
            except ServiceError as error:
                return _in_plain_text(error)

        return Exchange(request, answer, _in_plain_text)

    def _foreign_reply(self, request: ReceivedRequest) -> Reply:
        """Answer like the service, as an attacker's server would if the client followed a spoofed link."""
        self.foreign_requests.append(request)
        if request.raw_path.endswith(b"/content"):
            return Reply(200, [encode_header("content-type", "video/mp4")], b"not the recording")
        return Reply(200, [JSON_TYPE], b'{"value":[{"id":"foreign"}]}')


async def _body(receive: Receive) -> bytes:
    """Return the body of a request, of which what is beyond a mebibyte is dropped."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")[: _LARGEST_BODY - len(body)]
        if not message.get("more_body"):
            return bytes(body)


def _in_plain_text(error: ServiceError) -> Reply:
    own = [encode_header(name, value) for name, value in error.headers.items()]
    return Reply(error.status, [_PLAIN_TEXT, *own], error.message.encode())
