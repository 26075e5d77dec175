"""Pages that a service may send although no client expects them: repeated, empty, with duplicates, out of order.

An extra page needs a nextLink that leads back to the same request. It is the request's query plus a marker, `repeat=`
or `endless=` with a counter, which is removed before the service sees the request.
"""

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from graph_meetings_emulator.faults.fault import DELTA_LINK, NEXT_LINK, Exchange, Fault, FaultContext
from graph_meetings_emulator.http.messages import ReceivedRequest, Reply
from graph_meetings_runtime.json_codec import JsonObject

_MARKER = re.compile(rb"(?:^|&)(repeat|endless)=([0-9]{1,9})(?:of([0-9]{1,9}))?$")
_REPEAT = "repeat"
_ENDLESS = "endless"


def without_marker(request: ReceivedRequest) -> ReceivedRequest:
    """Return a request without the marker that this module adds to links."""
    if b"repeat=" not in request.raw_query and b"endless=" not in request.raw_query:
        return request
    return replace(request, raw_query=_MARKER.sub(b"", request.raw_query))


@dataclass(frozen=True, slots=True)
class EmptyPage(Fault):
    """An empty page comes before the one requested."""

    kind: ClassVar[str] = "empty-page"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a page."""
        return exchange.items is not None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to choose
        """Remove the items."""
        return exchange.with_document(_linked_to_itself(exchange) | {"value": []})


@dataclass(frozen=True, slots=True)
class EndlessPages(Fault):
    """An empty page comes instead of the one requested, and its link leads to another one, with a link of its own.

    Source: reports of live tenants, where getAllTranscripts did so.

    Args:
        pages: how many empty pages come before the one requested; `None` for no end.

    Raises:
        ValueError: `pages` is less than 1.
    """

    kind: ClassVar[str] = "endless-pages"
    pages: int | None = None

    def __post_init__(self) -> None:
        if self.pages is not None and self.pages < 1:
            raise ValueError(f"EndlessPages: pages must be at least 1, not {self.pages}")

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a page."""
        return exchange.items is not None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to choose
        """Remove the items, and link to the next empty page."""
        end = "" if self.pages is None else f"of{self.pages}"
        return exchange.with_document(_linked_to_itself(exchange, _ENDLESS, end) | {"value": []})

    @classmethod
    def continued(cls, request: ReceivedRequest) -> "EndlessPages | None":
        """Return the fault that a request continues, because it follows a link of an empty page; `None` if none."""
        found = _MARKER.search(request.raw_query) if b"endless=" in request.raw_query else None
        if found is None or found[1] != _ENDLESS.encode():
            return None
        pages = None if found[3] is None else int(found[3])
        return cls(pages) if pages is None or int(found[2]) < pages else None


@dataclass(frozen=True, slots=True)
class Replay(Fault):
    """A page of changes is sent twice."""

    kind: ClassVar[str] = "replay"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a page of changes."""
        return exchange.is_delta and exchange.items is not None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to choose
        """Make the link lead back to the same page."""
        return exchange.with_document(_linked_to_itself(exchange))


@dataclass(frozen=True, slots=True)
class Duplicate(Fault):
    """A page of changes has some items twice."""

    kind: ClassVar[str] = "duplicate"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a page of changes with items."""
        return exchange.is_delta and bool(exchange.items)

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Insert the duplicates at random places."""
        random, items = context.random, list(exchange.items or [])
        for item in random.sample(items, random.randint(1, len(items))):
            items.insert(random.randint(0, len(items)), item)
        return exchange.with_items(items)


@dataclass(frozen=True, slots=True)
class Shuffled(Fault):
    """The items of a page of changes are out of order."""

    kind: ClassVar[str] = "shuffled"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a page of changes with at least two items."""
        return exchange.is_delta and len(exchange.items or []) > 1

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Shuffle the items."""
        items = list(exchange.items or [])
        shuffled = context.random.sample(items, len(items))
        if shuffled == items:
            shuffled.reverse()
        return exchange.with_items(shuffled)


def _linked_to_itself(exchange: Exchange, name: str = _REPEAT, end: str = "") -> JsonObject:
    """Return the page with a link back to itself instead of its own link."""
    request = exchange.request
    found = _MARKER.search(request.raw_query)
    query = _MARKER.sub(b"", request.raw_query).decode("latin-1")
    number = int(found[2]) + 1 if found and found[1] == name.encode() else 1
    marker = f"{name}={number}{end}"
    link = f"{request.origin}{request.raw_path.decode('latin-1')}?{'&'.join(filter(None, (query, marker)))}"
    others = {name: value for name, value in (exchange.document or {}).items() if name not in {NEXT_LINK, DELTA_LINK}}
    return others | {NEXT_LINK: link}
