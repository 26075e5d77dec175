"""The ASGI application: authentication, errors, the request log, and the second origin for downloads.

Starlette's router is not used: it decodes paths before it splits them, and `%2F` in an id would split the id.
"""

import hmac
import logging
import random
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from starlette.types import Receive, Scope, Send

from graph_meetings_emulator.answers import Answers
from graph_meetings_emulator.errors import ServiceError, bad_request, not_found, unauthenticated
from graph_meetings_emulator.faults import Faults, as_reply
from graph_meetings_emulator.messages import JSON_TYPE, RawHeaders, ReceivedRequest, Reply, encoded
from graph_meetings_emulator.routes import Route, Routes
from graph_meetings_emulator.transmission import transmit

_log = logging.getLogger("graph_meetings_emulator")

_LOGGED_REQUESTS = 100_000


class GraphService:
    """Microsoft Graph as an ASGI application.

    Args:
        routes: by version, such as `v1.0`.
        answers: answers routes.
        token: the bearer token that requests must have.

    Attributes:
        requests: the latest requests to Graph.
        download_requests: the latest requests to the second origin.
        download_port: the port that is the second origin.
    """

    def __init__(self, routes: Mapping[str, Routes], answers: Answers, token: str) -> None:
        self.answers = answers
        self.token = token
        self.faults = Faults()
        self.requests: deque[ReceivedRequest] = deque(maxlen=_LOGGED_REQUESTS)
        self.download_requests: deque[ReceivedRequest] = deque(maxlen=_LOGGED_REQUESTS)
        self.download_port = 0
        self._routes = routes
        self._random = random.Random(0)  # noqa: S311  ids to tell requests apart, not secrets
        self._route = lru_cache(maxsize=8192)(self._find_route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = ReceivedRequest.from_scope(scope)
        try:
            reply = self._downloaded(request) if request.port == self.download_port else self._answered(request)
        except Exception:
            _log.exception("the emulator failed on %s", request.target)
            raise
        await transmit(reply, receive, send)

    def _answered(self, request: ReceivedRequest) -> Reply:
        self.requests.append(request)
        request_id = str(UUID(int=self._random.getrandbits(128), version=4))
        client_request_id = request.headers.get("client-request-id", request_id)
        common: RawHeaders = [
            (b"request-id", request_id.encode()),
            encoded("client-request-id", client_request_id),
            (b"odata-version", b"4.0"),
        ]
        if fault := self.faults.take(request):
            asked_for = ServiceError(fault.status, "UnknownError", "An answer that the test asked for.")
            return as_reply(fault, [JSON_TYPE, *common], asked_for.body(request_id, client_request_id))
        try:
            reply = self._checked(request)
        except ServiceError as error:
            own = [encoded(name, value) for name, value in error.headers.items()]
            return Reply(error.status, [JSON_TYPE, *common, *own], error.body(request_id, client_request_id))
        reply.headers.extend(common)
        return reply

    def _checked(self, request: ReceivedRequest) -> Reply:
        self._authenticate(request)
        if request.method != "GET":
            raise ServiceError(405, "Request_BadRequest", "The request method is not supported.", {"Allow": "GET"})
        version, route = self._route(request.raw_path)
        try:
            return self.answers.answer(route, request, f"{request.origin}/{version}")
        except RecursionError:
            raise bad_request("The query is too complex.") from None

    def _authenticate(self, request: ReceivedRequest) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            raise unauthenticated("Access token is empty.")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), self.token.encode()):
            raise unauthenticated("The access token is not the one that this emulator was started with.")

    def _find_route(self, raw_path: bytes) -> tuple[str, Route]:
        version, _, path = raw_path.decode("latin-1").lstrip("/").partition("/")
        if version not in self._routes:
            raise bad_request(f"Invalid version: {version}.")
        return version, self._routes[version].match(path.encode("latin-1"))

    def _downloaded(self, request: ReceivedRequest) -> Reply:
        """Answer at the second origin, where a ticket in the URL is all that counts."""
        self.download_requests.append(request)
        if "authorization" in request.headers:
            return Reply(403, [(b"content-type", b"text/plain")], b"A bearer token does not belong here.")
        ticket = request.raw_path.decode("latin-1").rpartition("/")[2]
        media = self.answers.downloads.tickets.get(ticket)
        try:
            if media is None:
                raise not_found()
            return self.answers.downloads.reply(media, request)
        except ServiceError as error:
            own = [encoded(name, value) for name, value in error.headers.items()]
            return Reply(error.status, [(b"content-type", b"text/plain"), *own], error.message.encode())
