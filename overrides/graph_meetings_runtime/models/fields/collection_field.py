"""Fields that hold lists."""

from collections.abc import Sequence
from typing import TypeVar, cast

from kiota_abstractions.serialization import ParsableFactory, ParseNode

from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.fields.filter import Filter, quantified
from graph_meetings_runtime.models.values.collection_type import ReadList, collection_type
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.json_backed import JsonBacked

T = TypeVar("T")


class CollectionField(Field[list[T]]):
    """A property that holds a list of values of one type.

    Args:
        wire_name: the property's name in JSON.
        item_type: the type that reads and writes each item.
    """

    def __init__(self, wire_name: str, item_type: EdmType[T]) -> None:
        super().__init__(wire_name, collection_type(item_type))
        self.item_type = item_type

    def item_model(self) -> type[JsonBacked]:
        """Return the class of the items.

        Raises:
            TypeError: the items are values, not objects.
        """
        if self.item_type.factory is None:
            raise TypeError(f"the items of {self.name} are {self.item_type.name} values, not objects")
        return cast("type[JsonBacked]", self.item_type.factory())

    def any(self, condition: Filter | None = None) -> Filter:
        """Return a filter for items whose list has an element that meets the condition or, without one, any element."""
        return quantified(self, "any", condition)

    def all(self, condition: Filter) -> Filter:
        """Return a filter for items all of whose list's elements meet the condition."""
        return quantified(self, "all", condition)

    def write_back(self, value: list[T] | None, raw: JsonObject) -> Sequence[JsonBacked]:
        """Write the changes in a list since it was read to the JSON.

        An item that is still in it keeps its JSON, which can have more digits than the item.
        """
        if not isinstance(value, ReadList):
            return ()
        written = value.written(self.item_type)
        if written is not None:
            raw[self.wire_name] = written
        return cast("list[JsonBacked]", value) if self.item_type.factory is not None else ()

    @property
    def is_json(self) -> bool:
        """Whether the items are JSON as it is, for which Kiota's parse nodes have no getter."""
        return self.item_type.is_json

    def from_node(self, node: ParseNode) -> JsonValue:
        """Return the JSON list of any Kiota parse node."""
        factory = self.item_type.factory
        if factory is not None:
            models = node.get_collection_of_object_values(cast("ParsableFactory[JsonBacked]", factory()))
            return None if models is None else [model.raw for model in models]
        return cast("JsonValue", node.get_collection_of_primitive_values(self.item_type.wire_type))
