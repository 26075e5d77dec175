"""Pages as a service may give them although no client expects it: again, empty, with items twice, out of order.

A page that is put between two others needs a link of its own back to the request: the request's query with a number
behind it, which is taken off before the service sees it.
"""

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from graph_meetings_emulator.faults.fault import DELTA_LINK, NEXT_LINK, Exchange, Fault, FaultContext
from graph_meetings_emulator.http.messages import ReceivedRequest, Reply
from graph_meetings_runtime.json_codec import JsonObject

_REPEAT_MARKER = re.compile(rb"(?:^|&)repeat=([0-9]{1,9})$")


def without_repeat_marker(request: ReceivedRequest) -> ReceivedRequest:
    """Give the request that one by a link of this module stands for."""
    if b"repeat=" not in request.raw_query:
        return request
    return replace(request, raw_query=_REPEAT_MARKER.sub(b"", request.raw_query))


@dataclass(frozen=True, slots=True)
class EmptyPage(Fault):
    """A page without items comes before the one that was asked for."""

    kind: ClassVar[str] = "empty-page"

    def applies(self, exchange: Exchange) -> bool:
        """Say whether the reply is a page."""
        return exchange.items is not None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to draw
        """Empty it."""
        return exchange.with_document(_linked_to_itself(exchange) | {"value": []})


@dataclass(frozen=True, slots=True)
class Replay(Fault):
    """A page of changes comes again after itself."""

    kind: ClassVar[str] = "replay"

    def applies(self, exchange: Exchange) -> bool:
        """Say whether the reply is a page of changes."""
        return exchange.is_delta and exchange.items is not None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to draw
        """Let its link lead back to it."""
        return exchange.with_document(_linked_to_itself(exchange))


@dataclass(frozen=True, slots=True)
class Duplicate(Fault):
    """Some items of a page of changes are in it twice."""

    kind: ClassVar[str] = "duplicate"

    def applies(self, exchange: Exchange) -> bool:
        """Say whether the reply is a page of changes that has some."""
        return exchange.is_delta and bool(exchange.items)

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Put them in again, anywhere."""
        random, items = context.random, list(exchange.items or [])
        for item in random.sample(items, random.randint(1, len(items))):
            items.insert(random.randint(0, len(items)), item)
        return exchange.with_items(items)


@dataclass(frozen=True, slots=True)
class Shuffled(Fault):
    """The items of a page of changes are in another order."""

    kind: ClassVar[str] = "shuffled"

    def applies(self, exchange: Exchange) -> bool:
        """Say whether the reply is a page of changes that has an order."""
        return exchange.is_delta and len(exchange.items or []) > 1

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Change it."""
        items = list(exchange.items or [])
        shuffled = context.random.sample(items, len(items))
        if shuffled == items:
            shuffled.reverse()
        return exchange.with_items(shuffled)


def _linked_to_itself(exchange: Exchange) -> JsonObject:
    """Give the page with a link back to itself instead of its own."""
    request = exchange.request
    found = _REPEAT_MARKER.search(request.raw_query)
    query = _REPEAT_MARKER.sub(b"", request.raw_query).decode("latin-1")
    marker = f"repeat={int(found[1]) + 1 if found else 1}"
    link = f"{request.origin}{request.raw_path.decode('latin-1')}?{'&'.join(filter(None, (query, marker)))}"
    others = {name: value for name, value in (exchange.document or {}).items() if name not in {NEXT_LINK, DELTA_LINK}}
    return others | {NEXT_LINK: link}
