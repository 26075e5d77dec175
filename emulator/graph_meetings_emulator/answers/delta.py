"""Delta queries: what was added, changed or removed since a position in a change log.

Source: https://learn.microsoft.com/graph/delta-query-overview
"""

from dataclasses import dataclass

from msgspec.structs import replace

from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.odata.page_tokens import Position
from graph_meetings_emulator.odata.paging import Listing, Page, scan


@dataclass(slots=True)
class DeltaBehaviour:
    """Optional behaviour of delta queries, all of which a service is allowed to show.

    Attributes:
        empty_pages: how many empty pages come before each page that may have items.
        repeats: how many items of the previous page each page repeats, and how many of its own items it has twice.
    """

    empty_pages: int = 0
    repeats: int = 0
    _generation: int = 0
    _tells_location: bool = True
    _refusal: tuple[int, str] = (410, "resyncRequired")

    def expire_tokens(self, *, location: bool = True, status: int = 410, code: str = "resyncRequired") -> None:
        """Expire every token handed out so far.

        Args:
            location: whether a `Location` header says where to start over.
            status: the HTTP status; the documents mention 40x for tokens that are too old.
            code: the error code, such as `syncStateNotFound`.
        """
        self._generation += 1
        self._tells_location = location
        self._refusal = status, code

    def check(self, position: Position, start_over: str) -> None:
        """Refuse a position whose token has expired.

        Raises:
            ServiceError: 410, or the error given to `expire_tokens`.
        """
        if position.generation != self._generation:
            headers = {"Location": start_over} if self._tells_location else {}
            raise ServiceError(*self._refusal, "The delta token is no longer valid; start over.", headers)

    def first(self, query: str) -> Position:
        """Return the start of a full synchronization."""
        return Position(query, empty_pages=self.empty_pages, generation=self._generation)


def delta_page(listing: Listing, position: Position, behaviour: DeltaBehaviour) -> Page:
    """Return the page of a delta round at a position."""
    log = listing.change_log.entries
    # A round ends where the log ended when the round began: later changes belong to the next round.
    round_ = position if position.stop >= 0 else replace(position, stop=len(log))
    if round_.empty_pages:
        return Page(next=replace(round_, empty_pages=round_.empty_pages - 1))
    known = log[round_.since - 1][0] if round_.since else 0

    def is_included(entity: Entity) -> bool:
        return (entity.added <= known if entity.is_removed else True) and listing.matches(entity)

    found, end = scan(log, round_.start, round_.stop, is_included, listing.size)
    items = _repeated(listing, round_, behaviour.repeats) + found + found[: behaviour.repeats]
    following = replace(round_, previous=round_.start, empty_pages=behaviour.empty_pages)
    if end is not None:
        return Page(items, next=replace(following, start=end))
    return Page(items, delta=replace(following, start=round_.stop, since=round_.stop, stop=-1))


def _repeated(listing: Listing, position: Position, count: int) -> list[Entity]:
    if position.previous < 0 or count == 0:
        return []
    return scan(listing.change_log.entries, position.previous, position.start, listing.includes, count)[0]
