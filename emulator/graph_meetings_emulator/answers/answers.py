"""Answers to routes: an object, a page of a collection, a page of changes, or a stream."""

from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote

from graph_meetings_emulator.answers.advanced import check_directory
from graph_meetings_emulator.answers.caller import Caller
from graph_meetings_emulator.answers.delta import DeltaBehaviour, delta_page
from graph_meetings_emulator.answers.functions import predicate, rule_for
from graph_meetings_emulator.answers.lookups import check_nothing_found
from graph_meetings_emulator.answers.resources import find_entity, find_set, find_stream
from graph_meetings_emulator.answers.routes import Route
from graph_meetings_emulator.answers.search import search_predicate
from graph_meetings_emulator.answers.tenant import AccessCheck, Tenant
from graph_meetings_emulator.answers.writes import Writes
from graph_meetings_emulator.data.dataset import Dataset
from graph_meetings_emulator.data.entities import EntitySet
from graph_meetings_emulator.http.downloads import DownloadBehaviour
from graph_meetings_emulator.http.errors import not_allowed
from graph_meetings_emulator.http.messages import JSON_TYPE, ReceivedRequest, Reply
from graph_meetings_emulator.http.negotiation import choose_format
from graph_meetings_emulator.odata.expansion import (
    Expander,
    ExpansionBehaviour,
    columns,
    expanded_properties,
    models_of,
)
from graph_meetings_emulator.odata.page_sizes import NEWEST, PageSizes
from graph_meetings_emulator.odata.page_tokens import Position, TokenSealer
from graph_meetings_emulator.odata.paging import Listing, Page, list_page
from graph_meetings_emulator.odata.preferences import Preferences, preferences_of
from graph_meetings_emulator.odata.query import Query, parse_query, selected_names
from graph_meetings_emulator.odata.rendering import (
    LISTED,
    ItemWriter,
    Names,
    context_columns,
    entity_context,
    item_writer,
    render_entity,
    render_page,
    result_context,
    set_context,
)
from graph_meetings_emulator.odata.representation import representation_of
from graph_meetings_emulator.odata.schema import is_entity, odata_type
from graph_meetings_emulator.subscriptions.subscriptions import Subscriptions
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.operation import Returns


@dataclass(frozen=True, slots=True)
class _View:
    """Which part of each object an answer shows: its columns in the context, and what writes them."""

    columns: str
    write: ItemWriter


