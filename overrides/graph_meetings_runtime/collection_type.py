"""Lists of values of one type, which keep the JSON that each value came from."""

import operator
from typing import TypeVar, cast

from graph_meetings_runtime.edm import EdmType
from graph_meetings_runtime.json_codec import JsonValue

T = TypeVar("T")


class ReadList(list[T]):
    """A list of converted values that knows which JSON each came from.

    A null inside a collection of structures is not legal OData; there is nothing to convert, so it is left out.
    """

    __slots__ = ("_as_read", "_raw")

    def __init__(self, item_type: EdmType[T], raw: list[JsonValue]) -> None:
        self._raw = [item for item in raw if item is not None]
        super().__init__(map(item_type.read, self._raw))
        self._as_read = tuple(self)

    def written(self, item_type: EdmType[T]) -> list[JsonValue] | None:
        """Give the JSON of the items, `None` where they are those that were read."""
        if len(self) == len(self._as_read) and all(map(operator.is_, self, self._as_read)):
            return None
        known = {id(item): raw for item, raw in zip(self._as_read, self._raw, strict=True)}
        return [known[id(item)] if id(item) in known else item_type.write(item) for item in self]


def collection_type(item_type: EdmType[T]) -> EdmType[list[T]]:
    """Make the type of a list from the type of its items."""

    def read(raw: JsonValue) -> list[T]:
        if not isinstance(raw, list):
            raise TypeError(f"a JSON {type(raw).__name__} stands where a list belongs")
        if item_type.is_plain:
            for item in raw:
                if item.__class__ is not item_type.wire_type:
                    item_type.read(item)
            return cast("list[T]", raw)
        return ReadList(item_type, raw)

    def write(values: object) -> JsonValue:
        if not isinstance(values, list | tuple):
            raise TypeError(f"expected a list, not {values!r}")
        return [item_type.write(value) for value in cast("list[T]", values)]

    def literal(value: object) -> str:
        raise TypeError(f"a collection has no literal: {value!r}")

    return EdmType(f"Collection({item_type.name})", list, read, write, literal)
