"""Types of the OData entity data model: how their values are read, written, and put into a URL."""

from collections.abc import Callable
from typing import Generic, TypeVar

from graph_meetings_runtime.json_codec import JsonValue

T = TypeVar("T")


class EdmType(Generic[T]):
    """A type of the OData entity data model.

    Args:
        name: the name in CSDL, such as `Edm.DateTimeOffset`.
        wire_type: the JSON type that carries it: `str`, `int`, `float`, `bool`, `dict` or `list`.
        read: converts a JSON value other than null; raises `ValueError`, `TypeError` or `OverflowError` if it is
            malformed.
        write: converts a Python value to JSON.
        literal: returns the text of a value in a URL, before percent-encoding.
        is_plain: whether a JSON value of exactly `wire_type` already is the Python value.
        factory: for an object, returns the class of its model.

    Attributes:
        is_mutable: whether the Python value is an object or a list, which a caller can change.
    """

    # Not a dataclass: importing a client creates hundreds of these.
    __slots__ = ("factory", "is_mutable", "is_plain", "literal", "name", "read", "wire_type", "write")

    def __init__(  # noqa: PLR0913  the parts of a type
        self,
        name: str,
        wire_type: type,
        read: Callable[[JsonValue], T],
        write: Callable[[T], JsonValue],
        literal: Callable[[object], str],
        *,
        is_plain: bool = False,
        factory: Callable[[], type] | None = None,
    ) -> None:
        self.name = name
        self.wire_type = wire_type
        self.read = read
        self.write = write
        self.literal = literal
        self.is_plain = is_plain
        self.is_mutable = wire_type in {dict, list}
        self.factory = factory

    @property
    def is_json(self) -> bool:
        """Whether the Python value is JSON as it is, for which Kiota's parse nodes have no getter."""
        return self.wire_type is dict and self.factory is None


def typed(value: object, expected: type[T]) -> T:
    """Return a value if it is of a type.

    Raises:
        TypeError: it is of another type.
    """
    if not isinstance(value, expected):
        raise TypeError(f"expected {expected.__name__}, got {value!r}")
    return value


def expect(value: object, *types: type) -> None:
    """Raise `TypeError` for a value of another type; a boolean is not an integer."""
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise TypeError(f"expected {' or '.join(t.__name__ for t in types)}, got {value!r}")


def typed_writer(expected: type[T], write: Callable[[T], JsonValue]) -> Callable[[T], JsonValue]:
    """Return a function that writes values of one type to JSON, and raises an error for others."""
    return lambda value: write(typed(value, expected))
