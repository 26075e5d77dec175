# Made by codegen from overrides/graph_meetings_runtime/http/sender.py; do not edit.
"""One HTTP request over httpx, so that neither its URL nor its headers show up where they should not."""

import re
from collections.abc import Mapping
from typing import Final

import httpx

from graph_meetings_runtime.blocking.deadline import within_deadline
from graph_meetings_runtime.errors import forget_locals
from graph_meetings_runtime.http.timeout import Timeout
from graph_meetings_runtime.http.tracing import RequestSpan
from graph_meetings_runtime.origin import without_query
from graph_meetings_runtime.version import VERSION

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_USER_AGENT: Final = f"graph-meetings/{VERSION}".encode()


class QuietUrl(httpx.URL):
    """A URL that is printed and logged without its query, because that may contain tokens."""

    def __str__(self) -> str:
        return without_query(super().__str__())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class SecretUrl(QuietUrl):
    """A URL that is printed and logged without its path, too: whoever knows the address gets the content."""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc.decode()}/…"


class Sender:
    """Sends GET requests over an httpx client, and leaves the bodies of the responses unread.

    Args:
        client: our own or the caller's.
        is_quiet: whether requests hide their query when they are printed; a caller's client gets whole URLs.
    """

    def __init__(self, client: httpx.Client, *, is_quiet: bool) -> None:
        self._client = client
        self._is_quiet = is_quiet

    @property
    def default_headers(self) -> httpx.Headers:
        """The headers that the client adds to all requests."""
        return self._client.headers

    def send(
        self, request: httpx.Request, limits: Timeout, span: RequestSpan, url_type: type[QuietUrl] = QuietUrl
    ) -> httpx.Response:
        """Send a request once.

        Raises:
            httpx.TransportError: there was no response.
        """
        request.extensions["timeout"] = within_deadline(limits.as_extension())
        if self._is_quiet:
            request.url = url_type(request.url)
        span.sent += 1
        try:
            response = self._client.send(request, stream=True, auth=None, follow_redirects=False)
        except BaseException as error:
            # The libraries beneath have the headers in local variables, and error collectors show those.
            forget_locals(error)
            raise
        span.status = response.status_code
        return response


def get_request(url: httpx.URL, defaults: httpx.Headers, headers: Mapping[str, str]) -> httpx.Request:
    """Make a request with its own headers and those that the caller's client adds to all requests."""
    # httpx's ways to put headers together, and to a request without a stream, took a tenth of a page's time.
    own = {} if "Host" in defaults else {b"host": url.netloc}
    if defaults.get("User-Agent", "").startswith("python-httpx/"):
        own[b"user-agent"] = _USER_AGENT
    if "gzip" in defaults.get("Accept-Encoding", "gzip"):
        own[b"accept-encoding"] = b"gzip"  # httpx asks for whatever its libraries can decode
    own |= {name.lower().encode(): value.encode() for name, value in headers.items()}
    kept = [(name, value) for name, value in defaults.raw if name.lower() not in own]
    request = httpx.Request("GET", url, headers=[*own.items(), *kept], stream=httpx.ByteStream(b""))
    request.read()
    return request


def refuse_malformed(headers: Mapping[str, str]) -> None:
    """Refuse headers that would become two, before there is a token among them.

    Raises:
        ValueError: a name or a value has characters that are not allowed.
    """
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"malformed header {name!r}: names and values must be printable ASCII")
