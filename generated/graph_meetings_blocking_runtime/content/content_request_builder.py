# Made by codegen from overrides/graph_meetings_runtime/content/content_request_builder.py; do not edit.
"""Content: the bytes of a recording or a transcript, in memory only if asked for.

Source: https://learn.microsoft.com/graph/api/callrecording-get
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from graph_meetings_blocking_runtime.http.graph_adapter import GraphAdapter
from graph_meetings_blocking_runtime.requests.request_builder import RequestBuilder
from graph_meetings_runtime.content.download_result import DownloadResult, Progress
from graph_meetings_runtime.errors import NamesRequest
from graph_meetings_runtime.origin import without_query
from graph_meetings_runtime.requests.query import refuse_unknown
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

if TYPE_CHECKING:
    from graph_meetings_blocking_runtime.content.content_opener import ContentOpener
    from graph_meetings_blocking_runtime.content.content_stream import ContentStream


class ContentOptions(TypedDict, total=False):
    """Keyword options of a request for content.

    `accept` is the media type to request, such as `application/vnd.microsoft.graph.transcript+text`. `format` requests
    it in the URL, which the service supports for some types, such as `text/vtt`.
    """

    accept: str | None
    format: str | None
    headers: Mapping[str, str] | None


class ContentRequestBuilder(RequestBuilder):
    """A path that returns bytes.

    The service may send them or redirect to another host; only the service gets the token.
    """

    _query_template = "{?%24format}"
    _known_options = frozenset(ContentOptions.__annotations__)
    media_type = "*/*"

    def get(self, **options: Unpack[ContentOptions]) -> bytes:
        """Read the whole content into memory.

        Args:
            options: `accept`, `format` and `headers`.

        Raises:
            DownloadIncomplete: the body broke off too many times.
            GraphError: the request failed.
        """
        return self._whole(None, **options)

    def _whole(self, max_bytes: int | None, **options: Unpack[ContentOptions]) -> bytes:
        """Read the whole content into memory, up to a limit."""
        return self._opener().read(partial(self.to_get_request_information, **options), max_bytes)

    def stream(self, **options: Unpack[ContentOptions]) -> AbstractContextManager["ContentStream"]:
        """Open the content: `with builder.stream() as stream: for chunk in stream: …`.

        Args:
            options: `accept`, `format` and `headers`, which can include a `Range`.

        Raises:
            GraphError: the request failed.
        """
        return self._opener().stream(self.to_get_request_information(**options))

    def download(
        self,
        path: str | PathLike[str],
        *,
        overwrite: bool = False,
        progress: Callable[[Progress], object] | None = None,
        **options: Unpack[ContentOptions],
    ) -> DownloadResult:
        """Download to a file; resume an interrupted download of the same content.

        The bytes are written to `<path>.part`, which is renamed once it is complete and on the disk. Its length is
        checked, and its digest if the service sends one (`Repr-Digest`, `Digest`, `Content-MD5`, or Azure's
        `x-ms-blob-content-md5`). If a later response contradicts the size or the digest in the first one, the download
        starts over, once. The service has no influence on the path.

        Args:
            path: of the file; its folder must exist. A relative path is resolved when the download starts.
            overwrite: whether to replace an existing file, in one step, at the end.
            progress: called as bytes are written, and once all of them have been.
            options: `accept`, `format` and `headers`.

        Raises:
            FileExistsError: the file exists and `overwrite` is false, or there is a `.part` that was not left by a
                download.
            BlockingIOError: another download to the same path is running.
            DownloadIncomplete: the body broke off too many times; what has arrived is kept for the next time.
            MalformedResponse: the response is not content, or contradicts the first one even after starting over.
            GraphError: the request failed.
            OSError: the file cannot be written, for example because the disk is full. What has arrived is kept, unless
                the disk may have lost some of it, or the `.part` was moved or removed.
            ValueError: the headers have a `Range`; a download sets its own.
        """
        request = self.to_get_request_information(**options)
        if request.headers.contains("Range"):
            raise ValueError("a download sets its own Range header; use stream() to read a range")

        @contextmanager
        def open_content(*, first: int, etag: str | None) -> Generator["ContentStream"]:
            part = self.to_get_request_information(**options)
            if first and etag:
                part.headers.add("Range", f"bytes={first}-")
                part.headers.add("If-Range", etag)
            with self._opener().open(part) as stream:
                yield stream

        accept = ",".join(sorted(request.headers.get("Accept")))
        source = f"{without_query(request.url)} {accept} {options.get('format') or ''}".rstrip()
        # Imported for the first download: most clients have none.
        from graph_meetings_blocking_runtime.content.download import Download  # noqa: PLC0415  imported when first needed

        download = Download(open_content, source, Path(path), self._adapter().retry, progress, overwrite=overwrite)
        with NamesRequest(request, self.request_adapter.base_url):
            return download.run()

    def to_get_request_information(self, **options: Unpack[ContentOptions]) -> GraphRequestInformation:
        """Return the request that `get` sends.

        Raises:
            TypeError: an option is unknown.
        """
        refuse_unknown(options, self._known_options)
        format_, headers = options.get("format"), options.get("headers") or {}
        accept = options.get("accept") or ("*/*" if format_ else self.media_type)
        # Ranges count the bytes as sent, which are those of the file only if nothing compresses them.
        request = self._request(None, {"headers": {"Accept": accept, **headers, "Accept-Encoding": "identity"}})
        if format_:
            self._refuse_whole_url()
            request.query_parameters["%24format"] = format_
        return request

    def _opener(self) -> "ContentOpener":
        # Imported for the first content: it needs httpx, which importing the package does not.
        from graph_meetings_blocking_runtime.content.content_opener import ContentOpener  # noqa: PLC0415  imported when first needed

        return ContentOpener(self._adapter(), self.request_adapter.base_url)

    def _adapter(self) -> GraphAdapter:
        if not isinstance(self.request_adapter, GraphAdapter):
            raise TypeError(
                f"streaming needs the request adapter of GraphMeetingsClient; {type(self.request_adapter).__name__} "
                "reads every body into memory"
            )
        return self.request_adapter
