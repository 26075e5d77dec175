# Made by codegen from overrides/graph_meetings_runtime/content/content_request_builder.py; do not edit.
"""Content: the bytes of a recording or a transcript, in memory only if asked for.

Source: https://learn.microsoft.com/graph/api/callrecording-get
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Final, TypedDict, Unpack
from urllib.parse import urljoin

from graph_meetings_blocking_runtime.content.content_stream import ContentStream
from graph_meetings_blocking_runtime.http.answers.answer import Answer
from graph_meetings_blocking_runtime.http.attempts import Attempts
from graph_meetings_blocking_runtime.http.requester import Requester
from graph_meetings_blocking_runtime.requests.request_builder import RequestBuilder
from graph_meetings_runtime.blocking.deadline import Deadline
from graph_meetings_runtime.bounds import MAX_REDIRECTS, MAX_RENEWED_ADDRESSES
from graph_meetings_runtime.content.download_result import DownloadResult, Progress
from graph_meetings_runtime.errors import DownloadIncomplete, GraphError, LinkRefused, MalformedResponse, NamesRequest
from graph_meetings_runtime.log import request_line
from graph_meetings_runtime.origin import Origin, without_query
from graph_meetings_runtime.requests.query import refuse_unknown
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ADDRESS_EXPIRED: Final = frozenset({401, 403, 404, 410})
_SENT_ELSEWHERE: Final = frozenset({"accept", "accept-encoding", "range", "if-range"})


class ContentOptions(TypedDict, total=False):
    """Keywords of a request for content.

    `accept` is the media type to ask for, such as `application/vnd.microsoft.graph.transcript+text`. `format` asks for
    it in the URL, which the service supports for some types, such as `text/vtt`.
    """

    accept: str | None
    format: str | None
    headers: Mapping[str, str] | None


class ContentRequestBuilder(RequestBuilder):
    """A path whose response is bytes.

    The service may send them itself or redirect to another host. Only the service gets the token.
    """

    _query_template = "{?%24format}"
    _known_options = frozenset(ContentOptions.__annotations__)
    media_type = "*/*"

    def get(self, **options: Unpack[ContentOptions]) -> bytes:
        """Read the whole content into memory.

        Args:
            options: `accept`, `format` and `headers`.

        Raises:
            DownloadIncomplete: the body broke off too often.
            GraphError: the request failed.
        """
        return self._whole(None, **options)

    def _whole(self, max_bytes: int | None, **options: Unpack[ContentOptions]) -> bytes:
        """Read the whole content into memory if it is not larger than that."""
        adapter, request = self._adapter(), self.to_get_request_information(**options)
        attempts, deadline = Attempts(adapter.retry, request.url), adapter.deadline_for(request)
        with NamesRequest(request, adapter.base_url):
            while True:
                try:
                    with self._open(self.to_get_request_information(**options), deadline) as stream:
                        return _joined(stream, deadline, max_bytes)
                except DownloadIncomplete as error:
                    if not deadline.apply(partial(attempts.wait, error)):
                        raise

    @contextmanager
    def stream(self, **options: Unpack[ContentOptions]) -> Generator[ContentStream]:
        """Open the content: `with builder.stream() as stream: for chunk in stream: …`.

        Args:
            options: `accept`, `format` and `headers`, which may have a `Range`.

        Raises:
            GraphError: the request failed.
        """
        with self._open(self.to_get_request_information(**options)) as stream:
            yield stream

    def download(
        self,
        path: str | PathLike[str],
        *,
        overwrite: bool = False,
        progress: Callable[[Progress], object] | None = None,
        **options: Unpack[ContentOptions],
    ) -> DownloadResult:
        """Download to a file; resume an interrupted download of the same content.

        The bytes go to `<path>.part`. The file gets its name once it is whole and on the disk. Its length is checked,
        and its digest if the service sends one (`Repr-Digest`, `Digest`, `Content-MD5`, or Azure's
        `x-ms-blob-content-md5`). If a later response contradicts the size or the digest that the first one promised,
        the download starts over, once. The caller alone chooses the path.

        Args:
            path: of the file; its folder must exist. A relative path counts from the folder that is current when the
                download starts.
            overwrite: whether an existing file may be replaced, in one step, at the end.
            progress: called as bytes arrive in the file, and once all of them have.
            options: `accept`, `format` and `headers`.

        Raises:
            FileExistsError: the file exists and `overwrite` is false, or there is a `.part` that no download left.
            BlockingIOError: another download to the same path is running.
            DownloadIncomplete: the body broke off too often; what came is kept for the next time.
            MalformedResponse: the response is not content, or contradicts the first one even after starting over.
            GraphError: the request failed.
            OSError: the file cannot be written, for example because the disk is full; what came is kept, unless the
                disk may have lost some of it, or the `.part` was moved or removed.
            ValueError: the headers have a `Range`; a download sets its own.
        """
        request = self.to_get_request_information(**options)
        if request.headers.contains("Range"):
            raise ValueError("a download sets its own Range header; use stream() to read a range")

        @contextmanager
        def open_content(*, first: int, etag: str | None) -> Generator[ContentStream]:
            part = self.to_get_request_information(**options)
            if first and etag:
                part.headers.add("Range", f"bytes={first}-")
                part.headers.add("If-Range", etag)
            with self._open(part) as stream:
                yield stream

        accept = ",".join(sorted(request.headers.get("Accept")))
        source = f"{without_query(request.url)} {accept} {options.get('format') or ''}".rstrip()
        # Imported with the first download: most clients have none.
        from graph_meetings_blocking_runtime.content.download import Download  # noqa: PLC0415

        download = Download(open_content, source, Path(path), self._adapter().retry, progress, overwrite=overwrite)
        with NamesRequest(request, self._adapter().base_url):
            return download.run()

    def to_get_request_information(self, **options: Unpack[ContentOptions]) -> GraphRequestInformation:
        """Return the request that `get` sends.

        Raises:
            TypeError: an option is unknown.
        """
        refuse_unknown(options, self._known_options)
        format_, headers = options.get("format"), options.get("headers") or {}
        accept = options.get("accept") or ("*/*" if format_ else self.media_type)
        # Ranges count the bytes that are sent. These are the file's only if nothing compresses them.
        request = self._request(None, {"headers": {"Accept": accept, **headers, "Accept-Encoding": "identity"}})
        if format_:
            self._refuse_whole_url()
            request.query_parameters["%24format"] = format_
        return request

    @contextmanager
    def _open(self, request: GraphRequestInformation, deadline: Deadline | None = None) -> Generator[ContentStream]:
        line = request_line(request.url, self._adapter().base_url)
        with NamesRequest(line):
            response = self._respond(request, deadline=deadline)
        try:
            with NamesRequest(line):
                stream = ContentStream(response, line, is_part_asked=request.headers.contains("Range"))
            yield stream
        finally:
            response.close()

    def _respond(
        self, request: GraphRequestInformation, *, renewed: int = 0, deadline: Deadline | None = None
    ) -> Answer:
        """Follow the redirects to the content. If their address has expired, ask the service for a new one."""
        adapter = self._adapter()
        deadline = deadline or adapter.deadline_for(request)
        response = adapter.respond(request, stream=True, deadline=deadline)
        url = request.url
        is_at_home = True
        for _ in range(MAX_REDIRECTS):
            if response.status not in _REDIRECTS:
                return response
            try:
                url = _redirect_target(url, response, adapter.base_url)
            finally:
                response.close()
            # There is no way back: another host must not choose a URL that gets the token.
            is_at_home = is_at_home and Origin.of(url) == Origin.of(adapter.base_url)
            if is_at_home:
                response = adapter.respond(request.to(url), stream=True, deadline=deadline)
                continue
            try:
                response = adapter.respond_elsewhere(url, _sent_elsewhere(request), deadline)
            except GraphError as error:
                if renewed == MAX_RENEWED_ADDRESSES or error.status not in _ADDRESS_EXPIRED:
                    raise
                return self._respond(request, renewed=renewed + 1, deadline=deadline)
        if response.status not in _REDIRECTS:
            return response
        response.close()
        raise LinkRefused(f"the content of {without_query(request.url)} is redirected more than {MAX_REDIRECTS} times")

    def _adapter(self) -> Requester:
        if not isinstance(self.request_adapter, Requester):
            raise TypeError(
                f"streaming needs the request adapter of GraphMeetingsClient; {type(self.request_adapter).__name__} "
                "reads every body into memory"
            )
        return self.request_adapter


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


def _redirect_target(asked: str, response: Answer, base_url: str) -> str:
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
