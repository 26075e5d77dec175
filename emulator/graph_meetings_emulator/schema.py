"""What the metadata says about a model, looked up as the service does: without regard to case."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeGuard

from graph_meetings_emulator.errors import bad_request
from graph_meetings_runtime.field import Field
from graph_meetings_runtime.model import Model


@cache
def properties(model: type[Model]) -> Mapping[str, Field[Any]]:
    """List a model's declared properties by their names in lower case."""
    found: dict[str, Field[Any]] = {}
    for name in dir(model):
        declared: object = getattr(model, name)
        if _is_field(declared):
            found[declared.wire_name.lower()] = declared
    return found


def _is_field(value: object) -> TypeGuard[Field[Any]]:
    return isinstance(value, Field)


def find_property(model: type[Model], name: str) -> Field[Any]:
    """Find a declared property.

    Raises:
        ServiceError: 400 where the model has none of that name.
    """
    found = properties(model).get(name.lower())
    if found is None:
        raise bad_request(f"Could not find a property named '{name}' on type '{odata_type(model)}'.")
    return found


@cache
def type_name(model: type[Model]) -> str:
    """Give a model's name in CSDL, without `microsoft.graph`."""
    return odata_type(model).removeprefix("microsoft.graph.")


def odata_type(model: type[Model]) -> str:
    """Give a model's name in CSDL."""
    qualified = model._odata_type  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  generated data, not code
    if qualified is None:
        raise TypeError(f"{model.__name__} stands for no type of the metadata")
    return qualified
