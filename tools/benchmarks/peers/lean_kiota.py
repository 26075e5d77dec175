"""The leanest classes that Kiota could generate: dataclasses with a setter for each property and no backing store.

Their source is written as Kiota writes it, from the tables of our models, and compiled: a loop over a table would be
slower than generated code, and the comparison unfair.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Self, cast

from kiota_abstractions.serialization import Parsable, ParseNode, SerializationWriter

from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from tools.benchmarks.pages.read_models import object_model

_PRIMITIVES: Final = {
    "Edm.Boolean": "bool",
    "Edm.DateTimeOffset": "datetime",
    "Edm.Decimal": "float",
    "Edm.Double": "float",
    "Edm.Duration": "timedelta",
    "Edm.Int16": "int",
    "Edm.Int32": "int",
    "Edm.Int64": "int",
    "Edm.Single": "float",
}
"""Kiota's names for types in getters and writers. Everything else is a string here, which is leaner."""


@dataclass
class LeanModel(Parsable):
    """A Kiota model without a backing store."""

    additional_data: dict[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def create_from_discriminator_value(cls, parse_node: ParseNode) -> Self:  # noqa: ARG003  Kiota's signature
        """Return an empty model."""
        return cls()

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """Return a setter for each property."""
        return {}

    def serialize(self, writer: SerializationWriter) -> None:
        """Write nothing."""


@cache
def lean(model: type[Model]) -> type[LeanModel]:
    """Return the lean class of a model, having created those of the objects in it."""
    namespace: dict[str, Any] = {"LeanModel": LeanModel, "dataclass": dataclass}
    for each in _reached(model):
        exec("\n".join(_source(each)), namespace)  # noqa: S102  made of our own tables
    return cast("type[LeanModel]", namespace[model.__name__])


def _reached(model: type[Model]) -> list[type[Model]]:
    """Return a model class, the classes of its properties, and all classes derived from them."""
    reached = [model]
    for each in reached:
        for one in (*each.__subclasses__(), *(of for item in _fields(each) if (of := object_model(item)) is not None)):
            if one not in reached:
                reached.append(one)
    return reached


def _source(model: type[Model]) -> Iterator[str]:
    fields = _fields(model)
    yield f"@dataclass\nclass {model.__name__}(LeanModel):"
    yield from (f"    {item.name}: object = None" for item in fields)
    yield from _discriminator(model)
    yield "    def get_field_deserializers(self):\n        return {"
    for item in fields:
        yield f'            "{item.wire_name}": lambda n: setattr(self, "{item.name}", n.get_{_getter(item)}),'
    yield "        }\n    def serialize(self, writer):"
    for item in fields:
        yield f'        writer.write_{_word(item)}("{item.wire_name}", self.{item.name})'
    yield "        writer.write_additional_data_value(self.additional_data)"


def _discriminator(model: type[Model]) -> Iterator[str]:
    derived = model.__subclasses__()
    if not derived:
        return
    yield "    @classmethod\n    def create_from_discriminator_value(cls, parse_node):"
    yield '        node = parse_node.get_child_node("@odata.type")'
    yield "        text = node.get_str_value() if node else None"
    for one in derived:
        odata_type = one().raw.get("@odata.type") or f"#{vars(one)['_odata_type']}"
        yield f'        if text == "{odata_type}":\n            return {one.__name__}()'
    yield "        return cls()"


def _fields(model: type[Model]) -> list[Field[Any]]:
    return [item for item in fields_of(model).values() if not item.wire_name.startswith("@")]


def _getter(item: Field[Any]) -> str:
    word, model = _word(item), object_model(item)
    argument = model.__name__ if model is not None else "str" if isinstance(item, CollectionField) else ""
    return f"{word}({argument})"


def _word(item: Field[Any]) -> str:
    kind = "object" if object_model(item) is not None else "primitive"
    if isinstance(item, CollectionField):
        return f"collection_of_{kind}_values"
    return "object_value" if kind == "object" else f"{_PRIMITIVES.get(item.edm_type.name, 'str')}_value"
