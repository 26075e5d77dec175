"""Evaluate `$expand`: write related objects into an object, paging those in large collections.

Source: OData 4.01 JSON format, section 8; https://learn.microsoft.com/graph/api/callrecords-callrecord-get
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.data.meeting_json import GRAPH_ROOT
from graph_meetings_emulator.data.store import Store
from graph_meetings_emulator.odata.filters import compile_filter
from graph_meetings_emulator.odata.page_sizes import PageSizes
from graph_meetings_emulator.odata.page_tokens import Position, TokenSealer
from graph_meetings_emulator.odata.paging import Listing, Page, list_page
from graph_meetings_emulator.odata.preferences import Preferences
from graph_meetings_emulator.odata.query import Expansion, Query, selected_names
from graph_meetings_emulator.odata.rendering import Names, item_writer
from graph_meetings_emulator.odata.representation import Representation, representation_of
from graph_meetings_emulator.odata.schema import Navigation, find_navigation, navigations, odata_type
from graph_meetings_runtime.json_codec import JsonObject, encode_json
from graph_meetings_runtime.models.model import Model

_ALWAYS_EXPANDED = {"microsoft.graph.callRecords.callRecord": ("organizer_v2",)}
"""The metadata's AutoExpand: what every object of a type includes, requested or not."""


@dataclass(slots=True)
class ExpansionBehaviour:
    """How expanded collections link to their remaining items.

    Attributes:
        metadata_links: whether nextLinks look as in the documents' examples, `…/$metadata#…`, which cannot be fetched.
    """

    metadata_links: bool = False


@dataclass(frozen=True, slots=True)
class ExpandedProperty:
    """A property to expand, checked against the metadata.

    Attributes:
        navigation: the property.
        query: its options.
        text: its options, written as the query of a URL.
        names: the selected properties of its objects.
        representation: how its objects are written.
        nested: the properties to expand in its objects.
        is_requested: whether the request names it.
    """

    navigation: Navigation
    query: Query
    text: str
    names: Names
    representation: Representation
    nested: tuple["ExpandedProperty", ...]
    is_requested: bool = True

    @property
    def column(self) -> str:
        """Its part of a context URL: `sessions(segments())`."""
        return f"{self.navigation.name}({','.join([*(self.names or ()), *columns(self.nested)])})"


def expanded_properties(
    model: type[Model], expand: tuple[Expansion, ...], preferences: Preferences
) -> tuple[ExpandedProperty, ...]:
    """Check a `$expand` against a model and add what is always expanded.

    Raises:
        ServiceError: 400 if it names anything but navigation properties of the model.
    """
    return _expanded_properties(model, expand, preferences) if expand or odata_type(model) in _ALWAYS_EXPANDED else ()


@lru_cache(maxsize=4096)
def _expanded_properties(
    model: type[Model], expand: tuple[Expansion, ...], preferences: Preferences
) -> tuple[ExpandedProperty, ...]:
    asked = [_expanded_property(model, expansion, preferences) for expansion in expand]
    names = {expanded.navigation.name for expanded in asked}
    always = [
        _expanded_property(model, Expansion(name, Query(), ""), preferences, is_requested=False)
        for name in _ALWAYS_EXPANDED.get(odata_type(model), ())
        if name not in names and name in navigations(model)
    ]
    return tuple(always + asked)


def _expanded_property(
    model: type[Model], expansion: Expansion, preferences: Preferences, *, is_requested: bool = True
) -> ExpandedProperty:
    navigation = find_navigation(model, expansion.name)
    query = expansion.query
    return ExpandedProperty(
        navigation,
        query,
        expansion.text,
        selected_names(query.select, navigation.model),
        representation_of(navigation.model, preferences),
        expanded_properties(navigation.model, query.expand, preferences),
        is_requested,
    )


def columns(properties: tuple[ExpandedProperty, ...]) -> tuple[str, ...]:
    """Return the requested properties as context URLs list them."""
    return tuple(expanded.column for expanded in properties if expanded.is_requested)


def models_of(properties: tuple[ExpandedProperty, ...]) -> Iterator[type[Model]]:
    """Yield the models of everything expanded, nested ones included."""
    for expanded in properties:
        yield expanded.navigation.model
        yield from models_of(expanded.nested)


@dataclass(frozen=True, slots=True)
class Expander:
    """Write what is expanded.

    Args:
        store: what the service knows.
        sealer: makes the tokens in links.
        page_sizes: how many items a page has.
        behaviour: what links look like.
    """

    store: Store
    sealer: TokenSealer
    page_sizes: PageSizes
    behaviour: ExpansionBehaviour

    def members(self, entity: Entity, properties: tuple[ExpandedProperty, ...], preferred: int | None = None) -> bytes:
        """Write the expanded properties of an object, as a JSON object of their own.

        Args:
            entity: the object.
            properties: what to expand.
            preferred: the page size of expanded collections that the request prefers.
        """
        # A test may have written the property into the JSON itself.
        parts = [
            self._member(entity, expanded, preferred)
            for expanded in properties
            if expanded.navigation.name not in entity.properties
        ]
        return b"{" + b",".join(filter(None, parts)) + b"}"

    def _member(self, entity: Entity, expanded: ExpandedProperty, preferred: int | None) -> bytes:
        name = expanded.navigation.name
        write = item_writer(
            expanded.representation,
            expanded.names,
            members=lambda item: self.members(item, expanded.nested),
        )
        context = f"{GRAPH_ROOT}/$metadata#{entity.key_path}/{name}"
        if not expanded.navigation.is_collection:
            target = entity.singles.get(name)
            if target is None:
                return b"" if expanded.representation.omits_nulls else encode_json({name: None})[1:-1]
            annotations: JsonObject = {f"{name}@odata.context": f"{context}/$entity"}
            value = write(target)
        else:
            page = self._page(entity, expanded, preferred)
            annotations = {f"{name}@odata.context": context, **self._annotations(entity, expanded, page)}
            value = b"[" + b",".join(map(write, page.entities)) + b"]"
        return encode_json(annotations)[1:-1] + b"," + encode_json(name) + b":" + value

    def _page(self, entity: Entity, expanded: ExpandedProperty, preferred: int | None) -> Page:
        model, query = expanded.navigation.model, expanded.query
        listing = Listing(
            change_log=self.store.change_log(entity, (expanded.navigation.name,)),
            model=model,
            query=query,
            predicate=None if query.filter is None else compile_filter(query.filter, model),
            size=self.page_sizes.size(model, query.top, preferred),
        )
        return list_page(listing, Position(expanded.text))

    def _annotations(self, entity: Entity, expanded: ExpandedProperty, page: Page) -> JsonObject:
        name = expanded.navigation.name
        found: JsonObject = {}
        if page.total is not None:
            found[f"{name}@odata.count"] = page.total
        is_cut_by_top = expanded.query.top == len(page.entities)
        if page.next is not None and not is_cut_by_top:
            token = self.sealer.seal(page.next, f"{entity.canonical_path}/{name}")
            if self.behaviour.metadata_links:
                options = f"{expanded.text}&" if expanded.text else ""
                address = f"$metadata#{entity.key_path}/{name}?{options}$skiptoken={token}"
            else:
                address = f"{entity.url_path}/{name}?skipToken={token}"
            found[f"{name}@odata.nextLink"] = f"{GRAPH_ROOT}/{address}"
        return found
