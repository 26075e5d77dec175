"""The request adapter: Kiota's, with retries, typed errors and streaming, and without its cost per request."""

import asyncio
import re
import traceback
from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar
from uuid import uuid4

import httpx
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable, ParsableFactory
from kiota_http.httpx_request_adapter import HttpxRequestAdapter
from kiota_http.middleware.options import ResponseHandlerOption
from kiota_http.observability_options import ObservabilityOptions
from opentelemetry import trace

from graph_meetings_runtime.errors import ConnectionFailed, GraphError, MalformedResponse
from graph_meetings_runtime.http.attempts import Attempts, retried
from graph_meetings_runtime.http.authentication import OriginAuthenticationProvider, fingerprint
from graph_meetings_runtime.http.availability import Availability
from graph_meetings_runtime.http.error_response import redact
from graph_meetings_runtime.http.limiter import Limiter
from graph_meetings_runtime.http.retry import Retry
from graph_meetings_runtime.http.timeout import Timeout
from graph_meetings_runtime.log import place_for_log
from graph_meetings_runtime.models.parse_node import GraphParseNode, GraphParseNodeFactory
from graph_meetings_runtime.origin import QuietUrl, SecretUrl, without_query
from graph_meetings_runtime.version import VERSION

ModelT = TypeVar("ModelT", bound=Parsable)
OptionT = TypeVar("OptionT", Retry, Timeout)

_UNAUTHORIZED: Final = 401
_FIRST_ERROR: Final = 400
_DEEPEST: Final = 100
_NOT_COLLECTING = (trace.ProxyTracerProvider, trace.NoOpTracerProvider)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
_CLAIMS = re.compile('claims="([^"]+)"')
_USER_AGENT: Final = f"graph-meetings/{VERSION}".encode()


