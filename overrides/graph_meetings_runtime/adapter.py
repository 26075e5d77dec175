"""The request adapter: Kiota's, with retries, typed errors and streaming, and without its cost per request."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable, ParsableFactory
from kiota_http.httpx_request_adapter import HttpxRequestAdapter
from kiota_http.middleware.options import ResponseHandlerOption
from kiota_http.observability_options import ObservabilityOptions
from opentelemetry import trace

from graph_meetings_runtime.availability import Availability
from graph_meetings_runtime.errors import ConnectionFailed, GraphError, LinkRefused, MalformedResponse, error_of
from graph_meetings_runtime.operations import Operation
from graph_meetings_runtime.origin import without_query
from graph_meetings_runtime.parse_node import GraphParseNode, GraphParseNodeFactory
from graph_meetings_runtime.retry import Retry
from graph_meetings_runtime.version import VERSION

ModelT = TypeVar("ModelT", bound=Parsable)

_UNAUTHORIZED = 401
_FIRST_ERROR = 400
_CLAIMS = re.compile('claims="([^"]+)"')
_USER_AGENT = f"graph-meetings/{VERSION}"


class GraphRequestAdapter(HttpxRequestAdapter):
    """Sends the requests of this client over httpx.

    Args:
        authentication_provider: puts the token on requests.
        http_client: the connection pool.
        base_url: root of the service with its version.
        retry: the policy for failed requests.
        availability: which documented requests there are, and where.
    """

    def __init__(
        self,
        authentication_provider: AuthenticationProvider,
        http_client: httpx.AsyncClient,
        base_url: str,
        retry: Retry,
        availability: Availability,
    ) -> None:
        super().__init__(
            authentication_provider,
            GraphParseNodeFactory(),
            http_client=http_client,
            # The full URL of a request can hold the token of a delta link.
            observability_options=ObservabilityOptions(include_euii_attributes=False),
        )
        self.base_url = base_url
        self.retry = retry
        self.availability = availability

    async def send_async(
        self,
        request_info: RequestInformation,
        parsable_factory: ParsableFactory[ModelT],
        error_map: dict[str, type[ParsableFactory[Any]]] | None,
    ) -> ModelT | None:
        """Send a request and make the model of its answer.

        Raises:
            GraphError: the request failed; Kiota's `error_map` is not asked, the errors are this package's own.
        """
        if _is_traced() or ResponseHandlerOption.get_key() in request_info.request_options:
            return await super().send_async(request_info, parsable_factory, error_map)
        response = await self.respond(request_info)
        return _parse(response).get_object_value(parsable_factory) if response.content else None

    async def get_http_response_message(
        self,
        request_info: RequestInformation,
        parent_span: trace.Span,
        claims: str = "",  # noqa: ARG002  Kiota's signature
    ) -> httpx.Response:
        """Send a request within a span; Kiota's own methods come through here."""
        response = await self.respond(request_info)
        parent_span.set_attribute("http.response.status_code", response.status_code)
        return response

    async def get_root_parse_node(
        self,
        response: httpx.Response,
        parent_span: trace.Span,  # noqa: ARG002  Kiota's signature
        attribute_span: trace.Span,  # noqa: ARG002  Kiota's signature
    ) -> GraphParseNode:
        """Decode a response; Kiota's own methods come through here."""
        return _parse(response)

    async def respond(self, request_info: RequestInformation, *, stream: bool = False) -> httpx.Response:
        """Send a request, again where the retry policy says so.

        Args:
            request_info: what to send; it gets the base URL and the token.
            stream: leave the body unread; the caller closes the response then.

        Returns:
            A response whose status is below 400.

        Raises:
            GraphError: the request failed.
        """
        operation = self.availability.check(request_info.url_template or "")
        request_info.path_parameters["baseurl"] = self.base_url
        request_info.headers.try_add("client-request-id", str(uuid4()))
        option = request_info.request_options.get(Retry.get_key())
        retry = option if isinstance(option, Retry) else self.retry
        return await self._retried(lambda: self._authenticate_and_send(request_info, stream=stream), retry, operation)

    async def respond_elsewhere(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """Stream a response from another origin, where a redirect led; nothing secret goes there.

        Raises:
            GraphError: the request failed.
        """
        request = self._http_client.build_request("GET", url, headers=headers)
        for name in ("Authorization", "Cookie"):
            request.headers.pop(name, None)
        return await self._retried(lambda: self._http_client.send(request, stream=True, auth=None), self.retry)

    async def _authenticate_and_send(
        self, request_info: RequestInformation, *, stream: bool, claims: str = ""
    ) -> httpx.Response:
        context = {self.CLAIMS_KEY: claims} if claims else {}
        await self._authentication_provider.authenticate_request(request_info, context)
        request = self._http_client.build_request("GET", request_info.url, headers=request_info.request_headers)
        request.headers["User-Agent"] = _USER_AGENT
        response = await self._http_client.send(request, stream=stream, follow_redirects=False)
        challenge = _CLAIMS.search(response.headers.get("WWW-Authenticate", ""))
        if response.status_code != _UNAUTHORIZED or challenge is None or claims:
            return response
        await response.aclose()
        return await self._authenticate_and_send(request_info, stream=stream, claims=challenge[1])

    async def _retried(
        self, send: Callable[[], Awaitable[httpx.Response]], retry: Retry, operation: Operation | None = None
    ) -> httpx.Response:
        began = time.monotonic()
        attempt = 0
        while True:
            attempt += 1
            try:
                response = await send()
            except httpx.InvalidURL as error:
                # httpx also looks at the Location of a redirect that it is not to follow.
                raise LinkRefused(f"a URL cannot be asked: {error}") from error
            except httpx.TransportError as error:
                failure: GraphError = _connection_failed(error)
                is_transient = not isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError)
            else:
                if response.status_code < _FIRST_ERROR:
                    return response
                failure = await _failure(response, operation)
                is_transient = response.status_code in retry.statuses
            headers = failure.response_headers or {}
            delay = retry.delay(attempt, time.monotonic() - began, headers) if is_transient else None
            if delay is None:
                raise failure
            await asyncio.sleep(delay)


def _is_traced() -> bool:
    """Whether someone collects spans; without them Kiota's spans would cost a third of the request rate."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider | trace.NoOpTracerProvider)


def _parse(response: httpx.Response) -> GraphParseNode:
    try:
        content_type = response.headers.get("Content-Type", "application/json")
        return GraphParseNodeFactory().get_root_parse_node(content_type, response.content)
    except ValueError as error:
        raise MalformedResponse(
            f"{without_query(str(response.url))} did not answer with JSON: {error}",
            status=response.status_code,
            headers=response.headers,
        ) from error


async def _failure(response: httpx.Response, operation: Operation | None) -> GraphError:
    try:
        content = await response.aread()
    except httpx.TransportError:
        content = b""
    finally:
        await response.aclose()
    return error_of(response.status_code, response.headers, content, operation)


def _connection_failed(error: httpx.TransportError) -> ConnectionFailed:
    failure = ConnectionFailed(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    failure.__cause__ = error
    return failure