class Answers:
    """Answer routes from a dataset.

    Args:
        dataset: what the service knows.
        page_sizes: how many items a page has.
        secret: seals the tokens in links.

    Attributes:
        expansion: how expanded collections link to their remaining items.
        delta: how delta queries behave.
        downloads: how streams are delivered.
        tenant: what the administrators have decided.
        subscriptions: to change notifications.
        writes: answers requests that change something.
    """

    def __init__(self, dataset: Dataset, page_sizes: PageSizes, secret: str) -> None:
        self.expansion = ExpansionBehaviour()
        self.delta = DeltaBehaviour()
        self.downloads = DownloadBehaviour()
        self.tenant = Tenant()
        self.subscriptions = Subscriptions(dataset, self.tenant.now, dataset.tenant_id)
        self.writes = Writes(self.subscriptions)
        self._dataset = dataset
        self._page_sizes = page_sizes
        self._sealer = TokenSealer(secret)
        self._expander = Expander(dataset, self._sealer, page_sizes, self.expansion)

    def answer(self, route: Route, request: ReceivedRequest, root: str, caller: Caller | None = None) -> Reply:
        """Answer a request.

        Args:
            route: what its path refers to.
            request: the request.
            root: the root URL of this version of the service, as the client wrote it.
            caller: who sends it; `None` for one who may request everything and is signed in as the first user, too.

        Raises:
            ServiceError: the service refuses the request.
        """
        if caller is not None:
            route = caller.route(self._dataset.root, route)
        self.tenant.check_models([route.operation.model])
        query = parse_query(request.raw_query.decode("latin-1"), route.operation.returns, route.documented)
        self.subscriptions.forget_expired()
        match route.operation.returns:
            case Returns.ONE:
                return self._one(route, query, request, root, caller)
            case Returns.MANY:
                return self._many(route, query, request, root, caller)
            case Returns.STREAM:
                return self._stream(route, query, request, caller)
            case Returns.NOTHING:
                raise not_allowed(route.operation.methods)

    def redeem(self, request: ReceivedRequest) -> Reply:
        """Answer a request to the second origin.

        Raises:
            ServiceError: 404 if no such URL was handed out, 416 if the range starts beyond the end.
        """
        return self.downloads.redeem(request)

    def _one(self, route: Route, query: Query, request: ReceivedRequest, root: str, caller: Caller | None) -> Reply:
        entity = find_entity(self._dataset.root, route, self._check(route, caller))
        preferences = preferences_of(request)
        # For a single object, the preferred page size applies to the collections expanded in it.
        view = self._view(route.operation.model, query, preferences, expanded_size=preferences.page_size)
        body = render_entity(entity, entity_context(entity, view.columns), view.write, root)
        return Reply(200, [JSON_TYPE, *preferences.applied], body)

    def _stream(self, route: Route, query: Query, request: ReceivedRequest, caller: Caller | None) -> Reply:
        formats = find_stream(self._dataset.root, route, self._check(route, caller))
        media = choose_format(formats, query.format, request.headers.get("accept"))
        self.tenant.check_speakers(are_named=media.names_speakers)
        return self.downloads.reply(media, request)

    def _many(self, route: Route, query: Query, request: ReceivedRequest, root: str, caller: Caller | None) -> Reply:
        address = request.origin + request.raw_path.decode("latin-1")
        position = self._position(route, query, request, address)
        # The token alone decides: it carries the options of the listing's first request.
        query = parse_query(position.query, Returns.MANY, route.documented)
        preferences = preferences_of(request)
        check_directory(route, query, request)
        entities = find_set(self._dataset.root, route, self._check(route, caller))
        listing = self._listing(route, entities, query, preferences.page_size, caller)
        page = delta_page(listing, position, self.delta) if route.is_delta else list_page(listing, position)
        if not page.entities:
            check_nothing_found(self._dataset.root, entities, query)
        model = route.operation.model
        hides_names = caller is not None and entities.of_type is not None and not caller.sees_names()
        view = self._view(model, query, preferences, listed_by=route, shown=("id",) if hides_names else None)
        annotations: JsonObject = {"@odata.context": f"{root}/$metadata#{_context(route, entities, view.columns)}"}
        annotations |= self._links(page, route, query, address)
        body = render_page(page, annotations, view.write, root)
        return Reply(200, [JSON_TYPE, *preferences.applied], body)

    def _view(  # noqa: PLR0913  most by keyword
        self,
        model: type[Model],
        query: Query,
        preferences: Preferences,
        *,
        listed_by: Route | None = None,
        expanded_size: int | None = None,
        shown: Names = None,
    ) -> _View:
        names = selected_names(query.select, model)
        expanded = expanded_properties(model, query.expand, preferences)
        self.tenant.check_models(models_of(expanded))
        members = partial(self._expander.members, properties=expanded, preferred=expanded_size) if expanded else None
        listed = LISTED.get(odata_type(model)) if names is None and listed_by is not None else names
        written = shown or listed
        # Entities returned by a function state their type; log rows, which are not entities, do not.
        is_result = listed_by is not None and bool(listed_by.calls)
        annotated = odata_type(model) if is_result and is_entity(model) else None
        writer = item_writer(representation_of(model, preferences), written, odata_type=annotated, members=members)
        return _View(context_columns(names, columns(expanded)), writer)

    def _position(self, route: Route, query: Query, request: ReceivedRequest, address: str) -> Position:
        if query.token is None:
            text = request.raw_query.decode("latin-1")
            return self.delta.first(text) if route.is_delta else Position(text)
        position = self._sealer.open(query.token, route.canonical_path)
        if route.is_delta:
            self.delta.check(position, f"{address}?$deltatoken=")
        return position

    def _check(self, route: Route, caller: Caller | None) -> AccessCheck | None:
        return self.tenant.check_for(route.operation, is_delegated=_is_delegated(caller))

    def _listing(
        self, route: Route, entities: EntitySet, query: Query, preferred: int | None, caller: Caller | None
    ) -> Listing:
        model = route.operation.model
        return Listing(
            change_log=self._dataset.change_log(entities.owner, entities.path),
            model=model,
            query=query,
            predicate=predicate(
                route.calls,
                query.filter,
                model,
                self.tenant.retention_predicate(entities.path[-1]),
                self.tenant.policy_predicate(route.operation, entities.path[-1], is_delegated=_is_delegated(caller)),
                search_predicate(query.search, model),
                entities.type_predicate(),
                signed_in=self._signed_in(caller),
            ),
            size=self._page_sizes.size(model, query.top, preferred),
            newest=NEWEST.get(odata_type(model)),
        )

    def _signed_in(self, caller: Caller | None) -> str:
        if caller is not None and caller.user is not None:
            return caller.user
        return self._dataset.root.singles["me"].id if "me" in self._dataset.root.singles else ""

    def _links(self, page: Page, route: Route, query: Query, address: str) -> JsonObject:
        links: JsonObject = {}
        for name, position in (("@odata.nextLink", page.next), ("@odata.deltaLink", page.delta)):
            if position is not None and rule_for(route.calls).links_by_skip:
                links[name] = f"{address}?{_skipping(position.query, query.skip + len(page.entities))}"
            elif position is not None:
                links[name] = f"{address}?skipToken={self._sealer.seal(position, route.canonical_path)}"
        # The documents' examples count the items of the page; $count=true counts all of them.
        links["@odata.count"] = len(page.entities) if page.total is None else page.total
        return links


def _is_delegated(caller: Caller | None) -> bool:
    return caller is not None and caller.is_delegated


def _skipping(query: str, count: int) -> str:
    """Return the options of a request with another `$skip`."""
    others = [pair for pair in query.split("&") if pair and unquote(pair.partition("=")[0]).lower() != "$skip"]
    return "&".join([*others, f"$skip={count}"])


def _context(route: Route, entities: EntitySet, columns: str) -> str:
    return result_context(route.operation.model, columns) if route.calls else set_context(entities, columns)
