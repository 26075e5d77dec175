"""The base class of everything that wraps a decoded JSON object."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Final, NoReturn, cast

from kiota_abstractions.serialization import Parsable

from graph_meetings_runtime.json_codec import JsonObject, Number
from graph_meetings_runtime.models.values.open_enum import OpenEnum

_KIOTA_CALLS: Final = frozenset({"create_from_discriminator_value", "get_field_deserializers", "serialize"})


class _NotADataclass:
    """Hides that Kiota's `Parsable` is a dataclass, one without fields.

    Libraries that check would take a model for an empty object; `dataclasses.asdict` returned `{}`.
    """

    def __get__(self, instance: object, owner: type) -> NoReturn:
        raise AttributeError(f"{owner.__name__} is not a dataclass; use .to_dict()")


class JsonBacked(Parsable):
    """A Kiota `Parsable` that holds the JSON object itself, so that no parse node needs to fill it."""

    __slots__ = ("_raw", "_reader")

    _raw: JsonObject
    _reader: str

    # Typed as by Kiota's decorator, which type checkers see.
    __dataclass_fields__: ClassVar[Any] = _NotADataclass()

    @property
    def raw(self) -> JsonObject:
        """The JSON object itself, as decoded from the response and changed by assignments."""
        return self._raw

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return the values as plain Python, under their Python names."""

    def __dir__(self) -> list[str]:
        """Return what editors and notebooks offer: everything except what only Kiota calls."""
        return [name for name in super().__dir__() if name not in _KIOTA_CALLS]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        """Tell pydantic, and thus FastAPI, to accept instances and to serialize them as `to_dict` does."""
        del source, handler
        from pydantic_core import core_schema  # noqa: PLC0415  only pydantic calls this

        serialization = core_schema.plain_serializer_function_ser_schema(
            cls.to_dict, return_schema=core_schema.dict_schema()
        )
        return core_schema.is_instance_schema(cls, serialization=serialization)


# These bypass `Model.__setattr__`, which only knows fields. Writing to the slot also saves a fifth of the time of
# wrapping a page.
set_raw: Final[Callable[[JsonBacked, JsonObject], None]] = vars(JsonBacked)["_raw"].__set__
set_reader: Final[Callable[[JsonBacked, str], None]] = vars(JsonBacked)["_reader"].__set__


def reader_of_answer(answer: JsonBacked) -> str | None:
    """Return the user under whose path an item or a page was read, or `None` if unknown or irrelevant."""
    return getattr(answer, "_reader", None)


def plain(value: object) -> Any:
    """Return a value with dicts for objects, strings for members and bare floats; lists and dicts are copied.

    Raises:
        ValueError: the value is nested too deeply.
    """
    try:
        return _plain(value)
    except RecursionError:
        raise ValueError("the value is nested too deeply for a dict; .raw has it") from None


def _plain(value: object) -> Any:
    if isinstance(value, JsonBacked):
        return value.to_dict()
    if isinstance(value, OpenEnum):
        return value.value  # Polars, for example, would make a type of the known members and refuse all others
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in cast("dict[str, object]", value).items()}
    return float(value) if isinstance(value, Number) else value
