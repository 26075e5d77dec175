"""From a route to its answer: one object, a page of a collection, a page of changes, or a stream."""

import re
from dataclasses import dataclass, field

from graph_meetings_emulator.dataset import Dataset
from graph_meetings_emulator.delta import DeltaBehaviour, delta_page
from graph_meetings_emulator.downloads import DownloadBehaviour
from graph_meetings_emulator.errors import bad_request
from graph_meetings_emulator.messages import JSON_TYPE, RawHeaders, ReceivedRequest, Reply, encoded
from graph_meetings_emulator.page_tokens import Position, TokenSealer
from graph_meetings_emulator.paging import Listing, Page, list_page
from graph_meetings_emulator.parameter_rules import predicate
from graph_meetings_emulator.query import Query, parse_query, selected_names
from graph_meetings_emulator.rendering import (
    entity_context,
    item_writer,
    render_entity,
    render_page,
    result_context,
    set_context,
)
from graph_meetings_emulator.resources import EntitySet, find_entity, find_set, find_stream
from graph_meetings_emulator.routes import Route
from graph_meetings_emulator.schema import odata_type
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.operations import Returns

_MAX_PAGE_SIZE = re.compile(r"(?:^|[,;])\s*(?:odata\.)?maxpagesize\s*=\s*([0-9]{1,9})")


@dataclass(slots=True)
class PageSizes:
    """How many items a page has.

    Attributes:
        default: where the request does not say.
        maximum: at most, whatever the request says.
    """

    default: int = 20
    maximum: int = 1000


@dataclass(slots=True)
class Answers:
    """Answers routes from a data set.

    Attributes:
        dataset: what there is.
        sealer: makes the tokens of links.
        page_sizes: how many items a page has.
        delta: how delta queries behave.
        downloads: how streams are handed out.
        download_origin: where streams are, when they are at another origin.
    """

    dataset: Dataset
    sealer: TokenSealer
    page_sizes: PageSizes = field(default_factory=PageSizes)
    delta: DeltaBehaviour = field(default_factory=DeltaBehaviour)
    downloads: DownloadBehaviour = field(default_factory=DownloadBehaviour)
    download_origin: str = ""

    def answer(self, route: Route, request: ReceivedRequest, root: str) -> Reply:
        """Answer a request.

        Args:
            route: what its path stands for.
            request: the request.
            root: the URL of this service and version, as the client wrote it.

        Raises:
            ServiceError: the answer is an error.
        """
        query = parse_query(request.raw_query.decode("latin-1"), route.operation.returns)
        match route.operation.returns:
            case Returns.ONE:
                return self._one(route, query, root)
            case Returns.MANY:
                return self._many(route, query, request, root)
            case Returns.STREAM:
                return self._stream(route, request)

    def _one(self, route: Route, query: Query, root: str) -> Reply:
        entity = find_entity(self.dataset.root, route)
        names = selected_names(query.select, route.operation.model)
        return Reply(200, [JSON_TYPE], render_entity(entity, entity_context(entity, names), names, root))

    def _stream(self, route: Route, request: ReceivedRequest) -> Reply:
        media = find_stream(self.dataset.root, route)
        if self.downloads.redirects:
            location = self.download_origin + self.downloads.issue_ticket(media)
            return Reply(302, [encoded("location", location)])
        return self.downloads.reply(media, request)

    def _many(self, route: Route, query: Query, request: ReceivedRequest, root: str) -> Reply:
        address = request.origin + request.raw_path.decode("latin-1")
        position = self._position(route, query, request, address)
        # Only the token in a link decides: the options are those of the listing's first request.
        query = parse_query(position.query, Returns.MANY)
        preferred = preferred_page_size(request)
        entities = find_set(self.dataset.root, route)
        listing = self._listing(route, entities, query, preferred)
        page = delta_page(listing, position, self.delta) if route.is_delta else list_page(listing, position)
        names = selected_names(query.select, route.operation.model)
        annotations: JsonObject = {"@odata.context": f"{root}/$metadata#{_context(route, entities, names)}"}
        annotations |= self._links(page, route, address)
        annotated = odata_type(route.operation.model) if route.calls else None
        body = render_page(page, annotations, item_writer(names, annotated), root)
        applied: RawHeaders = [] if preferred is None else [_preference_applied(preferred)]
        return Reply(200, [JSON_TYPE, *applied], body)

    def _position(self, route: Route, query: Query, request: ReceivedRequest, address: str) -> Position:
        if query.token is None:
            text = request.raw_query.decode("latin-1")
            return self.delta.first(text) if route.is_delta else Position(text)
        position = self.sealer.open(query.token, route.identity)
        if route.is_delta:
            self.delta.check(position, f"{address}?$deltatoken=")
        return position

    def _listing(self, route: Route, entities: EntitySet, query: Query, preferred: int | None) -> Listing:
        wishes = [size for size in (query.top, preferred) if size is not None]
        return Listing(
            feed=self.dataset.feed(entities.owner, entities.path),
            model=route.operation.model,
            query=query,
            predicate=predicate(route.calls, query.filter, route.operation.model),
            size=min([*(wishes or [self.page_sizes.default]), self.page_sizes.maximum]),
        )

    def _links(self, page: Page, route: Route, address: str) -> JsonObject:
        links: JsonObject = {}
        for name, position in (("@odata.nextLink", page.next), ("@odata.deltaLink", page.delta)):
            if position is not None:
                links[name] = f"{address}?skipToken={self.sealer.seal(position, route.identity)}"
        # The documents' examples count the page; $count=true asks for all.
        links["@odata.count"] = len(page.entities) if page.total is None else page.total
        return links


def preferred_page_size(request: ReceivedRequest) -> int | None:
    """Read `Prefer: odata.maxpagesize` from a request's headers."""
    match = _MAX_PAGE_SIZE.search(request.headers.get("prefer", ""))
    if match is None:
        return None
    if int(match[1]) == 0:
        raise bad_request("odata.maxpagesize must be greater than 0.")
    return int(match[1])


def _preference_applied(size: int) -> tuple[bytes, bytes]:
    return encoded("preference-applied", f"odata.maxpagesize={size}")


def _context(route: Route, entities: EntitySet, names: tuple[str, ...] | None) -> str:
    return result_context(route.operation.model, names) if route.calls else set_context(entities, names)
