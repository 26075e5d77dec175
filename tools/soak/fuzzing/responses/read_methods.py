"""The methods of the client that read a response."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeGuard, TypeVar, cast

from graph_meetings_emulator.odata.schema import item_type
from graph_meetings_runtime import GraphClient, GraphParseNodeFactory, Page, RequestBuilder
from graph_meetings_runtime.delta.delta_request_builder import DeltaRequestBuilder
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import page_factory
from graph_meetings_runtime.requests.collection_request_builder import CollectionRequestBuilder
from graph_meetings_runtime.requests.item_request_builder import ItemRequestBuilder
from tools.soak.fuzzing.builder_paths import Called, Keyed, builder_at

M = TypeVar("M", bound=Model)
B = TypeVar("B", bound=RequestBuilder)

_ARGUMENTS: Final = {
    "from_date_time": "2026-01-05",
    "role": "organizer",
    "to_date_time": "2026-02-05",
    "user_id": "1",
}


async def _item(client: GraphClient, model: type[Model]) -> list[Model]:
    return [await _item_builder(client, model).get()]


async def _expanded(client: GraphClient, model: type[Model]) -> list[Model]:
    builder = _item_builder(client, model)
    item = await builder.get()
    found: list[Model] = [item]
    for field in fields_of(item).values():
        if _leads_to_models(field):
            found += [other async for other in builder.expanded(item, field)]
    return found


async def _page(client: GraphClient, model: type[Model]) -> list[Model]:
    page = await _collection(client, model).get()
    _look_at(page)
    return page.value


async def _list(client: GraphClient, model: type[Model]) -> list[Model]:
    return [item async for item in _collection(client, model).list()]


async def _pages(client: GraphClient, model: type[Model]) -> list[Model]:
    found: list[Model] = []
    async for page in _collection(client, model).list().pages():
        _look_at(page)
        found += page.value
    return found


async def _changes(client: GraphClient, model: type[Model]) -> list[Model]:
    changes = _at(client, DeltaRequestBuilder[Model], "fuzzed/delta", model).changes(resync=True)
    found = [change.item async for change in changes]
    if not str(changes.delta_link).lower().startswith("https://graph.microsoft.com"):
        raise AssertionError(f"the round ended with {changes.delta_link!r}")
    return found


WAYS: Final[Mapping[str, Callable[[GraphClient, type[Model]], Awaitable[list[Model]]]]] = {
    "item": _item,
    "expanded": _expanded,
    "page": _page,
    "list": _list,
    "pages": _pages,
    "changes": _changes,
}
"""Each takes a client and the expected model, and returns the models that it read."""


class NoJson(Exception):
    """The body is not a JSON object: the `ValueError` that decoding documents."""


DECODING: Final = ("decoded item", "decoded page")
"""The methods that need no request; they take a tenth of the time."""


def decoded(way: str, model: type[Model], body: bytes) -> list[Model]:
    """Decode a body without a request, as the adapter does."""
    try:
        if way == "decoded item":
            return [model.from_json(body)]
        node = GraphParseNodeFactory().get_root_parse_node("application/json", body)
    except ValueError as error:
        raise NoJson from error
    page = node.get_object_value(page_factory(model))
    _look_at(page)
    return page.value


async def ask(client: GraphClient, number: int) -> list[Model]:
    """Send one of the documented requests, so that its error knows the operation."""
    builder = builder_at(client, client.operations[number % len(client.operations)], _argument)
    if hasattr(builder, "get"):
        await builder.get()
    return []


def _argument(step: Keyed | Called) -> Any:
    if isinstance(step, Keyed):
        return "1"
    return {name: _ARGUMENTS[name] for name in step.keywords if name in _ARGUMENTS}


def _item_builder(client: GraphClient, model: type[Model]) -> ItemRequestBuilder[Model]:
    return _at(client, ItemRequestBuilder[Model], "fuzzed", model)


def _collection(client: GraphClient, model: type[Model]) -> CollectionRequestBuilder[Model]:
    return _at(client, CollectionRequestBuilder[Model], "fuzzed", model)


def _at(client: GraphClient, builder: type[B], path: str, model: type[Model]) -> B:
    made = builder(client.request_adapter, f"{{+baseurl}}/{path}", {})
    vars(made)["model"] = model
    return made


def _leads_to_models(field: Field[Any]) -> TypeGuard[CollectionField[Model]]:
    return isinstance(field, CollectionField) and item_type(cast("Field[Any]", field)).factory is not None


def _look_at(page: Page[M]) -> None:
    if "Page(" not in repr(page):
        raise AssertionError(f"{page!r} does not name its type")
    for link in (page.odata_next_link, page.odata_delta_link):
        if link is not None and not isinstance(link, str):  # pyright: ignore[reportUnnecessaryIsInstance]  JSON says
            raise AssertionError(f"{link!r} is not a link")
    if "value" in dict(page.additional_data):
        raise AssertionError("the items of a page are not additional data")
