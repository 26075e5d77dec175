# Made by codegen from overrides/graph_meetings_runtime/content/content_opener.py; do not edit.
"""Opening content: the requests for it, and the redirects that follow."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Final
from urllib.parse import urljoin

from graph_meetings_blocking_runtime.content.content_stream import ContentStream, OpenedContent
from graph_meetings_blocking_runtime.http.attempts import Attempts
from graph_meetings_blocking_runtime.http.graph_adapter import GraphAdapter
from graph_meetings_blocking_runtime.http.responses.body import raw_chunks
from graph_meetings_blocking_runtime.http.responses.response import Response
from graph_meetings_runtime.blocking.deadline import Deadline
from graph_meetings_runtime.bounds import MAX_REDIRECTS, MAX_RENEWED_ADDRESSES
from graph_meetings_runtime.errors import DownloadIncomplete, GraphError, LinkRefused, MalformedResponse, NamesRequest
from graph_meetings_runtime.log import request_line
from graph_meetings_runtime.origin import Origin, without_query
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

_ADDRESS_EXPIRED: Final = frozenset({401, 403, 404, 410})
_SENT_ELSEWHERE: Final = frozenset({"accept", "accept-encoding", "range", "if-range"})


class ContentOpener:
    """Opens content. The service may send it or redirect to another host; only the service gets the token.

    Args:
        adapter: sends the requests.
        base_url: the root of the service, including the version.
    """

    def __init__(self, adapter: GraphAdapter, base_url: str) -> None:
        self._adapter = adapter
        self._base_url = base_url

    def stream(self, request: GraphRequestInformation) -> OpenedContent:
        """Return the content that a request asks for; the caller opens it in a `with` block."""
        return OpenedContent(self.open(request))

    @contextmanager
    def open(self, request: GraphRequestInformation, deadline: Deadline | None = None) -> Generator[ContentStream]:
        """Open the content that a request asks for.

        Raises:
            GraphError: the request failed, or the response is not content.
        """
        line = request_line(request.url, self._base_url)
        with NamesRequest(line):
            response = self._respond(request, deadline=deadline)
        try:
            with NamesRequest(line):
                is_part_asked = request.headers.contains("Range")
                stream = ContentStream(response, raw_chunks(response), line, is_part_asked=is_part_asked)
            yield stream
        finally:
            response.close()

    def read(self, make_request: Callable[[], GraphRequestInformation], max_bytes: int | None) -> bytes:
        """Read the whole content into memory.

        Args:
            make_request: called for each attempt; returns the request.
            max_bytes: the limit, or `None` for no limit.

        Raises:
            DownloadIncomplete: the body broke off too many times.
            MalformedResponse: the content is larger than the limit.
            GraphError: the request failed.
        """
        adapter, request = self._adapter, make_request()
        attempts, deadline = Attempts(adapter.retry, request.url), adapter.deadline_for(request)
        with NamesRequest(request, self._base_url):
            while True:
                try:
                    with self.open(make_request(), deadline) as stream:
                        return _joined(stream, deadline, max_bytes)
                except DownloadIncomplete as error:
                    if not deadline.apply(partial(attempts.wait, error)):
                        raise

    def _respond(
        self, request: GraphRequestInformation, *, renewed: int = 0, deadline: Deadline | None = None
    ) -> Response:
        """Follow the redirects to the content. If the address has expired, ask the service for a new one."""
        adapter = self._adapter
        deadline = deadline or adapter.deadline_for(request)
        response = adapter.respond(request, stream=True, deadline=deadline)
        url = request.url
        is_at_home = True
        for _ in range(MAX_REDIRECTS):
            if not response.is_redirect:
                return response
            try:
                url = _redirect_target(url, response, self._base_url)
            finally:
                response.close()
            # There is no way back: another host must not choose a URL to which the token is sent.
            is_at_home = is_at_home and Origin.of(url) == Origin.of(self._base_url)
            if is_at_home:
                response = adapter.respond(request.to(url), stream=True, deadline=deadline)
                continue
            try:
                response = adapter.respond_elsewhere(url, _sent_elsewhere(request), deadline)
            except GraphError as error:
                if renewed == MAX_RENEWED_ADDRESSES or error.status not in _ADDRESS_EXPIRED:
                    raise
                return self._respond(request, renewed=renewed + 1, deadline=deadline)
        if not response.is_redirect:
            return response
        response.close()
        raise LinkRefused(f"the content of {without_query(request.url)} is redirected more than {MAX_REDIRECTS} times")


def _joined(stream: ContentStream, deadline: Deadline, max_bytes: int | None) -> bytes:
    chunks: list[bytes] = []
    received = 0
    with deadline.paused():
        for chunk in stream:
            received += len(chunk)
            if max_bytes is not None and received > max_bytes:
                raise MalformedResponse(f"the content is larger than {max_bytes} bytes")
            chunks.append(chunk)
    return b"".join(chunks)


def _sent_elsewhere(request: GraphRequestInformation) -> dict[str, str]:
    headers: dict[str, str] = request.request_headers or {}
    return {name: value for name, value in headers.items() if name in _SENT_ELSEWHERE}


def _redirect_target(asked: str, response: Response, base_url: str) -> str:
    location: str = response.headers.get("location", "")
    if not location:
        raise MalformedResponse(
            "the service redirects without a Location header",
            status=response.status,
            headers=response.quotable_headers,
        )
    try:
        url = urljoin(asked, location)
        origin = Origin.of(url)
    except ValueError as error:
        raise LinkRefused(f"the service redirects to an address that cannot be followed: {error}") from None
    is_local = origin.is_loopback and Origin.of(base_url).is_loopback
    if origin.scheme != "https" and not is_local:
        raise LinkRefused(f"the service redirects to {origin.scheme}://{origin.host}, but only https is followed")
    return url
