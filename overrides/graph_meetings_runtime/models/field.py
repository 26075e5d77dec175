"""Fields: one line of a model's table, converted when it is read."""

import reprlib
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

from kiota_abstractions.serialization import ParsableFactory, ParseNode

from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from graph_meetings_runtime.models.collection_type import ReadList, collection_type
from graph_meetings_runtime.models.edm import EdmType
from graph_meetings_runtime.models.filter import Filter, Operand, quantified
from graph_meetings_runtime.models.json_backed import JsonBacked

T = TypeVar("T")

_NODE_GETTERS: dict[type, Callable[[ParseNode], JsonValue]] = {
    str: lambda node: node.get_str_value(),
    bool: lambda node: node.get_bool_value(),
    int: lambda node: node.get_int_value(),
    float: lambda node: node.get_float_value(),
}


class FieldError(ValueError):
    """A value in the JSON does not have the type that the metadata declares.

    Only reading that one field raises it; the rest of the model stays readable, and `.raw` has the value.

    Attributes:
        model: name of the model class.
        field: name of the field, as in Python.
        value: the JSON value found.
    """

    def __init__(self, model: str, field: str, edm_type: str, value: JsonValue, reason: str) -> None:
        self.model = model
        self.field = field
        self.value = value
        self._arguments = (model, field, edm_type, value, reason)
        super().__init__(f"{model}.{field}: {reprlib.repr(value)} is no {edm_type}: {reason}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self._arguments


class Expansion(str):
    """What to expand, with what to expand and select in it: `sessions($expand=segments)`; for `expand=`."""

    __slots__ = ()


if TYPE_CHECKING:

    class _Property:
        def __init__(self, fget: object) -> None: ...

else:
    _Property = property


class Field(Operand[T], _Property):
    """A property of a model.

    On an instance it is the value, `None` where the JSON has null or nothing. On the class it is the field itself,
    for filters, `select=` and `expand=`.

    Args:
        wire_name: the property's name in JSON.
        edm_type: how its value is read and written.

    At run time it is a property, whose getter Python calls faster than a `__get__` of our own. It has no setter;
    `Model.__setattr__` does what one would.
    """

    def __init__(self, wire_name: str, edm_type: EdmType[T]) -> None:
        self.name = wire_name
        self.wire_name = wire_name
        self.edm_type = edm_type

    def __set_name__(self, owner: type[JsonBacked], name: str) -> None:
        self.name = name
        super().__init__(self._getter())

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type[JsonBacked]) -> Self: ...
        @overload
        def __get__(self, instance: JsonBacked, owner: type[JsonBacked]) -> T | None: ...
        def __get__(self, instance: JsonBacked | None, owner: type[JsonBacked]) -> "Self | T | None": ...
        def __set__(self, instance: JsonBacked, value: T | None) -> None: ...

    def _getter(self) -> Callable[[JsonBacked], T | None]:
        get = self._object_getter() if self.edm_type.is_mutable else self._value_getter()
        # Code of its own: Python speeds up an attribute for the class that a code object meets, and shared by all
        # fields this one would meet all classes. 7 % of the time of walking sessions.
        return FunctionType(get.__code__.replace(), get.__globals__, closure=get.__closure__)

    def _value_getter(self) -> FunctionType:
        """Make what converts a value anew each time: to remember it took as long as the conversion does."""
        wire_name, read = self.wire_name, self.edm_type.read
        plain_type = self.edm_type.wire_type if self.edm_type.is_plain else None

        def get(instance: JsonBacked) -> T | None:
            # `Any`, because a cast() is a call, a third of the time of reading a text.
            raw: Any = instance._raw.get(wire_name)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  a model's own part
            value: T | None = raw
            if raw is None or raw.__class__ is plain_type:
                return value
            try:
                return read(raw)
            except (ValueError, TypeError, OverflowError) as error:
                raise self._error(instance, raw, error) from error

        return cast("FunctionType", get)

    def _object_getter(self) -> FunctionType:
        """Make what gives the same object or list at every reading, as these can be changed."""
        name, wire_name, read = self.name, self.wire_name, self.edm_type.read

        def get(instance: JsonBacked) -> T | None:
            raw = instance._raw.get(wire_name)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  a model's own part
            if raw is None:
                return None
            # Half of the time of vars().
            made: dict[str, T] = instance.__dict__  # pyright: ignore[reportAssignmentType]  it takes a class's for it
            value = made.get(name)
            if value is None:
                try:
                    value = made[name] = read(raw)
                except (ValueError, TypeError, OverflowError) as error:
                    raise self._error(instance, raw, error) from error
            return value

        return cast("FunctionType", get)

    def _error(self, instance: JsonBacked, raw: JsonValue, error: Exception) -> FieldError:
        return FieldError(type(instance).__name__, self.name, self.edm_type.name, raw, str(error))

    @property
    def wire_path(self) -> tuple[str, ...]:
        """The names in JSON, from the item on."""
        return (self.wire_name,)

    def expand(self, *expand: "Field[Any] | Expansion | str", select: "Iterable[Field[Any] | str]" = ()) -> Expansion:
        """Ask for the objects that the property leads to, within the same request.

        Args:
            expand: what to expand in them in turn.
            select: which of their properties; all of them unless given.
        """
        options = [
            f"${name}={','.join(map(wire_text, values))}"
            for name, values in (("select", select), ("expand", expand))
            if values
        ]
        return Expansion(f"{self.wire_name}({';'.join(options)})" if options else self.wire_name)

    def write(self, value: object) -> JsonValue:
        """Convert a Python value, `None` included, to JSON.

        Raises:
            TypeError: the value is of another type than the field's.
            ValueError: the value has the right type and cannot be sent, such as a naive datetime.
        """
        return None if value is None else self.edm_type.write(cast("T", value))

    def write_back(self, value: T | None, raw: JsonObject) -> None:  # noqa: ARG002  lists need it
        """Carry over to the JSON what was done to the value since it was read; an object's JSON is its own."""
        if value is not None and self.edm_type.factory is not None:
            _ = cast("JsonBacked", value).raw

    def from_node(self, node: ParseNode) -> JsonValue:
        """Get the JSON value back from any Kiota parse node.

        Kiota's interface has no getter for the value itself. Texts are asked for as texts, so that dates, durations
        and enumerations keep every digit and letter.
        """
        factory = self.edm_type.factory
        if factory is not None:
            return node.get_object_value(cast("ParsableFactory[JsonBacked]", factory())).raw
        return _NODE_GETTERS[self.edm_type.wire_type](node)


