"""`$expand`: what an object contains, written into it, in pages of its own where there is much of it.

Source: OData 4.01 JSON format, section 8; https://learn.microsoft.com/graph/api/callrecords-callrecord-get
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from graph_meetings_emulator.data.dataset import Dataset
from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.data.meeting_json import GRAPH_ROOT
from graph_meetings_emulator.odata.filters import compile_filter
from graph_meetings_emulator.odata.page_sizes import PageSizes
from graph_meetings_emulator.odata.page_tokens import Position, TokenSealer
from graph_meetings_emulator.odata.paging import Listing, Page, list_page
from graph_meetings_emulator.odata.preferences import Preferences
from graph_meetings_emulator.odata.query import Expansion, Query, selected_names
from graph_meetings_emulator.odata.rendering import Names, item_writer
from graph_meetings_emulator.odata.representation import Shape, shape_of
from graph_meetings_emulator.odata.schema import Navigation, find_navigation, navigations, odata_type
from graph_meetings_runtime.json_codec import JsonObject, encode_json
from graph_meetings_runtime.models.model import Model

_ALWAYS_EXPANDED = {"microsoft.graph.callRecords.callRecord": ("organizer_v2",)}
"""The metadata's AutoExpand: what comes with every object of a type, asked for or not."""


@dataclass(slots=True)
class ExpansionBehaviour:
    """How expanded collections go on.

    Attributes:
        metadata_links: whether the links to the rest are those that the documents print, `…/$metadata#…`, which
            cannot be fetched.
    """

    metadata_links: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """One property to expand, checked against the metadata.

    Attributes:
        navigation: the property.
        query: the options for what it leads to.
        text: the options as the query of a URL.
        names: the properties selected.
        shape: how its objects are written.
        within: what to expand in them in turn.
        is_asked: whether the request asks for it.
    """

    navigation: Navigation
    query: Query
    text: str
    names: Names
    shape: Shape
    within: tuple["Plan", ...]
    is_asked: bool = True

    @property
    def column(self) -> str:
        """Its part of a context: `sessions(segments())`."""
        return f"{self.navigation.name}({','.join([*(self.names or ()), *columns(self.within)])})"


def plans_for(model: type[Model], expand: tuple[Expansion, ...], preferences: Preferences) -> tuple[Plan, ...]:
    """Check a `$expand` against a model, and add what is always expanded.

    Raises:
        ServiceError: 400 where it names what the model does not lead to.
    """
    return _plans(model, expand, preferences) if expand or odata_type(model) in _ALWAYS_EXPANDED else ()


@lru_cache(maxsize=4096)
def _plans(model: type[Model], expand: tuple[Expansion, ...], preferences: Preferences) -> tuple[Plan, ...]:
    asked = [_plan(model, expansion, preferences) for expansion in expand]
    names = {plan.navigation.name for plan in asked}
    always = [
        _plan(model, Expansion(name, Query(), ""), preferences, is_asked=False)
        for name in _ALWAYS_EXPANDED.get(odata_type(model), ())
        if name not in names and name in navigations(model)
    ]
    return tuple(always + asked)


def _plan(model: type[Model], expansion: Expansion, preferences: Preferences, *, is_asked: bool = True) -> Plan:
    navigation = find_navigation(model, expansion.name)
    query = expansion.query
    return Plan(
        navigation,
        query,
        expansion.text,
        selected_names(query.select, navigation.model),
        shape_of(navigation.model, preferences),
        plans_for(navigation.model, query.expand, preferences),
        is_asked,
    )


def columns(plans: tuple[Plan, ...]) -> tuple[str, ...]:
    """Give what contexts say of the expansions that were asked for."""
    return tuple(plan.column for plan in plans if plan.is_asked)


def models_of(plans: tuple[Plan, ...]) -> Iterator[type[Model]]:
    """Give the models of all that is expanded."""
    for plan in plans:
        yield plan.navigation.model
        yield from models_of(plan.within)


@dataclass(slots=True)
class Expander:
    """Writes what is expanded.

    Attributes:
        dataset: what there is.
        sealer: makes the tokens of links.
        page_sizes: how many items a page has.
        behaviour: how links look.
    """

    dataset: Dataset
    sealer: TokenSealer
    page_sizes: PageSizes
    behaviour: ExpansionBehaviour = field(default_factory=ExpansionBehaviour)

    def members(self, entity: Entity, plans: tuple[Plan, ...], preferred: int | None = None) -> bytes:
        """Write the members that expansions add to an object, as an object of their own.

        Args:
            entity: the object.
            plans: what to expand.
            preferred: how many items a page of an expanded collection should have.
        """
        # What somebody wrote into the JSON by hand is there already.
        parts = [
            self._member(entity, plan, preferred) for plan in plans if plan.navigation.name not in entity.properties
        ]
        return b"{" + b",".join(filter(None, parts)) + b"}"

    def _member(self, entity: Entity, plan: Plan, preferred: int | None) -> bytes:
        name = plan.navigation.name
        write = item_writer(plan.shape, plan.names, members=lambda item: self.members(item, plan.within))
        context = f"{GRAPH_ROOT}/$metadata#{entity.key_path}/{name}"
        if not plan.navigation.is_collection:
            target = entity.singles.get(name)
            if target is None:
                return b"" if plan.shape.omits_nulls else encode_json({name: None})[1:-1]
            annotations: JsonObject = {f"{name}@odata.context": f"{context}/$entity"}
            value = write(target)
        else:
            page = self._page(entity, plan, preferred)
            annotations = {f"{name}@odata.context": context, **self._annotations(entity, plan, page)}
            value = b"[" + b",".join(map(write, page.entities)) + b"]"
        return encode_json(annotations)[1:-1] + b"," + encode_json(name) + b":" + value

    def _page(self, entity: Entity, plan: Plan, preferred: int | None) -> Page:
        model, query = plan.navigation.model, plan.query
        listing = Listing(
            feed=self.dataset.feed(entity, (plan.navigation.name,)),
            model=model,
            query=query,
            predicate=None if query.filter is None else compile_filter(query.filter, model),
            size=self.page_sizes.size(model, query.top, preferred),
        )
        return list_page(listing, Position(plan.text))

    def _annotations(self, entity: Entity, plan: Plan, page: Page) -> JsonObject:
        name = plan.navigation.name
        found: JsonObject = {}
        if page.total is not None:
            found[f"{name}@odata.count"] = page.total
        is_cut_by_top = plan.query.top == len(page.entities)
        if page.next is not None and not is_cut_by_top:
            token = self.sealer.seal(page.next, f"{entity.identity}/{name}")
            if self.behaviour.metadata_links:
                options = f"{plan.text}&" if plan.text else ""
                address = f"$metadata#{entity.key_path}/{name}?{options}$skiptoken={token}"
            else:
                address = f"{entity.url_path}/{name}?skipToken={token}"
            found[f"{name}@odata.nextLink"] = f"{GRAPH_ROOT}/{address}"
        return found