class GraphRequestAdapter(HttpxRequestAdapter):
    """Sends the requests of this client over httpx.

    Args:
        authentication: puts the token on requests.
        http_client: the connection pool.
        base_url: root of the service with its version.
        retry: the policy for failed requests.
        timeout: how long requests may take.
        limiter: bounds the requests under way.
        availability: which documented requests there are, and where.
        is_quiet: whether a request shows no query where it is printed; a caller's client gets whole URLs.
    """

    def __init__(  # noqa: PLR0913  what an adapter is made of
        self,
        authentication: OriginAuthenticationProvider,
        http_client: httpx.AsyncClient,
        base_url: str,
        *,
        retry: Retry,
        timeout: Timeout,
        limiter: Limiter,
        availability: Availability,
        is_quiet: bool = False,
    ) -> None:
        super().__init__(
            authentication,
            GraphParseNodeFactory(),
            http_client=http_client,
            # The full URL of a request can hold the token of a delta link.
            observability_options=ObservabilityOptions(include_euii_attributes=False),
        )
        self.base_url = base_url
        self.retry = retry
        self._timeout = timeout
        self._limiter = limiter
        self.availability = availability
        self._authentication = authentication
        self._is_quiet = is_quiet

    async def send_async(
        self,
        request_info: RequestInformation,
        parsable_factory: ParsableFactory[ModelT],
        error_map: dict[str, type[ParsableFactory[Any]]] | None,
    ) -> ModelT | None:
        """Send a request and make the model of its answer; `None` where the answer is empty.

        Raises:
            GraphError: the request failed; Kiota's `error_map` is not asked, the errors are this package's own.
        """
        if _is_traced() or ResponseHandlerOption.get_key() in request_info.request_options:
            return await super().send_async(request_info, parsable_factory, error_map)
        response = await self.respond(request_info)
        return _parse(response).get_object_value(parsable_factory) if response.content else None

    async def get_http_response_message(
        self, request_info: RequestInformation, parent_span: trace.Span, claims: str = ""
    ) -> httpx.Response:
        """Send a request within a span; Kiota's own methods come through here."""
        del claims  # a challenge is answered below
        response = await self.respond(request_info)
        parent_span.set_attribute("http.response.status_code", response.status_code)
        return response

    async def get_root_parse_node(
        self, response: httpx.Response, parent_span: trace.Span, attribute_span: trace.Span
    ) -> GraphParseNode:
        """Decode a response; Kiota's own methods come through here."""
        del parent_span, attribute_span
        return _parse(response)

    async def respond(self, request_info: RequestInformation, *, stream: bool = False) -> httpx.Response:
        """Send a request, again where the retry policy says so.

        Args:
            request_info: a GET; it gets the base URL and the token.
            stream: leave the body unread; the caller closes the response then.

        Returns:
            A response whose status is below 400.

        Raises:
            GraphError: the request failed.
            ValueError: the request is no GET, or has a header that HTTP does not allow.
        """
        if request_info.http_method is not Method.GET:
            raise ValueError(f"this client only reads; it does not send {request_info.http_method}")
        _refuse_unfit(request_info.request_headers or {})
        operation = self.availability.check(request_info.url_template or "")
        request_info.path_parameters["baseurl"] = self.base_url
        bounds = _option(request_info, Timeout) or self._timeout
        url = request_info.url  # once: expanding its template takes as long as decoding a small page
        attempts = Attempts(_option(request_info, Retry) or self.retry, url)
        headers = {"client-request-id": str(uuid4())}

        async def send() -> httpx.Response:
            response = await self._send_authenticated(request_info, url, headers, bounds)
            if not stream and response.status_code < _FIRST_ERROR:
                await _read(response)
            return response

        try:
            return await _bounded(retried(send, attempts, self._limiter, operation), bounds)
        finally:
            # The request stays with the caller, who may show or keep it.
            request_info.headers.remove("Authorization")

    async def respond_elsewhere(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """Stream a response from another origin, where a redirect led; nothing but these headers goes there.

        Raises:
            GraphError: the request failed.
        """

        async def send() -> httpx.Response:
            return await self._send(_get(httpx.URL(url), httpx.Headers(), headers), self._timeout, SecretUrl)

        try:
            # The other place throttles on its own.
            return await _bounded(retried(send, Attempts(self.retry, url, place_for_log), Limiter(1)), self._timeout)
        except GraphError as error:
            error.hint = (
                "It came from the place that the service redirects to, whose addresses live shortly; ask again."
            )
            raise

    async def _send_authenticated(
        self, request_info: RequestInformation, url: str, own_headers: Mapping[str, str], bounds: Timeout
    ) -> httpx.Response:
        """Send a request; once more with another token where the service wants one."""
        await self._authentication.authenticate(request_info, url)
        response = await self._send_with_token(request_info, url, own_headers, bounds)
        if response.status_code != _UNAUTHORIZED:
            return response
        challenge = _CLAIMS.search(response.headers.get("WWW-Authenticate", ""))
        # Not the one of request_info: other tasks may be sending that too.
        before = fingerprint(response.request.headers.get("Authorization", ""))
        self._authentication.forget(before)
        try:
            await self._authentication.authenticate(request_info, url, challenge[1] if challenge else None)
        except BaseException:
            await response.aclose()
            raise
        if challenge is None and fingerprint(*request_info.headers.get("Authorization")) == before:
            return response
        await response.aclose()
        return await self._send_with_token(request_info, url, own_headers, bounds)

    async def _send_with_token(
        self, request_info: RequestInformation, url: str, own_headers: Mapping[str, str], bounds: Timeout
    ) -> httpx.Response:
        # In no variable, because error collectors show those.
        request = _get(
            httpx.URL(url), self._http_client.headers, {**own_headers, **(request_info.request_headers or {})}
        )
        response = await self._send(request, bounds)
        redact(response)
        return response

    async def _send(self, request: httpx.Request, bounds: Timeout, kind: type[QuietUrl] = QuietUrl) -> httpx.Response:
        request.extensions["timeout"] = bounds.as_extension()
        if self._is_quiet:
            request.url = kind(request.url)
        try:
            return await self._http_client.send(request, stream=True, auth=None, follow_redirects=False)
        except BaseException as error:
            # The libraries beneath have the headers in local variables, and error collectors show those.
            _forget_locals(error)
            raise


async def _bounded(answer: Awaitable[httpx.Response], bounds: Timeout) -> httpx.Response:
    timer = asyncio.timeout(bounds.total)
    try:
        async with timer:
            return await answer
    except TimeoutError:
        if not timer.expired():  # someone else's, such as one of the caller's `on_retry`
            raise
        raise ConnectionFailed(f"no answer within {bounds.total} seconds, the total that Timeout allows") from None


def _get(url: httpx.URL, defaults: httpx.Headers, headers: Mapping[str, str]) -> httpx.Request:
    """Make a request with its own headers, and those that the caller's client has for all its requests."""
    # httpx's ways to put headers together, and to a request without a stream, took a tenth of a page's time.
    own = {} if "Host" in defaults else {b"host": url.netloc}
    if defaults.get("User-Agent", "").startswith("python-httpx/"):
        own[b"user-agent"] = _USER_AGENT
    own |= {name.lower().encode(): value.encode() for name, value in headers.items()}
    kept = [(name, value) for name, value in defaults.raw if name.lower() not in own]
    request = httpx.Request("GET", url, headers=[*own.items(), *kept], stream=httpx.ByteStream(b""))
    request.read()
    return request


def _refuse_unfit(headers: Mapping[str, str]) -> None:
    """Refuse headers that would make two of one, before there is a token among them.

    Raises:
        ValueError: a name or a value has characters that it cannot have.
    """
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ValueError(
                f"the header {name!r} cannot be sent: its name or its value has other characters than ASCII's"
            )


def _forget_locals(error: BaseException) -> None:
    beneath: BaseException | None = error
    for _ in range(_DEEPEST):
        if beneath is None:
            break
        traceback.clear_frames(beneath.__traceback__)
        beneath = beneath.__cause__ or beneath.__context__


def _option(request_info: RequestInformation, kind: type[OptionT]) -> OptionT | None:
    option = request_info.request_options.get(kind.get_key())
    return option if isinstance(option, kind) else None


async def _read(response: httpx.Response) -> None:
    try:
        await response.aread()
    except BaseException:
        await response.aclose()
        raise


def _is_traced() -> bool:
    """Whether someone collects spans; without them Kiota's spans would cost a third of the request rate."""
    return not isinstance(trace.get_tracer_provider(), _NOT_COLLECTING)


def _parse(response: httpx.Response) -> GraphParseNode:
    if not response.is_success:
        raise MalformedResponse(
            f"the service answered {without_query(str(response.url))} with {response.status_code}, which is no object",
            status=response.status_code,
            headers=response.headers,
        )
    try:
        content_type = response.headers.get("Content-Type", "application/json")
        return GraphParseNodeFactory().get_root_parse_node(content_type, response.content)
    except ValueError as error:
        raise MalformedResponse(
            f"{without_query(str(response.url))} did not answer with JSON: {error}",
            status=response.status_code,
            headers=response.headers,
        ) from error
