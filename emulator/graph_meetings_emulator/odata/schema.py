"""What the metadata says about a model; names are case-insensitive, as in the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graph_meetings_emulator.http.errors import bad_request
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.edm_type import EdmType

_ENTITY = "microsoft.graph.entity"


@dataclass(frozen=True, slots=True)
class Navigation:
    """A property that leads to other entities, which an entity keeps beside its JSON, not in it."""

    name: str
    model: type[Model]
    is_collection: bool


@cache
def properties(model: type[Model]) -> Mapping[str, Field[Any]]:
    """Return a model's declared properties by lower-case name."""
    return {field.wire_name.lower(): field for field in fields_of(model).values()}


def find_property(model: type[Model], name: str) -> Field[Any]:
    """Return a declared property.

    Raises:
        ServiceError: 400 if the model does not have it.
    """
    found = properties(model).get(name.lower())
    if found is None:
        raise bad_request(f"Could not find a property named '{name}' on type '{odata_type(model)}'.")
    return found


def find_navigation(model: type[Model], name: str) -> Navigation:
    """Return a declared navigation property.

    Raises:
        ServiceError: 400 if the model does not have it.
    """
    found = navigations(model).get(name.lower())
    if found is None:
        declared = find_property(model, name)
        raise bad_request(
            f"Property '{declared.wire_name}' on type '{odata_type(model)}' is not a navigation property. "
            "Only navigation properties can be expanded."
        )
    return found


@cache
def navigations(model: type[Model]) -> Mapping[str, Navigation]:
    """Return a model's navigation properties, those whose type is an entity type, by lower-case name."""
    found: dict[str, Navigation] = {}
    for key, declared in properties(model).items():
        factory = item_type(declared).factory
        target = None if factory is None else factory()
        if target is not None and is_entity(target):
            found[key] = Navigation(declared.wire_name, target, isinstance(declared, CollectionField))
    return found


@cache
def is_entity(model: type[Model]) -> bool:
    """Return whether a model is an entity type; only entities have paths."""
    return any(issubclass(base, Model) and _declared_type(base) == _ENTITY for base in model.__mro__)


def item_type(field: Field[Any]) -> EdmType[Any]:
    """Return the type of a property, or of its items if it is a collection."""
    own: EdmType[Any] = getattr(field, "item_type", field.edm_type)
    return own


@cache
def type_name(model: type[Model]) -> str:
    """Return a model's CSDL name, without `microsoft.graph` if that is its namespace."""
    name = odata_type(model)
    namespace, _, short = name.rpartition(".")
    return short if namespace == "microsoft.graph" else name


def odata_type(model: type[Model]) -> str:
    """Return a model's CSDL name."""
    qualified = _declared_type(model)
    if qualified is None:
        raise TypeError(f"{model.__name__} is not a type of the metadata")
    return qualified


def _declared_type(model: type[Model]) -> str | None:
    return model._odata_type  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  generated data, not code
