"""Wrap a page in models and read every field, as a user would."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from graph_meetings_runtime.json_codec import decode_json
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.deprecation import DeprecatedField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import Page
from graph_meetings_runtime.models.values.edm_type import EdmType

M = TypeVar("M", bound=Model)


def wrap_page(model: type[M], content: bytes) -> list[M]:
    """Decode a page and wrap its items, as the client does with a response."""
    raw = decode_json(content)
    assert isinstance(raw, dict)
    return Page(model, raw).value


def read_every_field(models: Iterable[Model]) -> None:
    """Read every field of models and of the objects in them, except deprecated ones, which warn."""
    for model in models:
        _reader(type(model))(model)


@cache
def _reader(model: type[Model]) -> Callable[[Model], None]:
    """Return a compiled function that reads one model; a loop over a table would cost as much as the reads."""
    namespace: dict[str, Any] = {"reader": _reader}
    exec("\n".join(_source(model)), namespace)  # noqa: S102  source made from our own tables
    return cast("Callable[[Model], None]", namespace["read"])


def _source(model: type[Model]) -> Iterator[str]:
    yield "def read(model):"
    for name, field in read_fields(model).items():
        if object_model(field) is None:
            yield f"    model.{name}"
        elif isinstance(field, CollectionField):
            yield f"    for one in model.{name} or ():\n        reader(one.__class__)(one)"
        else:
            yield f"    one = model.{name}\n    if one is not None:\n        reader(one.__class__)(one)"


def read_fields(model: type[Model]) -> Mapping[str, Field[Any]]:
    """Return all fields except deprecated ones."""
    return {name: field for name, field in fields_of(model).items() if not isinstance(field, DeprecatedField)}


def object_model(field: Field[Any]) -> type[Model] | None:
    """Return the model class of a field's object or list items, `None` for other values."""
    edm_type: EdmType[Any] = getattr(field, "item_type", field.edm_type)
    return cast("type[Model]", edm_type.factory()) if edm_type.factory is not None else None
