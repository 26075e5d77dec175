"""Fields: the properties of a model, each converted when it is read."""

from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast, overload

from kiota_abstractions.serialization import ParsableFactory, ParseNode

from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from graph_meetings_runtime.models.fields.field_error import FieldError, MissingKey
from graph_meetings_runtime.models.fields.filter import Operand
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.json_backed import JsonBacked
from graph_meetings_runtime.models.values.shown import HIDDEN, naming_value

T = TypeVar("T")

_NODE_GETTERS: dict[type, Callable[[ParseNode], JsonValue]] = {
    str: lambda node: node.get_str_value(),
    bool: lambda node: node.get_bool_value(),
    int: lambda node: node.get_int_value(),
    float: lambda node: node.get_float_value(),
}


class Expansion(str):
    """A property to expand, with nested options: `sessions($expand=segments)`; for `expand=`."""

    __slots__ = ()


if TYPE_CHECKING:

    class _Property:
        fget: Callable[[Any], Any]

        def __init__(self, fget: object) -> None: ...

else:
    _Property = property


class Field(Operand[T], _Property):
    """A property of a model.

    On an instance it is the value, `None` where the JSON has null or nothing. On the class it is the field itself,
    for filters, `select=` and `expand=`.

    Args:
        wire_name: the property's name in JSON.
        edm_type: the type that reads and writes its value.

    Attributes:
        is_secret: whether its value must never be shown, as in `repr`.

    At run time it is a property: Python calls a property's getter faster than our own `__get__`. It has no setter;
    `Model.__setattr__` sets the values.
    """

    is_secret: ClassVar[bool] = False

    def __init__(self, wire_name: str, edm_type: EdmType[T]) -> None:
        self.name = wire_name
        self.wire_name = wire_name
        self.edm_type = edm_type

    def __set_name__(self, owner: type[JsonBacked], name: str) -> None:
        self.name = name
        super().__init__(self._read_first)

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type[JsonBacked]) -> Self: ...
        @overload
        def __get__(self, instance: JsonBacked, owner: type[JsonBacked]) -> T | None: ...
        def __get__(self, instance: JsonBacked | None, owner: type[JsonBacked]) -> "Self | T | None": ...
        def __set__(self, instance: JsonBacked, value: T | None) -> None: ...

    def _read_first(self, instance: JsonBacked) -> T | None:
        # A program reads few of all fields. Creating all getters took a fifth of the time of importing the models.
        get: Callable[[JsonBacked], T | None]
        get = vars(self).setdefault("_getter", self._make_getter())  # the same one for all threads
        super().__init__(get)
        return get(instance)

    def _make_getter(self) -> Callable[[JsonBacked], T | None]:
        get = self._object_getter() if self.edm_type.is_mutable else self._value_getter()
        # Each field gets its own code object: Python specializes the code for the class that it meets, and one
        # shared by all fields would meet all classes. Saves 7 % of the time that walking sessions takes.
        return FunctionType(get.__code__.replace(), get.__globals__, closure=get.__closure__)

    def _value_getter(self) -> FunctionType:
        """Return a getter that converts the value each time; caching it took as long as converting it."""
        wire_name, read = self.wire_name, self.edm_type.read
        plain_type = self.edm_type.wire_type if self.edm_type.is_plain else None

        def get(instance: JsonBacked) -> T | None:
            # `Any`, because cast() is a call: it took a third of the time of reading a string.
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
        """Return a getter that returns the same object or list each time, because a caller can change it."""
        name, wire_name, read = self.name, self.wire_name, self.edm_type.read

        def get(instance: JsonBacked) -> T | None:
            raw = instance._raw.get(wire_name)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  a model's own part
            if raw is None:
                return None
            # Takes half the time of vars().
            made: dict[str, T] = instance.__dict__  # pyright: ignore[reportAssignmentType]  it assumes a class's
            value = made.get(name)
            if value is None:
                try:
                    value = made[name] = read(raw)
                except (ValueError, TypeError, OverflowError) as error:
                    raise self._error(instance, raw, error) from error
            return value

        return cast("FunctionType", get)

    def value_of(self, instance: JsonBacked) -> T | None:
        """Return the value of an instance, without the warning of a deprecated field."""
        return cast("T | None", self.fget(instance))

    def converted(self, instance: JsonBacked) -> T | None:
        """Convert the JSON value of an instance. Objects and lists are new ones, which the instance does not keep."""
        raw = instance._raw.get(self.wire_name)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  a model's own part
        if raw is None:
            return None
        try:
            return self.edm_type.read(raw)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._error(instance, raw, error) from error

    def _error(self, instance: JsonBacked, raw: JsonValue, error: Exception) -> FieldError:
        return FieldError(type(instance).__name__, self.name, self.edm_type.name, raw, str(error))

    @property
    def wire_path(self) -> tuple[str, ...]:
        """The names in JSON, starting at the item."""
        return (self.wire_name,)

    def expand(self, *expand: "Field[Any] | Expansion | str", select: "Iterable[Field[Any] | str]" = ()) -> Expansion:
        """Request the objects that the property leads to together with the item.

        Args:
            expand: their properties to expand.
            select: their properties to return; all by default.
        """
        options = [
            f"${name}={','.join(map(wire_text, values))}"
            for name, values in (("select", select), ("expand", expand))
            if values
        ]
        return Expansion(f"{self.wire_name}({';'.join(options)})" if options else self.wire_name)

    def write(self, value: object) -> JsonValue:
        """Convert a Python value, which may be `None`, to JSON.

        Raises:
            TypeError: the value is not of the field's type.
            ValueError: the value is of the right type but cannot be sent, such as a naive datetime.
        """
        with naming_value(self.name):
            return None if value is None else self.edm_type.write(cast("T", value))

    def write_back(self, value: T | None, raw: JsonObject) -> Sequence[JsonBacked]:  # noqa: ARG002  lists need it
        """Write the changes in a value since it was read to the JSON.

        Returns:
            The objects in it, which can have changed, too.
        """
        return () if value is None or self.edm_type.factory is None else (cast("JsonBacked", value),)

    @property
    def is_json(self) -> bool:
        """Whether the value is JSON as it is, for which Kiota's parse nodes have no getter."""
        return self.edm_type.is_json

    def from_node(self, node: ParseNode) -> JsonValue:
        """Return the JSON value of any Kiota parse node.

        Kiota's interface has no getter for the value itself. Strings are read as strings, so that dates, durations
        and enumerations keep every digit and letter.
        """
        factory = self.edm_type.factory
        if factory is not None:
            return node.get_object_value(cast("ParsableFactory[JsonBacked]", factory())).raw
        return _NODE_GETTERS[self.edm_type.wire_type](node)