def wire_text(item: "Field[Any] | str") -> str:
    """Give the name in JSON of a field, or a text as it is."""
    return item.wire_name if isinstance(item, Field) else item


class CollectionField(Field[list[T]]):
    """A property that holds a list of values of one type.

    Args:
        wire_name: the property's name in JSON.
        item_type: how each item is read and written.
    """

    def __init__(self, wire_name: str, item_type: EdmType[T]) -> None:
        super().__init__(wire_name, collection_type(item_type))
        self.item_type = item_type

    def item_model(self) -> type[JsonBacked]:
        """Give the class of the items.

        Raises:
            TypeError: the items are values, no objects.
        """
        if self.item_type.factory is None:
            raise TypeError(f"the items of {self.name} are {self.item_type.name}, no objects")
        return cast("type[JsonBacked]", self.item_type.factory())

    def any(self, condition: Filter | None = None) -> Filter:
        """Make a filter: one of the items fulfils the condition, or there is one."""
        return quantified(self, "any", condition)

    def all(self, condition: Filter) -> Filter:
        """Make a filter: all of the items fulfil the condition."""
        return quantified(self, "all", condition)

    def write_back(self, value: list[T] | None, raw: JsonObject) -> None:
        """Carry over to the JSON what was done to the list and to its items since it was read.

        An item that is still there keeps its JSON, which can have more digits than the item.
        """
        if not isinstance(value, ReadList):
            return
        if self.item_type.factory is not None:
            for item in value:
                _ = cast("JsonBacked", item).raw
        written = value.written(self.item_type)
        if written is not None:
            raw[self.wire_name] = written

    def from_node(self, node: ParseNode) -> JsonValue:
        """Get the JSON list back from any Kiota parse node."""
        factory = self.item_type.factory
        if factory is not None:
            models = node.get_collection_of_object_values(cast("ParsableFactory[JsonBacked]", factory()))
            return None if models is None else [model.raw for model in models]
        return cast("JsonValue", node.get_collection_of_primitive_values(self.item_type.wire_type))
