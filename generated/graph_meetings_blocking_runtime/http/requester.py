# Made by codegen from overrides/graph_meetings_runtime/http/requester.py; do not edit.
"""Sending requests, with retries, typed errors and streaming."""

import traceback
from functools import partial
from typing import Any, Final, TypeVar

import httpx
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable, ParsableFactory
from msgspec import Struct

from graph_meetings_blocking_runtime.http.attempts import Attempts, retried
from graph_meetings_blocking_runtime.http.authentication import OriginAuthentication
from graph_meetings_blocking_runtime.http.graph_adapter import GraphAdapter
from graph_meetings_blocking_runtime.http.origin_limiters import OriginLimiters
from graph_meetings_blocking_runtime.http.responses.body import limit_body
from graph_meetings_blocking_runtime.http.responses.json_response import parse_json, unexpected
from graph_meetings_blocking_runtime.http.responses.response import Response
from graph_meetings_blocking_runtime.http.sender import Sender, SentHeaders, refuse_malformed
from graph_meetings_blocking_runtime.http.writes import (
    attempts_of,
    method_of,
    refuse_redirect,
    refuse_unoffered,
    written_by,
)
from graph_meetings_runtime.blocking.deadline import Deadline
from graph_meetings_runtime.blocking.limiter import Limiter
from graph_meetings_runtime.errors import AuthenticationFailed, GraphError, LinkRefused, NamesRequest, NotFound
from graph_meetings_runtime.fork import new_request_id
from graph_meetings_runtime.http.options.body_limit import BodyLimit
from graph_meetings_runtime.http.options.retry import Retry
from graph_meetings_runtime.http.options.send_policy import SendPolicy
from graph_meetings_runtime.http.options.timeout import Timeout
from graph_meetings_runtime.http.responses.challenge import claims_challenge, fingerprint
from graph_meetings_runtime.http.responses.error_response import refuse_repeated_token
from graph_meetings_runtime.http.tracing import RequestSpan, RequestTracer
from graph_meetings_runtime.log import place_for_log
from graph_meetings_runtime.operations.availability import Availability
from graph_meetings_runtime.operations.operation import Operation, path_shape
from graph_meetings_runtime.origin import Origin

ModelT = TypeVar("ModelT", bound=Parsable)

_UNAUTHORIZED: Final = 401


class _Call(Struct):
    """What the attempts of one request share."""

    request_info: RequestInformation
    url: str
    client_request_id: str
    policy: SendPolicy
    span: RequestSpan
    is_streamed: bool


