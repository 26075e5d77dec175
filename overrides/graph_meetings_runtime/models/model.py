"""Models: the decoded JSON object with a typed, lazy, lossless view on it."""

import difflib
import reprlib
from collections.abc import Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self, TypeVar, cast

from kiota_abstractions.serialization import ParsableFactory, ParseNode, SerializationWriter

from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json, encode_json
from graph_meetings_runtime.models.additional_data import AdditionalData
from graph_meetings_runtime.models.edm import STRING
from graph_meetings_runtime.models.field import Field
from graph_meetings_runtime.models.json_backed import JsonBacked
from graph_meetings_runtime.models.parse_node import GraphParseNode
from graph_meetings_runtime.origin import without_query

M = TypeVar("M", bound="Model")

_ROOT_TYPE: Final = "microsoft.graph.entity"
_new = object.__new__


class Model(JsonBacked):
    """An object of the service.

    It wraps the decoded JSON object. Nothing is dropped: unknown properties, unknown enum values and digits finer
    than microseconds are all still in `.raw`, and an untouched model serializes to equal JSON.

    Args:
        values: fields by their Python names, as in `CallRecording(call_id="…")`.

    Raises:
        TypeError: a keyword that is no field, or a value of another type than the field's.
    """

    _derived: ClassVar[dict[str, type["Model"]]] = {}
    _odata_type: ClassVar[str | None] = None

    odata_type = Field("@odata.type", STRING)
    """The type that the service says the object has, `None` where it says nothing."""

    _fields: ClassVar[Mapping[str, Field[Any]]] = MappingProxyType({"odata_type": odata_type})

    def __init_subclass__(cls, *, odata_type: str | None = None) -> None:
        super().__init_subclass__()
        own: dict[str, Field[Any]] = {name: field for name, field in vars(cls).items() if isinstance(field, Field)}
        cls._fields = MappingProxyType({**cls._fields, **own})
        cls._derived = {}
        cls._odata_type = odata_type
        if odata_type is not None:
            _register(cls, odata_type)

    def __init__(self, **values: object) -> None:
        _set_raw(self, self._said_type())
        for name, value in values.items():
            field = self._field(name)
            if field is None:
                raise TypeError(f"{type(self).__name__} has no field {name!r}{self._near(name)}")
            setattr(self, field.name, value)

    @classmethod
    def from_raw(cls, raw: JsonObject) -> Self:
        """Wrap a decoded JSON object, as the subclass that its `@odata.type` names.

        An unknown `@odata.type` gives this class; the object is not copied.
        """
        return cls._wrapper()(raw)

    @classmethod
    def from_raw_list(cls, items: list[JsonValue]) -> list[Self]:
        """Wrap a list of decoded JSON objects.

        Raises:
            MalformedResponse: something else is in the list.
        """
        wrap = cls._wrapper()
        models: list[Self] = []
        for item in items:
            if not isinstance(item, dict):
                raise MalformedResponse(f"a {type(item).__name__} stands in a list of {cls.__name__}")
            models.append(wrap(item))
        return models

    @classmethod
    def _wrapper(cls) -> Callable[[JsonObject], Self]:
        """Make what does as `from_raw` for many objects, looking things up once."""
        return _wrapper(cls, cast("Mapping[str, type[Self]]", cls._derived))

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """Decode and wrap one JSON object.

        Raises:
            ValueError: the bytes are not JSON, or not a JSON object.
        """
        raw = decode_json(content)
        if not isinstance(raw, dict):
            raise ValueError(f"{cls.__name__} needs a JSON object, not a {type(raw).__name__}")
        return cls.from_raw(raw)

    @classmethod
    def _said_type(cls) -> JsonObject:
        """Give what has to say the type, because a property of the base's type would not."""
        base: str | None = vars(cls.__mro__[1]).get("_odata_type")
        return {} if base in {None, _ROOT_TYPE} else {"@odata.type": f"#{cls._odata_type}"}

    @property
    def raw(self) -> JsonObject:
        """The JSON object itself, as decoded from the response and changed by assignments."""
        for name, value in vars(self).items():
            if (field := self._fields.get(name)) is not None:  # not what a subclass of the caller's caches there
                field.write_back(value, self._raw)
        return self._raw

    @property
    def additional_data(self) -> MutableMapping[str, JsonValue]:
        """The properties in the JSON that the metadata does not declare."""
        return AdditionalData(self._raw, frozenset(field.wire_name for field in self._fields.values()))

    def to_json(self) -> bytes:
        """Serialize to UTF-8 JSON; numbers keep their digits.

        Raises:
            ValueError: the values are nested too deeply.
        """
        return encode_json(self.raw)

    # Kiota's side: https://learn.microsoft.com/openapi/kiota/abstractions

    @classmethod
    def create_from_discriminator_value(cls, parse_node: ParseNode) -> Self:
        """Make a model from any Kiota parse node (Kiota's factory function).

        Raises:
            MalformedResponse: the JSON is no object.
        """
        if isinstance(parse_node, GraphParseNode):
            if not isinstance(parse_node.value, dict):
                raise MalformedResponse(f"a {type(parse_node.value).__name__} stands where a {cls.__name__} belongs")
            return cls.from_raw(parse_node.value)
        type_node = parse_node.get_child_node("@odata.type")
        return cls.from_raw({"@odata.type": type_node.get_str_value()} if type_node else {})

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """For each declared property, what Kiota calls with that property's node."""

        def assign(field: Field[Any]) -> Callable[[ParseNode], None]:
            def from_node(node: ParseNode) -> None:
                self._raw[field.wire_name] = field.from_node(node)

            return from_node

        return {field.wire_name: assign(field) for field in self._fields.values()}

    def serialize(self, writer: SerializationWriter) -> None:
        """Write every property, declared or not, to a Kiota writer.

        Raises:
            ValueError: the values are nested too deeply for the writer.
        """
        try:
            writer.write_additional_data_value(self.raw)
        except RecursionError:
            raise ValueError("the values are nested too deeply for this writer") from None

    # Python's side

    def __setattr__(self, name: str, value: object) -> None:
        field = self._field(name)
        if field is None:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}{self._near(name)}")
        self._raw[field.wire_name] = field.write(value)
        vars(self).pop(field.name, None)
        if isinstance(value, Model):
            # The same object from here on, so that what is done to it later is not lost.
            vars(self)[field.name] = value

    def __delattr__(self, name: str) -> None:
        field = self._field(name)
        if field is None or field.wire_name not in self._raw:
            raise AttributeError(f"{type(self).__name__} has no value named {name!r}")
        del self._raw[field.wire_name]
        vars(self).pop(field.name, None)

    @classmethod
    def _field(cls, name: str) -> Field[Any] | None:
        """Find a field by its name, or by a former one, which warns."""
        field = cls._fields.get(name)
        if field is None:
            former: object = getattr(cls, name, None)
            field = next((field for field in cls._fields.values() if field is former), None)
        return field

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model):
            return NotImplemented
        return type(self) is type(other) and self.raw == other.raw

    __hash__ = None  # type: ignore[assignment]  # models can change

    def __repr__(self) -> str:
        present = (
            f"{name}={_shown(self._raw[field.wire_name])}"
            for name, field in self._fields.items()
            if self._raw.get(field.wire_name) is not None
        )
        return f"{type(self).__name__}({', '.join(present)})"

    def __copy__(self) -> Self:
        return _restore(type(self), dict(self.raw))

    # By way of JSON: Python's own ways recurse, and what is nested deeply would not come through.

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        del memo  # JSON has no references
        return _from_bytes(type(self), self.to_json())

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return _from_bytes, (type(self), self.to_json())

    def _near(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._fields, n=1)
        return f"; did you mean {near[0]!r}?" if near else ""


