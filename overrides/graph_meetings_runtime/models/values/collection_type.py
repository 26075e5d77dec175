"""Lists of values of one type that keep the JSON of each value."""

# Otherwise, the annotations of nested functions would be evaluated many times at import.
from __future__ import annotations

import operator
from typing import TYPE_CHECKING, TypeVar, cast

from graph_meetings_runtime.json_codec import JsonValue, json_type
from graph_meetings_runtime.models.values.edm_type import EdmType

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class ReadList(list[T]):
    """A list of converted values that keeps the JSON of each.

    Attributes:
        json: the JSON values that were read.
        as_read: the values that they were converted to.
    """

    __slots__ = ("as_read", "json")

    # Set by `collection_type`: an `__init__` took a fifth of the time that reading a short list takes.
    as_read: tuple[T, ...]
    json: Sequence[JsonValue]

    def written(self, item_type: EdmType[T]) -> list[JsonValue] | None:
        """Return the JSON of the items, or `None` if they are still those that were read."""
        if len(self) == len(self.as_read) and all(map(operator.is_, self, self.as_read)):
            return None
        known = {id(item): json for item, json in zip(self.as_read, self.json, strict=True)}
        return [known[id(item)] if id(item) in known else item_type.write(item) for item in self]


def collection_type(item_type: EdmType[T]) -> EdmType[list[T]]:
    """Return the type of a list of items of one type.

    OData does not allow null in a collection of structures. There is nothing to convert, so it is left out.
    """

    def read(raw: JsonValue) -> list[T]:
        if not isinstance(raw, list):
            raise TypeError(f"expected a list, got {json_type(raw)}")
        if item_type.is_plain:
            for item in raw:
                if item.__class__ is not item_type.wire_type:
                    item_type.read(item)
            return cast("list[T]", raw)
        json = [item for item in raw if item is not None]
        values = ReadList(map(item_type.read, json))
        values.json, values.as_read = json, tuple(values)
        return values

    def write(values: object) -> JsonValue:
        if not isinstance(values, list | tuple):
            raise TypeError(f"expected a list, got {values!r}")
        return [item_type.write(value) for value in cast("list[T]", values)]

    return EdmType(f"Collection({item_type.name})", list, read, write, _no_literal)


def _no_literal(value: object) -> str:
    raise TypeError(f"a filter cannot compare a collection with {value!r}; use .any() or .all()")
