"""Downloads from a server that gets ranges or entity tags wrong.

Source: RFC 9110, sections 8.8.3 (ETag), 14 (Range) and 15.5.17 (416).
"""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import ClassVar

from graph_meetings_emulator.faults.fault import Exchange, Fault, FaultContext
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.http.messages import ByteRange, Reply, encode_header


@dataclass(frozen=True, slots=True)
class ChangedEtag(Fault):
    """The entity tag changes although the bytes stay the same."""

    kind: ClassVar[str] = "changed-etag"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a stream."""
        return exchange.is_download

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Change the entity tag."""
        return exchange.reply.with_headers([encode_header("etag", f'"{context.random.getrandbits(128):032x}"')])


@dataclass(frozen=True, slots=True)
class RangeIgnored(Fault):
    """A request for a range is answered with the whole stream."""

    kind: ClassVar[str] = "range-ignored"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a range."""
        return exchange.is_download and exchange.reply.status == HTTPStatus.PARTIAL_CONTENT

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to choose
        """Return the whole stream."""
        media = exchange.reply.media
        whole = None if media is None else ByteRange(media.media, 0, media.media.size)
        headers = [pair for pair in exchange.reply.headers if pair[0] not in {b"content-range", b"accept-ranges"}]
        return replace(exchange.reply, status=200, headers=headers, media=whole)


@dataclass(frozen=True, slots=True)
class RangeNotSatisfiable(Fault):
    """416, whatever the range requested."""

    kind: ClassVar[str] = "range-not-satisfiable"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the request is for a range of a stream."""
        return exchange.is_download and "range" in exchange.request.headers

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to choose
        """Return a 416."""
        media = exchange.reply.media
        size = 0 if media is None else media.media.size
        headers = {"Content-Range": f"bytes */{size}"}
        return exchange.refuse(ServiceError(416, "invalidRange", "The range is not satisfiable.", headers))