class Requester(GraphAdapter):
    """Sends the requests of a client over httpx.

    Args:
        authentication: adds the token to requests.
        http_client: sends them.
        base_url: the root of the service, including the version.
        retry: how failed requests are retried.
        timeout: how long requests may take.
        limiter: limits the requests in flight.
        availability: which requests are documented, and where.
        body_limit: the largest JSON body that is read.
        is_own: whether the httpx client is ours. One of the caller's sends requests in httpx's own way.
    """

    def __init__(  # noqa: PLR0913  what a requester is made of
        self,
        authentication: OriginAuthentication,
        http_client: httpx.Client,
        base_url: str,
        *,
        retry: Retry,
        timeout: Timeout,
        limiter: Limiter,
        availability: Availability,
        body_limit: BodyLimit | None = None,
        is_own: bool = False,
    ) -> None:
        self.base_url = base_url
        self.availability = availability
        self._policy = SendPolicy(retry, timeout, body_limit or BodyLimit())
        self._sender = Sender(http_client, is_own=is_own)
        self._limiter = limiter
        self._origin_limiters = OriginLimiters()
        self._authentication = authentication
        self._tracer = RequestTracer()

    def send(
        self,
        request_info: RequestInformation,
        parsable_factory: ParsableFactory[ModelT],
        error_map: dict[str, type[ParsableFactory[Any]]] | None,
    ) -> ModelT:
        """Send a request and return the model of its response.

        Raises:
            GraphError: the request failed. Kiota's `error_map` is not used: the errors are this package's own.
        """
        del error_map
        response = self.respond(request_info)
        with NamesRequest(request_info, self.base_url):
            limit = self._policy.of(request_info).body_limit
            return parse_json(response, limit.max_bytes).get_object_value(parsable_factory)

    @property
    def retry(self) -> Retry:
        """How failed requests are retried."""
        return self._policy.retry

    def deadline_for(self, request_info: RequestInformation) -> Deadline:
        """Start the clock of a call that may take several requests; pass the deadline to each of them."""
        return Deadline(self._policy.of(request_info).timeout.total)

    def send_no_response_content(
        self, request_info: RequestInformation, error_map: dict[str, type[ParsableFactory[Any]]] | None
    ) -> None:
        """Send a request, and ignore the content of its response.

        A DELETE also succeeds if an attempt whose response was lost has deleted the object.

        Raises:
            GraphError: the request failed. Kiota's `error_map` is not used: the errors are this package's own.
        """
        del error_map
        try:
            self.respond(request_info)
        except NotFound as error:
            if request_info.http_method is not Method.DELETE or not error.may_have_taken_effect:
                raise

    def respond(
        self, request_info: RequestInformation, *, stream: bool = False, deadline: Deadline | None = None
    ) -> Response:
        """Send a request, and retry it as its policy says.

        Args:
            request_info: gets the base URL and the token.
            stream: leave the body unread; the caller must then close the response.
            deadline: of the call that the request is part of; by default the request has one to itself.

        Returns:
            A response with a status below 400.

        Raises:
            GraphError: the request failed.
            ValueError: the client does not send this method to this path, or a header is malformed.
        """
        if request_info.http_method is not Method.GET:
            refuse_unoffered(request_info, self.availability)
        refuse_malformed(request_info.request_headers or {})
        request_info.path_parameters["baseurl"] = self.base_url
        with NamesRequest(request_info, self.base_url):
            return self._respond(request_info, deadline, is_streamed=stream)

    def _respond(self, request_info: RequestInformation, deadline: Deadline | None, *, is_streamed: bool) -> Response:
        template = request_info.url_template or ""
        url = request_info.url  # once: expanding the template takes as long as decoding a small page
        path = path_shape(template) if template.startswith("{+baseurl}/") else None
        method = method_of(request_info)
        with self._tracer.start(self._authentication.origin, path, method) as span:
            operation = self.availability.check(template, request_info.query_parameters)
            call = _Call(request_info, url, new_request_id(), self._policy.of(request_info), span, is_streamed)
            response = self._send_with_retries(call, operation, deadline)
            if response.is_redirect and not response.headers.get("location"):
                response.close()
                raise unexpected(response, "redirects without a Location header")
            return response

    def _send_with_retries(self, call: _Call, operation: Operation | None, deadline: Deadline | None) -> Response:
        retry, method = call.policy.retry, method_of(call.request_info)
        attempts = Attempts(retry, call.url) if method == "GET" else attempts_of(call.request_info, retry, call.url)
        deadline = deadline or Deadline(call.policy.timeout.total)
        try:
            send = partial(self._send_authenticated, call)
            response = deadline.apply(partial(retried, send, attempts, self._limiter, operation))
            if response.is_redirect and method != "GET":
                refuse_redirect(response, method)
        except GraphError as error:
            attempts.explain(error, call.span.sent)
            raise
        finally:
            # The caller keeps the request, and may log it.
            call.request_info.headers.remove("Authorization")
        return response

    def respond_elsewhere(self, url: str, headers: dict[str, str], deadline: Deadline | None = None) -> Response:
        """Stream a response from another origin, the target of a redirect. No headers but these are sent there.

        Args:
            url: the target of the redirect.
            headers: sent there.
            deadline: of the call that was redirected.

        Raises:
            GraphError: the request failed.
        """
        sent = SentHeaders(headers | {"accept-encoding": "identity"})
        origin = _origin_of(url)
        limiter = self._origin_limiters.of(origin)
        with self._tracer.start(origin, None) as span:

            def send() -> Response:
                response = self._sender.send(url, sent, self._policy.timeout, span, is_secret=True)
                if response.is_error:
                    limit_body(response, None)
                return response

            try:
                attempts = Attempts(self.retry, url, place_for_log)
                deadline = deadline or Deadline(self._policy.timeout.total)
                return deadline.apply(partial(retried, send, attempts, limiter))
            except GraphError as error:
                error.request = f"GET {place_for_log(url)}"
                error.hint = "The service redirected to an address that is valid for a short time only; try again."
                raise

    def _send_authenticated(self, call: _Call) -> Response:
        """Send a request, once more if the service asks for another token, and read the body of the response."""
        self._authentication.authenticate(call.request_info, call.url)
        response = self._send_with_token(call)
        if response.status == _UNAUTHORIZED:
            response = self._answer_challenge(call, response)
        if response.is_error or not call.is_streamed:
            # Only the beginning of an error is read.
            limit_body(response, None if response.is_error else call.policy.body_limit.max_bytes)
        if not response.is_error and not call.is_streamed:
            _read(response)
        return response

    def _answer_challenge(self, call: _Call, response: Response) -> Response:
        """Send a request again with another token. If the credential has no other, return the response as it is."""
        # Not that of request_info: other threads may be sending it, too.
        before = fingerprint(response.authorization)
        self._authentication.forget(before)
        try:
            claims = _claims_of(response)
            self._authentication.authenticate(call.request_info, call.url, claims)
        except BaseException:
            response.close()
            raise
        if claims is None and fingerprint(*call.request_info.headers.get("Authorization")) == before:
            return response
        response.close()
        return self._send_with_token(call)

    def _send_with_token(self, call: _Call) -> Response:
        headers = SentHeaders(call.request_info.request_headers or {})
        headers.setdefault("client-request-id", call.client_request_id)
        is_link = RequestInformation.RAW_URL_KEY in call.request_info.path_parameters
        refuse_repeated_token(call.url, headers.get("authorization", ""), is_link=is_link)
        if call.request_info.http_method is Method.GET:
            return self._sender.send(call.url, headers, call.policy.timeout, call.span)
        written = written_by(call.request_info)
        return self._sender.send(call.url, headers, call.policy.timeout, call.span, written=written)


def _claims_of(response: Response) -> str | None:
    try:
        return claims_challenge(response.headers.get("www-authenticate", ""))
    except ValueError as error:
        raise AuthenticationFailed(str(error), status=_UNAUTHORIZED, headers=response.quotable_headers) from None


def _origin_of(url: str) -> Origin:
    try:
        return Origin.of(url)
    except ValueError:
        raise LinkRefused("malformed URL") from None


def _read(response: Response) -> None:
    try:
        response.read()
    except BaseException as error:
        traceback.clear_frames(error.__traceback__)  # they hold what has been received
        response.close()
        raise