class KeyField(Field[T]):
    """The key of an entity. An instance always has a value for it: reading a missing one raises `MissingKey`.

    Args:
        wire_name: the property's name in JSON.
        edm_type: the type that reads and writes its value.
    """

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type[JsonBacked]) -> Self: ...
        @overload
        def __get__(self, instance: JsonBacked, owner: type[JsonBacked]) -> T: ...
        def __get__(self, instance: JsonBacked | None, owner: type[JsonBacked]) -> "Self | T": ...

    def _value_getter(self) -> FunctionType:
        wire_name, read = self.wire_name, self.edm_type.read
        plain_type = self.edm_type.wire_type if self.edm_type.is_plain else None

        def get(instance: JsonBacked) -> T:
            raw: Any = instance._raw.get(wire_name)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  a model's own part
            value: T = raw
            if raw.__class__ is plain_type:
                return value
            if raw is None:
                raise MissingKey(type(instance).__name__, self.name, wire_name)
            try:
                return read(raw)
            except (ValueError, TypeError, OverflowError) as error:
                raise self._error(instance, raw, error) from error

        return cast("FunctionType", get)

    def value_of(self, instance: JsonBacked) -> T | None:
        """Return the value of an instance, or `None` if it has none."""
        return self.converted(instance)


class SecretField(Field[T]):
    """A property whose value is visible only when it is read: `repr` and errors do not show it.

    Args:
        wire_name: the property's name in JSON.
        edm_type: the type that reads and writes its value.
    """

    is_secret: ClassVar[bool] = True

    def _error(self, instance: JsonBacked, raw: JsonValue, error: Exception) -> FieldError:
        del raw, error  # both can quote it
        return FieldError(type(instance).__name__, self.name, self.edm_type.name, HIDDEN, "it is of another type")


def wire_text(item: "Field[Any] | str") -> str:
    """Return a field's name in JSON; strings are returned as they are."""
    return item.wire_name if isinstance(item, Field) else item
