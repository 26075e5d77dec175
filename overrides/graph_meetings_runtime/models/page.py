"""One page of a collection."""

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, TypeVar, cast, overload

from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import ParsableFactory, ParseNode, SerializationWriter

from graph_meetings_runtime.errors import MalformedResponse, NamesRequest
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, json_type
from graph_meetings_runtime.log import request_line
from graph_meetings_runtime.models.field_mapping import cells_of
from graph_meetings_runtime.models.model import Model, model_factory
from graph_meetings_runtime.models.parse_node import GraphParseNode
from graph_meetings_runtime.models.values.additional_data import AdditionalData
from graph_meetings_runtime.models.values.json_backed import JsonBacked, plain, reader_of_answer, set_reader
from graph_meetings_runtime.models.values.shown import html_table
from graph_meetings_runtime.suggestion import refuse_own, unknown_attribute

M = TypeVar("M", bound=Model)

_NEXT_LINKS = ("@odata.nextLink", "@odata.NextLink")  # the service writes both
_MOST_ROWS = 20  # in a notebook
_NAMES = ("value", "odata_count", "odata_next_link", "odata_delta_link")


class Page(JsonBacked, Sequence[M]):
    """One page of a collection, from one response.

    A page is a sequence of its items: it can be iterated, has a length and takes an index. It is always true, even
    without items, because more pages can follow.

    Args:
        model: the class of the items.
        raw: the decoded JSON object of the response.

    Attributes:
        request: the request that returned the page, as errors name it; `None` for a page that you created.
    """

    def __init__(self, model: type[M], raw: JsonObject) -> None:
        self._model = model
        self._value: list[M] | None = None
        self._raw = raw
        self.request: str | None = None

    @property
    def value(self) -> list[M]:
        """The items, in the order of the service. They can be empty although more pages follow.

        Raises:
            MalformedResponse: the response is not a collection.
        """
        if self._value is None:
            with NamesRequest(self.request):
                self._value = self._wrapped()
        return self._value

    def _wrapped(self) -> list[M]:
        items = self._raw.get("value")
        if not isinstance(items, list):
            raise MalformedResponse(f"a page of {self._model.__name__} has no list named 'value'")
        models = self._model.from_raw_list(items)
        reader = reader_of_answer(self)
        if reader is not None:
            for model in models:
                set_reader(model, reader)
        return models

    @property
    def raw(self) -> JsonObject:
        """The JSON object itself, as decoded from the response and changed in the items."""
        if self._value is not None:
            self._raw["value"] = [item.raw for item in self._value]
        return self._raw

    @property
    def odata_next_link(self) -> str | None:
        """The URL of the next page, or `None` on the last one.

        Raises:
            MalformedResponse: it is not a string.
        """
        return next(filter(None, map(self._link, _NEXT_LINKS)), None)

    @property
    def odata_delta_link(self) -> str | None:
        """The URL for the changes after this round, or `None` while more pages follow.

        Raises:
            MalformedResponse: it is not a string.
        """
        return self._link("@odata.deltaLink")

    @property
    def odata_count(self) -> int | None:
        """The count that the service returned, of the page or of the collection, or `None` if it returned none."""
        count = self._raw.get("@odata.count")
        return count if isinstance(count, int) and not isinstance(count, bool) else None

    def to_list(self) -> list[dict[str, Any]]:
        """Return the items as plain Python, as `Model.to_dict` does.

        Raises:
            FieldError: a value is not of the field's type.
            MalformedResponse: the response is not a collection.
            ValueError: the values are nested too deeply.
        """
        return [item.to_dict() for item in self.value]

    def to_dict(self) -> dict[str, Any]:
        """Return the page as plain Python: the items, the count, the links, and undeclared properties.

        Raises:
            FieldError: a value is not of the field's type.
            MalformedResponse: the response is not a collection.
            ValueError: the values are nested too deeply.
        """
        return {name: plain(value) for name, value in dict(self).items()}

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """Return, for each property, the function that Kiota calls with that property's node."""

        def items(node: ParseNode) -> None:
            self._value = node.get_collection_of_object_values(model_factory(self._model)) or []

        def text(name: str) -> Callable[[ParseNode], None]:
            return lambda node: self._raw.update({name: node.get_str_value()})

        return {
            "value": items,
            "@odata.count": lambda node: self._raw.update({"@odata.count": node.get_int_value()}),
            **{name: text(name) for name in (*_NEXT_LINKS, "@odata.deltaLink")},
        }

    @property
    def additional_data(self) -> "MutableMapping[str, JsonValue]":
        """The properties of the response other than the items, the count and the links."""
        return AdditionalData(self._raw, frozenset(self.get_field_deserializers()))

    def serialize(self, writer: SerializationWriter) -> None:
        """Write every property to a Kiota writer."""
        writer.write_additional_data_value(self.raw)

    def __iter__(self) -> Iterator[M]:
        return iter(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __bool__(self) -> Literal[True]:
        return True  # `while page:` must not stop at an empty page that has a next link

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            refuse_own(self, name)
            what = f"a page has {', '.join(_NAMES)}; fields are on its items, such as page[0]"
            raise unknown_attribute(self, name, _NAMES, what)

    @overload
    def __getitem__(self, key: int) -> M: ...
    @overload
    def __getitem__(self, key: slice) -> list[M]: ...
    @overload
    def __getitem__(self, key: str) -> Any: ...
    def __getitem__(self, key: int | slice | str) -> Any:
        if not isinstance(key, str):
            return self.value[key]
        return getattr(self, key) if key in _NAMES else self.additional_data[key]

    def keys(self) -> list[str]:
        """Return the names of the page's own values, for `dict(page)` and thus for FastAPI."""
        return [*_NAMES, *(name for name in self.additional_data if name not in _NAMES)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Page):
            return NotImplemented
        pages = cast("tuple[Page[Model], Page[Model]]", (self, other))
        return pages[0]._model is pages[1]._model and pages[0].raw == pages[1].raw

    __hash__ = None  # type: ignore[assignment]  # pages can change

    def __repr__(self) -> str:
        more = "more follow" if any(self._raw.get(name) for name in _NEXT_LINKS) else "the last page"
        items = self._raw.get("value") if self._value is None else self._value
        count = len(items) if isinstance(items, list) else "no list"
        return f"Page({count} of {self._model.__name__}, {more})"

    def _repr_html_(self) -> str:
        items = self._raw.get("value") if self._value is None else self.value
        rows = [self._cells(item) for item in items[:_MOST_ROWS]] if isinstance(items, list) else []
        names = list(dict.fromkeys(name for row in rows for name in row))
        caption = repr(self) + (f", the first {_MOST_ROWS}" if isinstance(items, list) and items[_MOST_ROWS:] else "")
        return html_table(caption, ([row.get(name, "") for name in names] for row in rows), names)

    def _cells(self, item: M | JsonValue) -> dict[str, str]:
        model = self._model.from_raw(item) if isinstance(item, dict) else item
        return cells_of(model) if isinstance(model, Model) else {}

    def _link(self, name: str) -> str | None:
        link = self._raw.get(name)
        if link is not None and not isinstance(link, str):  # not the last page: the rest would be lost silently
            raise MalformedResponse(
                f"a page of {self._model.__name__} has {json_type(link)} as its {name}, not a string",
                request=self.request,
            )
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
            raise MalformedResponse(
                f"expected a page of {self._model.__name__}, an object; got {json_type(parse_node.value)}"
            )
        return Page(self._model, parse_node.value)


def remember_request(answer: object, request: RequestInformation, base_url: str) -> None:
    """Remember the request that returned a page, so that later errors can name it.

    Args:
        answer: a page, or the result of a Kiota response handler.
        request: the request that was sent.
        base_url: the root of the service.
    """
    if isinstance(answer, Page):
        cast("Page[Model]", answer).request = request_line(request.url, base_url)


def page_factory(model: type[M]) -> ParsableFactory[Page[M]]:
    """Return the factory that Kiota calls; mypy expects a static method, which would not know the model."""
    return cast("ParsableFactory[Page[M]]", _PageFactory(model))
