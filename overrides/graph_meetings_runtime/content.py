"""Media streams: the bytes of a recording or a transcript, held in memory only where someone asks for that.

Source: https://learn.microsoft.com/graph/api/callrecording-get
"""

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from os import PathLike
from pathlib import Path
from typing import Self, TypedDict, Unpack
from urllib.parse import urljoin

import httpx

from graph_meetings_runtime.adapter import GraphRequestAdapter
from graph_meetings_runtime.content_stream import ContentStream
from graph_meetings_runtime.download import Download, DownloadResult, Progress
from graph_meetings_runtime.errors import DownloadIncomplete, LinkRefused
from graph_meetings_runtime.origin import Origin, without_query
from graph_meetings_runtime.request_builder import RequestBuilder
from graph_meetings_runtime.request_information import GraphRequestInformation

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5


class ContentOptions(TypedDict, total=False):
    """Keywords of a request for bytes.

    `accept` is the media type wanted, such as `application/vnd.microsoft.graph.transcript+text`; `format` says the
    same in the URL, for the types that the service takes there, such as `text/vtt`.
    """

    accept: str
    format: str
    headers: Mapping[str, str]


class ContentRequestBuilder(RequestBuilder):
    """A path that answers with bytes.

    The service may send them itself or redirect to another host; the token goes to the service only.
    """

    query_template = "{?%24format}"
    media_type = "*/*"

    @classmethod
    def of(cls, parent: RequestBuilder, segment: str, media_type: str) -> Self:
        """Make the builder of a stream that comes in several types, one of which is asked for unless told otherwise."""
        builder = cls.below(parent, segment)
        builder.media_type = media_type
        return builder

    async def get(self, **options: Unpack[ContentOptions]) -> bytes:
        """Fetch the whole content into memory.

        Args:
            options: `accept`, `format` and `headers`.

        Raises:
            DownloadIncomplete: the body broke off too often.
            GraphError: the request failed.
        """
        retry = self._adapter().retry
        began = time.monotonic()
        for attempt in itertools.count(1):
            try:
                async with self._open(options) as stream:
                    return b"".join([chunk async for chunk in stream])
            except DownloadIncomplete:
                delay = retry.delay(attempt, time.monotonic() - began, {})
                if delay is None:
                    raise
                await asyncio.sleep(delay)
        raise AssertionError  # the count has no end

    @asynccontextmanager
    async def stream(self, **options: Unpack[ContentOptions]) -> AsyncGenerator[ContentStream]:
        """Open the content: `async with builder.stream() as stream: async for chunk in stream: …`.

        Args:
            options: `accept`, `format` and `headers`.

        Raises:
            GraphError: the request failed.
        """
        async with self._open(options) as stream:
            yield stream

    async def download(
        self,
        path: str | PathLike[str],
        *,
        overwrite: bool = False,
        progress: Callable[[Progress], object] | None = None,
        **options: Unpack[ContentOptions],
    ) -> DownloadResult:
        """Download to a file, taking up an earlier download of the same content that was interrupted.

        The bytes go to `<path>.part`, and the file appears under its name only when it is whole. The caller alone
        chooses the path.

        Args:
            path: the file; its folder must exist.
            overwrite: whether an existing file may be replaced, in one step, at the end.
            progress: called after each chunk, with bytes.
            options: `accept`, `format` and `headers`.

        Raises:
            FileExistsError: the file exists and `overwrite` is false.
            DownloadIncomplete: the body broke off too often; what came is kept for the next time.
            GraphError: the request failed.
            OSError: the file cannot be written.
        """
        target = Path(path)
        if not overwrite and target.exists():  # noqa: ASYNC240  one stat
            raise FileExistsError(f"{target} exists; choose another name or pass overwrite=True")

        @asynccontextmanager
        async def open_content(*, first: int, etag: str | None) -> AsyncGenerator[ContentStream]:
            async with self._open(options, first=first, etag=etag) as stream:
                yield stream

        adapter = self._adapter()
        source = without_query(self.to_get_request_information(**options).url)
        return await Download(open_content, source, target, adapter.retry, progress).run()

    def to_get_request_information(self, **options: Unpack[ContentOptions]) -> GraphRequestInformation:
        """Make the request that `get` sends."""
        return self._content_request(options)

    def _content_request(self, options: ContentOptions) -> GraphRequestInformation:
        request = GraphRequestInformation(self.url_template, dict(self.path_parameters))
        request.path_parameters.setdefault("baseurl", self.request_adapter.base_url)
        # Ranges count the bytes that are sent, and a file's bytes only while nothing compresses them.
        accept = options.get("accept", "*/*" if "format" in options else self.media_type)
        request.headers.add_all({"Accept": accept, "Accept-Encoding": "identity"})
        if "format" in options:
            request.query_parameters["%24format"] = options["format"]
        for name, value in options.get("headers", {}).items():
            request.headers.remove(name)
            request.headers.add(name, value)
        return request

    @asynccontextmanager
    async def _open(
        self, options: ContentOptions, *, first: int = 0, etag: str | None = None
    ) -> AsyncGenerator[ContentStream]:
        request = self._content_request(options)
        if first and etag:
            request.headers.add_all({"Range": f"bytes={first}-", "If-Range": etag})
        adapter = self._adapter()
        response = await adapter.respond(request, stream=True)
        for _ in range(_MOST_REDIRECTS):
            if response.status_code not in _REDIRECTS:
                break
            url = _redirect_target(response, adapter.base_url)
            await response.aclose()
            response = await adapter.respond_elsewhere(url, _without_secrets(request))
        try:
            if response.status_code in _REDIRECTS:
                raise LinkRefused(f"the content of {without_query(request.url)} is redirected without an end")
            yield ContentStream(response)
        finally:
            await response.aclose()

    def _adapter(self) -> GraphRequestAdapter:
        if not isinstance(self.request_adapter, GraphRequestAdapter):
            raise TypeError(
                f"streaming needs the adapter that GraphMeetingsClient makes; {type(self.request_adapter).__name__} "
                "reads every body into memory"
            )
        return self.request_adapter


def _redirect_target(response: httpx.Response, base_url: str) -> str:
    location: str = response.headers.get("Location", "")
    try:
        url: str = urljoin(str(response.url), location)
        origin = Origin.of(url)
    except ValueError as error:
        raise LinkRefused(f"the service redirects to a place that cannot be followed: {error}") from None
    is_local = origin.is_loopback and Origin.of(base_url).is_loopback
    if origin.scheme != "https" and not is_local:
        raise LinkRefused(f"the service redirects to {origin.scheme}://{origin.host}, and only https is followed")
    return url


def _without_secrets(request: GraphRequestInformation) -> dict[str, str]:
    kept = {"accept", "accept-encoding", "range", "if-range"}
    return {name: value for name, value in (request.request_headers or {}).items() if name.lower() in kept}
