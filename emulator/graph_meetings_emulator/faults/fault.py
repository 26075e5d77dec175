"""A fault: it turns the true reply to a request into a different one."""

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
    """A request and the true reply to it, which is made on first use.

    Args:
        request: the request as received.
        answer: makes the true reply.
        refuse: makes an error reply like the service's own.
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
        """The JSON object of a successful reply, not to be modified; `None` if the reply is anything else."""
        is_json = (self.reply.header(b"content-type") or "").startswith("application/json")
        if self.reply.status != HTTPStatus.OK or self.reply.media is not None or not is_json:
            return None
        document = decode_json(self.reply.body)
        return document if isinstance(document, dict) else None

    @property
    def items(self) -> list[JsonValue] | None:
        """The items of a page; `None` if the reply is not a page."""
        items = self.document.get("value") if self.document is not None else None
        return items if isinstance(items, list) else None

    @property
    def is_delta(self) -> bool:
        """Whether the request is for a page of changes."""
        segment = self.request.raw_path.rpartition(b"/")[2].partition(b"(")[0]
        return segment.rpartition(b".")[2].lower() == b"delta"

    @property
    def is_continued(self) -> bool:
        """Whether the request continues a listing or a delta round: its query has a token or `$skip`."""
        names = {
            unquote(pair.partition("=")[0]).lower() for pair in self.request.raw_query.decode("latin-1").split("&")
        }
        return not names.isdisjoint({"skiptoken", "$skiptoken", "deltatoken", "$deltatoken", "$skip"})

    @property
    def is_download(self) -> bool:
        """Whether the reply is a stream."""
        return self.reply.media is not None

    def with_document(self, document: JsonObject) -> Reply:
        """Return the reply with another JSON object."""
        return self.with_body(encode_json(document))

    def with_items(self, items: list[JsonValue]) -> Reply:
        """Return the page with other items."""
        document = dict(self.document or {})
        document["value"] = items
        return self.with_document(document)

    def with_body(self, body: bytes, content_type: str | None = None) -> Reply:
        """Return the reply with another body."""
        reply = replace(self.reply, body=body)
        return reply if content_type is None else reply.with_headers([encode_header("content-type", content_type)])


@dataclass(frozen=True, slots=True)
class FaultContext:
    """What a fault uses to choose whatever it leaves open.

    Args:
        random: makes the choices.
        longest_delay: the longest delay to choose, in seconds.
        foreign_origin: scheme, host and port of a server that is not the service.
    """

    random: Random
    longest_delay: float
    foreign_origin: str


@dataclass(frozen=True, slots=True)
class Fault(ABC):
    """One way in which the service or the network fails. Arguments left as `None` are chosen at random each time.

    Attributes:
        kind: the name of the fault in counts and profiles.
    """

    kind: ClassVar[str]

    @abstractmethod
    def applies(self, exchange: Exchange) -> bool:
        """Return whether the fault can happen to a request."""

    @abstractmethod
    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Return the reply to send instead of the true one. The fault must apply to the exchange."""


class AnyRequest(Fault):
    """A fault that can happen to every request."""

    __slots__ = ()

    def applies(self, exchange: Exchange) -> bool:  # noqa: ARG002  applies to all
        """Return `True`."""
        return True
