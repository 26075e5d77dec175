"""One page of a collection."""

from collections.abc import Callable, MutableMapping
from typing import Generic, TypeVar, cast

from kiota_abstractions.serialization import ParsableFactory, ParseNode, SerializationWriter

from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from graph_meetings_runtime.models.additional_data import AdditionalData
from graph_meetings_runtime.models.json_backed import JsonBacked
from graph_meetings_runtime.models.model import Model, model_factory
from graph_meetings_runtime.models.parse_node import GraphParseNode

M = TypeVar("M", bound=Model)

_NEXT_LINKS = ("@odata.nextLink", "@odata.NextLink")  # the service writes both


class Page(JsonBacked, Generic[M]):
    """One page of a collection, as one response gave it.

    Args:
        model: class of the items.
        raw: the decoded JSON object of the response.
    """

    def __init__(self, model: type[M], raw: JsonObject) -> None:
        self._model = model
        self._value: list[M] | None = None
        self._raw = raw

    @property
    def value(self) -> list[M]:
        """The items, in the order of the service; can be empty although more pages follow.

        Raises:
            MalformedResponse: the response is no collection.
        """
        if self._value is None:
            items = self.raw.get("value")
            if not isinstance(items, list):
                raise MalformedResponse(f"a page of {self._model.__name__} has no list named 'value'")
            self._value = self._model.from_raw_list(items)
        return self._value

    @property
    def odata_next_link(self) -> str | None:
        """The URL of the next page, `None` on the last one.

        Raises:
            MalformedResponse: it is no text.
        """
        return next(filter(None, map(self._link, _NEXT_LINKS)), None)

    @property
    def odata_delta_link(self) -> str | None:
        """The URL that gives the changes after this round, `None` while pages follow.

        Raises:
            MalformedResponse: it is no text.
        """
        return self._link("@odata.deltaLink")

    @property
    def odata_count(self) -> int | None:
        """The count that the service gives, of the page or of the collection; `None` where it gives none."""
        count = self.raw.get("@odata.count")
        return count if isinstance(count, int) else None

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """For each property, what Kiota calls with that property's node."""

        def items(node: ParseNode) -> None:
            self._value = node.get_collection_of_object_values(model_factory(self._model))
            self.raw["value"] = [item.raw for item in self._value or []]

        def text(name: str) -> Callable[[ParseNode], None]:
            return lambda node: self.raw.update({name: node.get_str_value()})

        return {
            "value": items,
            "@odata.count": lambda node: self.raw.update({"@odata.count": node.get_int_value()}),
            **{name: text(name) for name in (*_NEXT_LINKS, "@odata.deltaLink")},
        }

    @property
    def additional_data(self) -> "MutableMapping[str, JsonValue]":
        """The properties of the response besides the items, the count and the links."""
        return AdditionalData(self.raw, frozenset(self.get_field_deserializers()))

    def serialize(self, writer: SerializationWriter) -> None:
        """Write every property to a Kiota writer."""
        writer.write_additional_data_value(self.raw)

    def __repr__(self) -> str:
        more = "more follow" if any(self.raw.get(name) for name in _NEXT_LINKS) else "the last page"
        items = self.raw.get("value")
        count = len(items) if isinstance(items, list) else "no list"
        return f"Page({count} of {self._model.__name__}, {more})"

    def _link(self, name: str) -> str | None:
        link = self.raw.get(name)
        if link is not None and not isinstance(link, str):  # not the end: what follows would be lost in silence
            raise MalformedResponse(f"a page of {self._model.__name__} has a {type(link).__name__} as its {name}")
        return link or None


class _PageFactory(Generic[M]):
    """Makes pages of one model."""

    def __init__(self, model: type[M]) -> None:
        self._model = model

    def create_from_discriminator_value(self, parse_node: ParseNode) -> Page[M]:
        """Make a page from any Kiota parse node."""
        if not isinstance(parse_node, GraphParseNode):
            return Page(self._model, {})
        if not isinstance(parse_node.value, dict):
            raise MalformedResponse(f"a page of {self._model.__name__} is no JSON object")
        return Page(self._model, parse_node.value)


def page_factory(model: type[M]) -> ParsableFactory[Page[M]]:
    """Make what Kiota calls to make pages of a model; mypy wants a static method there, which could not know it."""
    return cast("ParsableFactory[Page[M]]", _PageFactory(model))
