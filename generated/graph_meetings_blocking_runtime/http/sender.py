# Made by codegen from overrides/graph_meetings_runtime/http/sender.py; do not edit.
"""Sending one HTTP request, without showing its URL or its headers where they should not be seen."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol, cast

import httpx
from msgspec import Struct

from graph_meetings_blocking_runtime.http.responses.response import Response
from graph_meetings_runtime.blocking.deadline import within_deadline
from graph_meetings_runtime.errors import LinkRefused, forget_locals
from graph_meetings_runtime.http.connections.reply import Reply
from graph_meetings_runtime.http.connections.target import Target
from graph_meetings_runtime.http.options.timeout import Timeout
from graph_meetings_runtime.http.responses.redaction import forget_token, token_of
from graph_meetings_runtime.http.tracing import RequestSpan
from graph_meetings_runtime.origin import without_query
from graph_meetings_runtime.version import VERSION

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_USER_AGENT: Final = f"graph-meetings/{VERSION}"
_OWN_HEADERS: Final = {"user-agent": _USER_AGENT, "accept-encoding": "gzip", "connection": "keep-alive"}


class QuietUrl(httpx.URL):
    """A URL that is printed and logged without its query, which can contain tokens."""

    def __str__(self) -> str:
        return without_query(super().__str__())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class SecretUrl(QuietUrl):
    """A URL that is printed and logged without its path, too: anyone who knows it can read the content."""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc.decode()}/…"


class SentHeaders(dict[str, str]):
    """Headers of a request, by lower-case name. Their values are not in the `repr`, which error collectors show."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)})"


class Connections(Protocol):
    """Our own client's way of sending requests, without httpx's objects."""

    def fetch(  # noqa: PLR0913  what a request consists of
        self,
        target: Target,
        headers: Sequence[tuple[str, str]],
        *,
        connect: float | None,
        read: float | None,
        method: str = "GET",
        content: bytes = b"",
    ) -> Reply[Any]:
        """Send a request."""
        ...


class Written(Struct, frozen=True):
    """The method and the body of a request.

    Args:
        method: such as `POST`.
        content: the body.
    """

    method: str
    content: bytes

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.method!r}, {len(self.content)} bytes)"  # it can contain secrets

    @property
    def length(self) -> dict[str, str]:
        """The header with the length of the body, even if it is empty."""
        return {"content-length": str(len(self.content))}


_READ: Final = Written("GET", b"")


class Sender:
    """Sends requests, and leaves the bodies of the responses unread.

    Args:
        client: our own or the caller's.
        is_own: whether it is ours, which has `fetch`.
    """

    def __init__(self, client: httpx.Client, *, is_own: bool) -> None:
        self._client = client
        self._connections = cast("Connections", client) if is_own else None

    def send(  # noqa: PLR0913  what a request consists of
        self,
        url: str,
        headers: SentHeaders,
        limits: Timeout,
        span: RequestSpan,
        *,
        is_secret: bool = False,
        written: Written = _READ,
    ) -> Response:
        """Send a request once.

        Args:
            url: of the request.
            headers: of the request.
            limits: how long it may take.
            span: the span of the request.
            is_secret: whether the URL is the secret address of a content, to which only these headers are sent.
            written: the method and the body of a request that writes.

        Raises:
            LinkRefused: the response redirects to a malformed URL.
            httpx.InvalidURL: the URL is malformed.
            httpx.TransportError: there was no response.
        """
        span.sent += 1
        try:
            if self._connections is None:
                response = self._send_by_httpx(url, headers, limits, written, is_secret=is_secret)
            else:
                response = _fetch(self._connections, url, headers, limits, written, is_secret=is_secret)
        except BaseException as error:
            # Error collectors show local variables, which contain the headers.
            forget_locals(error)
            if isinstance(error, httpx.RequestError):
                _forget_request(error, url, headers, written.method, is_secret=is_secret)
            raise
        span.status = response.status
        return response

    def _send_by_httpx(
        self, url: str, headers: SentHeaders, limits: Timeout, written: Written, *, is_secret: bool
    ) -> Response:
        defaults = httpx.Headers() if is_secret else self._client.headers
        request = httpx_request(httpx.URL(url), defaults, headers, written)
        request.extensions["timeout"] = within_deadline(limits.as_extension())
        return Response.of(self._client.send(request, stream=True, auth=None, follow_redirects=False))


def _fetch(  # noqa: PLR0913  what a request consists of
    connections: Connections, url: str, headers: SentHeaders, limits: Timeout, written: Written, *, is_secret: bool
) -> Response:
    target = Target.of(url)
    if written is not _READ:
        headers = SentHeaders(headers | written.length)
    reply = connections.fetch(
        target,
        [*{"host": target.place.netloc, **({} if is_secret else _OWN_HEADERS), **headers}.items()],
        connect=limits.connect,
        read=limits.read,
        method=written.method,
        content=written.content,
    )
    return Response(
        reply.status,
        reply.headers,
        reply.body,
        authorization=headers.get("authorization", ""),
        request=partial(_shown_request, url, written.method, is_secret=is_secret),
        http_version=reply.http_version,
    )


def _shown_request(url: str, method: str, *, is_secret: bool) -> httpx.Request:
    """Return a request in the form that errors and responses show."""
    request = httpx.Request(method, url)
    request.url = (SecretUrl if is_secret else QuietUrl)(url)
    return request


def _forget_request(error: httpx.RequestError, url: str, headers: SentHeaders, method: str, *, is_secret: bool) -> None:
    """Remove from an httpx error what must not be shown.

    Raises:
        LinkRefused: the error is about a Location header, which httpx parses even if it does not follow it.
    """
    is_of_location = isinstance(error.__context__, httpx.InvalidURL)
    forget_token(error, token_of(headers.get("authorization", "")))
    if is_of_location:
        raise LinkRefused("the response redirects to a malformed URL") from None
    if getattr(error, "_request", None) is None:
        error.request = _shown_request(url, method, is_secret=is_secret)


def httpx_request(
    url: httpx.URL, defaults: httpx.Headers, headers: Mapping[str, str], written: Written
) -> httpx.Request:
    """Make a request with its own headers and the default headers of the caller's client."""
    # Merging headers and building a request in httpx's own way took a tenth of the time of a page.
    own = {} if "Host" in defaults else {b"host": url.netloc}
    if defaults.get("User-Agent", "").startswith("python-httpx/"):
        own[b"user-agent"] = _USER_AGENT.encode()
    if "gzip" in defaults.get("Accept-Encoding", "gzip"):
        own[b"accept-encoding"] = b"gzip"  # httpx asks for everything that its libraries can decode
    if written is not _READ:
        headers = {**headers, **written.length}
    own |= {name.lower().encode(): value.encode() for name, value in headers.items()}
    kept = [(name, value) for name, value in defaults.raw if name.lower() not in own]
    stream = httpx.ByteStream(written.content)
    request = httpx.Request(written.method, url, headers=[*own.items(), *kept], stream=stream)
    request.read()
    return request


def refuse_malformed(headers: Mapping[str, str]) -> None:
    """Refuse headers that could be read as two, before the token is added to them.

    Raises:
        ValueError: a name or a value has characters that are not allowed.
    """
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"malformed header {name!r}: names and values must be printable ASCII")
