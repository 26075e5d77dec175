"""Answers with a stream: whole, or the range asked for; here, or by way of another origin.

Source: RFC 9110, sections 13.1.5 (If-Range) and 14 (Range).
"""

import re
from dataclasses import dataclass, field
from hashlib import blake2b

from graph_meetings_emulator.data.media import Media
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.http.messages import ByteRange, RawHeaders, ReceivedRequest, Reply, encode_header
from graph_meetings_emulator.http.script import Script, SendBody, SendHead

_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))")


@dataclass(slots=True)
class DownloadBehaviour:
    """How the service hands out streams; the documents leave all of it open.

    Attributes:
        supports_ranges: whether `Range` is honoured; otherwise it is ignored.
        redirects: whether content is at another origin, reached by a 302.
        cuts: after how many bytes the next answers break off.
        tickets: streams by the secret part of their address at the other origin.
    """

    supports_ranges: bool = True
    redirects: bool = False
    cuts: list[int] = field(default_factory=list[int])
    tickets: dict[str, Media] = field(default_factory=dict[str, Media])

    def issue_ticket(self, media: Media) -> str:
        """Make an address for a stream at the other origin, as good as a token to whoever has it."""
        ticket = blake2b(media.etag.encode(), digest_size=16).hexdigest()
        self.tickets[ticket] = media
        return f"/download/{ticket}?tempauth=made-up"

    def reply(self, media: Media, request: ReceivedRequest) -> Reply:
        """Answer with a stream.

        Raises:
            ServiceError: 416 where the range asked for is beyond the end.
        """
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
    """Read the range that a request asks for, as start and stop; `None` stands for the whole.

    Several ranges, and a range that is none, count as no range, as RFC 9110 allows.

    Raises:
        ServiceError: 416 where the range is beyond the end.
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
