"""Pages that a service may send although no client expects them: repeated, empty, with duplicates, out of order.

An extra page needs a nextLink that leads back to the same request. It is the request's query plus a marker, `repeat=`
with a counter, which is removed before the service sees the request.
"""

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from graph_meetings_emulator.faults.fault import DELTA_LINK, NEXT_LINK, Exchange, Fault, FaultContext
from graph_meetings_emulator.http.messages import ReceivedRequest, Reply
from graph_meetings_runtime.json_codec import JsonObject

_REPEAT_MARKER = re.compile(rb"(?:^|&)repeat=([0-9]{1,9})$")


def without_repeat_marker(request: ReceivedRequest) -> ReceivedRequest:
    """Return a request without the marker that this module adds to links."""
    if b"repeat=" not in request.raw_query:
        return request
    return replace(request, raw_query=_REPEAT_MARKER.sub(b"", request.raw_query))


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


def _linked_to_itself(exchange: Exchange) -> JsonObject:
    """Return the page with a link back to itself instead of its own link."""
    request = exchange.request
    found = _REPEAT_MARKER.search(request.raw_query)
    query = _REPEAT_MARKER.sub(b"", request.raw_query).decode("latin-1")
    marker = f"repeat={int(found[1]) + 1 if found else 1}"
    link = f"{request.origin}{request.raw_path.decode('latin-1')}?{'&'.join(filter(None, (query, marker)))}"
    others = {name: value for name, value in (exchange.document or {}).items() if name not in {NEXT_LINK, DELTA_LINK}}
    return others | {NEXT_LINK: link}
