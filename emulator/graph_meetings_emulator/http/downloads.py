"""Replies with a stream, in full or in part, from Graph itself or from a second origin.

Source: RFC 9110, sections 13.1.5 (If-Range) and 14 (Range).
"""

import re
from dataclasses import dataclass, field
from hashlib import blake2b

from graph_meetings_emulator.data.media import Media
from graph_meetings_emulator.http.errors import ServiceError, not_found
from graph_meetings_emulator.http.messages import ByteRange, RawHeaders, ReceivedRequest, Reply, encode_header
from graph_meetings_emulator.http.script import Script, SendBody, SendHead

_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))")


@dataclass(slots=True)
class DownloadBehaviour:
    """How the service delivers streams; the documents leave all of this open.

    Attributes:
        supports_ranges: whether `Range` is honoured rather than ignored.
        redirects: whether content is served by a second origin, reached by a 302.
        cuts: how many bytes each of the next replies sends before it breaks off.
        origin: scheme, host and port of the second origin.
        tickets: streams by the secret part of their URL at the second origin.
    """

    supports_ranges: bool = True
    redirects: bool = False
    cuts: list[int] = field(default_factory=list[int])
    origin: str = ""
    tickets: dict[str, Media] = field(default_factory=dict[str, Media])

    def reply(self, media: Media, request: ReceivedRequest) -> Reply:
        """Answer with a stream, or redirect to it.

        Raises:
            ServiceError: 416 if the range starts beyond the end.
        """
        if not self.redirects:
            return self._stream(media, request)
        # Like a pre-authenticated URL of the service: whoever has it needs no token.
        ticket = blake2b(media.etag.encode(), digest_size=16).hexdigest()
        self.tickets[ticket] = media
        return Reply(302, [encode_header("location", f"{self.origin}/download/{ticket}?tempauth=made-up")])

    def redeem(self, request: ReceivedRequest) -> Reply:
        """Answer a request to the second origin.

        Raises:
            ServiceError: 404 if no such URL was handed out, 416 if the range starts beyond the end.
        """
        media = self.tickets.get(request.raw_path.decode("latin-1").rpartition("/")[2])
        if media is None:
            raise not_found()
        return self._stream(media, request)

    def _stream(self, media: Media, request: ReceivedRequest) -> Reply:
        headers: RawHeaders = [encode_header("content-type", media.media_type), encode_header("etag", media.etag)]
        part = None
        if self.supports_ranges:
            headers.append((b"accept-ranges", b"bytes"))
            part = requested_range(request, media)
        start, stop = part or (0, media.size)
        if part is not None:
            headers.append(encode_header("content-range", f"bytes {start}-{stop - 1}/{media.size}"))
        script: Script = (SendHead(), SendBody(self.cuts.pop(0))) if self.cuts else ()
        return Reply(206 if part else 200, headers, media=ByteRange(media, start, stop), script=script)


def requested_range(request: ReceivedRequest, media: Media) -> tuple[int, int] | None:
    """Return the start and stop of the range that a request asks for, or `None` for the whole stream.

    Multiple ranges and malformed ranges are ignored, as RFC 9110 allows.

    Raises:
        ServiceError: 416 if the range starts beyond the end.
    """
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or request.headers.get("if-range", media.etag) != media.etag:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, stop = max(media.size - int(suffix), 0), media.size
    else:
        start, stop = int(first), media.size if last is None else min(int(last) + 1, media.size)
        if last is not None and int(last) < start:
            return None
    if start >= stop:
        unsatisfied = {"Content-Range": f"bytes */{media.size}"}
        raise ServiceError(416, "invalidRange", "The range is not satisfiable.", unsatisfied)
    return start, stop
