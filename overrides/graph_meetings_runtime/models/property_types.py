"""The types of properties that hold objects or enumeration members."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from graph_meetings_runtime.json_codec import JsonObject, JsonValue, json_type
from graph_meetings_runtime.models.edm import EdmType
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.open_enum import OpenEnum

M = TypeVar("M", bound=Model)
E = TypeVar("E", bound=OpenEnum)


def Complex(model: Callable[[], type[M]]) -> EdmType[M]:  # noqa: N802  reads as the type it stands for
    """Return the type of a property that holds an object.

    Args:
        model: returns the model class; called when the first value is read, so that classes may refer to each other.
    """
    wrap: Callable[[JsonObject], M] | None = None

    def read(raw: JsonValue) -> M:
        nonlocal wrap
        if not isinstance(raw, dict):
            raise TypeError(f"expected an object, got {json_type(raw)}")
        if wrap is None:
            wrap = model()._wrapper()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  a model's own part
        return wrap(raw)

    def write(value: M) -> JsonObject:
        if not isinstance(value, model()):
            raise TypeError(f"expected {model().__name__}, got {value!r}")
        return value.raw

    def literal(value: object) -> str:
        raise TypeError(
            f"a filter cannot compare an object with {value!r}; compare one of its fields, as in A.user / B.id"
        )

    return EdmType("object", dict, read, write, literal, factory=model)


def Enumeration(members: type[E]) -> EdmType[E]:  # noqa: N802  reads as the type it stands for
    """Return the type of a property that holds a member of an enumeration."""
    known: Mapping[str, E] = {member.value: member for member in members}

    def read(raw: JsonValue) -> E:
        member = known.get(raw) if isinstance(raw, str) else None
        if member is not None:
            return member
        if not isinstance(raw, str):
            raise TypeError(f"expected a string, got {json_type(raw)}")
        return members(raw)

    def literal(value: object) -> str:
        return "'" + str(value).replace("'", "''") + "'"

    def write(value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(f"expected {members.__name__}, got {value!r}")
        return str(value)

    return EdmType(members.__name__, str, read, write, literal)
