"""Pages of a list, each read from where the previous one ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec.structs import replace

from graph_meetings_emulator.data.entities import ChangeLog, Entity
from graph_meetings_emulator.odata.filters import Predicate
from graph_meetings_emulator.odata.page_tokens import Position
from graph_meetings_emulator.odata.query import Query, sort_keys, sort_value
from graph_meetings_runtime.models.model import Model

Log: TypeAlias = Sequence[tuple[int, Entity]]
Wanted: TypeAlias = Callable[[Entity], bool]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a request lists.

    Args:
        change_log: the set of entities.
        model: the type of its items.
        query: the options of the first request.
        predicate: the condition that items must meet; `None` for all.
        size: the number of items per page.
        newest: list only this many of the newest items; `None` for all.
    """

    change_log: ChangeLog
    model: type[Model]
    query: Query
    predicate: Predicate | None
    size: int
    newest: int | None = None

    def includes(self, entity: Entity) -> bool:
        """Return whether an entity is in the list."""
        return not entity.is_removed and self.matches(entity)

    def matches(self, entity: Entity) -> bool:
        """Return whether an entity, removed or not, meets the condition."""
        return self.predicate is None or self.predicate(entity)


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its items, and where the next page or the next delta round starts."""

    entities: list[Entity] = field(default_factory=list[Entity])
    next: Position | None = None
    delta: Position | None = None
    total: int | None = None


def list_page(listing: Listing, position: Position) -> Page:
    """Return the page of a list at a position."""
    log = _in_order(listing)
    start, total = position.start, position.total
    if start == 0:
        start = _skipped(log, listing)
        total = sum(listing.includes(entity) for entity in current(log)) if listing.query.count else None
    entities, end = scan(log, start, len(log), listing.includes, listing.size)
    following = None if end is None else replace(position, start=end, total=total)
    return Page(entities, next=following, total=total)


def scan(log: Log, start: int, stop: int, wanted: Wanted, limit: int) -> tuple[list[Entity], int | None]:
    """Return up to `limit` wanted entities, and the index of the next one after them, if any."""
    found: list[Entity] = []
    for index in range(start, stop):
        change, entity = log[index]
        if entity.changed == change and wanted(entity):
            if len(found) == limit:
                return found, index
            found.append(entity)
    return found, None


def current(log: Log) -> list[Entity]:
    """Return the entities whose latest change is in a log."""
    return [entity for change, entity in log if entity.changed == change]


def _skipped(log: Log, listing: Listing) -> int:
    if listing.query.skip == 0:
        return 0
    end = scan(log, 0, len(log), listing.includes, listing.query.skip)[1]
    return len(log) if end is None else end


def _in_order(listing: Listing) -> Log:
    """Return the log itself, or a sorted copy, which is kept until the set changes."""
    change_log, orderby = listing.change_log, listing.query.orderby
    if listing.newest is not None:
        kept = [entity for entity in current(change_log.entries) if not entity.is_removed][-listing.newest :]
        change_log = ChangeLog([(entity.changed, entity) for entity in kept])
    if orderby is None:
        return change_log.entries
    length, ordered = change_log.orders.get(orderby, (-1, []))
    if length != len(change_log.entries):
        length, ordered = len(change_log.entries), _sorted(change_log.entries, orderby, listing.model)
        change_log.orders[orderby] = length, ordered
    return ordered


def _sorted(log: Log, orderby: str, model: type[Model]) -> list[tuple[int, Entity]]:
    entities = [entity for entity in current(log) if not entity.is_removed]
    for key, descends in reversed(sort_keys(orderby, model)):
        entities.sort(key=lambda entity: sort_value(entity.properties, key), reverse=descends)
    return [(entity.changed, entity) for entity in entities]