# Past __setattr__, which knows fields only; straight to the slot it is also a fifth of a page's wrapping time.
_set_raw: Callable[[Model, JsonObject], None] = vars(JsonBacked)["_raw"].__set__


def _shown(value: JsonValue) -> str:
    """Shorten a value for people; of a URL without its query, which may open it to whoever reads a log."""
    return reprlib.repr(without_query(value) if isinstance(value, str) and "://" in value else value)


def _register(cls: type[Model], odata_type: str) -> None:
    """Let every base of a class find it by the spellings of `@odata.type` that the service uses.

    The exact one first; then by the name alone in any case, because services also write
    `#Microsoft.Teams.GraphSvc.teamworkUserIdentity` and other wrong namespaces.
    """
    for base in cls.__mro__[1:]:
        # No issubclass: asking an abstract base class took a fifth of the package's import.
        derived: dict[str, type[Model]] | None = vars(base).get("_derived")
        if derived is not None and base is not Model:
            derived[f"#{odata_type}"] = cls
            derived.setdefault(odata_type.rpartition(".")[2].lower(), cls)


def fields_of(model: type[Model] | Model) -> Mapping[str, Field[Any]]:
    """Give the table of a model: its fields by their Python names, inherited ones first."""
    return model._fields  # pyright: ignore[reportPrivateUsage]  a model's own part


def model_factory(model: type[M]) -> ParsableFactory[M]:
    """Give a model class as the factory that Kiota asks for; mypy does not see that a `type[M]` is one."""
    return cast("ParsableFactory[M]", model)


def _wrapper(cls: type[M], derived: Mapping[str, type[M]]) -> Callable[[JsonObject], M]:
    def wrap(raw: JsonObject) -> M:
        concrete = cls
        if derived and isinstance(odata_type := raw.get("@odata.type"), str):
            concrete = derived.get(odata_type) or derived.get(odata_type.rpartition(".")[2].lower(), cls)
        model = _new(concrete)
        _set_raw(model, raw)
        return model

    return wrap


def _restore(cls: type[M], raw: JsonObject) -> M:
    model = _new(cls)
    _set_raw(model, raw)
    return model


def _from_bytes(cls: type[M], content: bytes) -> M:
    return _restore(cls, cast("JsonObject", decode_json(content)))
