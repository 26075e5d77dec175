"""What a fault is: something that makes another reply of a true one, for the requests that it can corrupt."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from http import HTTPStatus
from random import Random
from typing import ClassVar
from urllib.parse import unquote

from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.http.messages import ReceivedRequest, Reply, encode_header
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json, encode_json

NEXT_LINK = "@odata.nextLink"
DELTA_LINK = "@odata.deltaLink"


@dataclass(frozen=True)
class Exchange:
    """A request and the true reply to it, which is only made when it is looked at.

    Args:
        request: as it came over the wire.
        answer: makes the true reply.
        refuse: makes the reply of an error, as the service writes them.
    """

    request: ReceivedRequest
    answer: Callable[[], Reply]
    refuse: Callable[[ServiceError], Reply]

    @cached_property
    def reply(self) -> Reply:
        """The true reply."""
        return self.answer()

    @cached_property
    def document(self) -> JsonObject | None:
        """The JSON object of a successful reply, to be read only; `None` where the reply is something else."""
        is_json = (self.reply.header(b"content-type") or "").startswith("application/json")
        if self.reply.status != HTTPStatus.OK or self.reply.media is not None or not is_json:
            return None
        document = decode_json(self.reply.body)
        return document if isinstance(document, dict) else None

    @property
    def items(self) -> list[JsonValue] | None:
        """The items of a page; `None` where the reply is no page."""
        items = self.document.get("value") if self.document is not None else None
        return items if isinstance(items, list) else None

    @property
    def is_delta(self) -> bool:
        """Whether the request is for a page of changes."""
        segment = self.request.raw_path.rpartition(b"/")[2].partition(b"(")[0]
        return segment.rpartition(b".")[2].lower() == b"delta"

    @property
    def is_continued(self) -> bool:
        """Whether the request goes on with a listing or a delta round: its query has a token, or what was read."""
        names = {
            unquote(pair.partition("=")[0]).lower() for pair in self.request.raw_query.decode("latin-1").split("&")
        }
        return not names.isdisjoint({"skiptoken", "$skiptoken", "deltatoken", "$deltatoken", "$skip"})

    @property
    def is_download(self) -> bool:
        """Whether the reply is a stream."""
        return self.reply.media is not None

    def with_document(self, document: JsonObject) -> Reply:
        """Put another JSON object in the place of the true one."""
        return self.with_body(encode_json(document))

    def with_items(self, items: list[JsonValue]) -> Reply:
        """Put other items in the place of a page's own."""
        document = dict(self.document or {})
        document["value"] = items
        return self.with_document(document)

    def with_body(self, body: bytes, content_type: str | None = None) -> Reply:
        """Put other bytes in the place of the body."""
        reply = replace(self.reply, body=body)
        return reply if content_type is None else reply.with_headers([encode_header("content-type", content_type)])


@dataclass(frozen=True, slots=True)
class FaultContext:
    """What a fault may draw from.

    Args:
        random: decides everything that the fault leaves open.
        longest_delay: in seconds, of the delays that the fault leaves open.
        foreign_origin: scheme, host and port of a server that is not the service.
    """

    random: Random
    longest_delay: float
    foreign_origin: str


@dataclass(frozen=True, slots=True)
class Fault(ABC):
    """One way in which a service or the network fails. What a fault leaves open, `None`, is drawn each time.

    Attributes:
        kind: its name, in counts and profiles.
    """

    kind: ClassVar[str]

    @abstractmethod
    def applies(self, exchange: Exchange) -> bool:
        """Say whether the fault can happen to a request."""

    @abstractmethod
    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Make the reply to be sent instead of the true one; it is one that the fault applies to."""


class AnyRequest(Fault):
    """A fault that can happen to every request."""

    __slots__ = ()

    def applies(self, exchange: Exchange) -> bool:  # noqa: ARG002  every one
        """Say yes."""
        return True
