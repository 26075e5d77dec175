"""Models: a typed, lazy, lossless view of a decoded JSON object."""

import copy
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self, TypeVar, cast

from kiota_abstractions.serialization import ParsableFactory, ParseNode, SerializationWriter

from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json, encode_json, json_type
from graph_meetings_runtime.models.discriminator import register, wrapper
from graph_meetings_runtime.models.field_mapping import FieldMapping, cells_of, fields_of
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.parse_node import GraphParseNode
from graph_meetings_runtime.models.values.edm import STRING
from graph_meetings_runtime.models.values.json_backed import plain, set_raw
from graph_meetings_runtime.models.values.shown import HIDDEN, html_table, shown
from graph_meetings_runtime.suggestion import suggestion

M = TypeVar("M", bound="Model")

_ROOT_TYPE: Final = "microsoft.graph.entity"


class Model(FieldMapping):
    """An object of the service.

    It wraps the decoded JSON object. Nothing is dropped: unknown properties, unknown enum values and digits finer
    than microseconds are all still in `.raw`, and an untouched model serializes to equal JSON.

    A model is also a mapping of its values, so that `dict(model)`, `pandas.DataFrame(page.value)` and FastAPI see
    them. The keys are the names of the fields, then of undeclared properties as they are in the JSON.

    Args:
        values: fields by their Python names, as in `CallRecording(call_id="…")`.

    Raises:
        TypeError: a keyword is not a field, or a value is not of the field's type.
    """

    _derived: ClassVar[dict[str, type["Model"]]] = {}
    _odata_type: ClassVar[str | None] = None

    odata_type = Field("@odata.type", STRING)
    """The type that the service names for the object, or `None` if it names none."""

    _fields: ClassVar[Mapping[str, Field[Any]]] = MappingProxyType({"odata_type": odata_type})

    def __init_subclass__(cls, *, odata_type: str | None = None) -> None:
        super().__init_subclass__()
        own: dict[str, Field[Any]] = {name: field for name, field in vars(cls).items() if isinstance(field, Field)}
        cls._fields = MappingProxyType({**cls._fields, **own})
        cls._derived = {}
        cls._odata_type = odata_type
        if odata_type is not None:
            # Not issubclass: with an abstract base class, it took a fifth of the package's import time.
            bases = (base for base in cls.__mro__[1:] if base is not Model and "_derived" in vars(base))
            register(cls, odata_type, (vars(base)["_derived"] for base in bases))

    def __init__(self, **values: object) -> None:
        set_raw(self, self._explicit_type())
        for name, value in values.items():
            field = self._field(name)
            if field is None:
                raise TypeError(f"{type(self).__name__} has no field {name!r}{self._suggestion(name)}")
            setattr(self, field.name, value)

    @classmethod
    def from_raw(cls, raw: JsonObject) -> Self:
        """Wrap a decoded JSON object, as the subclass that its `@odata.type` names.

        If the `@odata.type` is unknown, the result is of this class. The object is not copied.
        """
        return cls._wrapper()(raw)

    @classmethod
    def from_raw_list(cls, items: list[JsonValue]) -> list[Self]:
        """Wrap a list of decoded JSON objects.

        Raises:
            MalformedResponse: the list contains something else.
        """
        wrap = cls._wrapper()
        models: list[Self] = []
        for item in items:
            if not isinstance(item, dict):
                raise MalformedResponse(f"expected a list of {cls.__name__} objects, found {json_type(item)} in it")
            models.append(wrap(item))
        return models

    @classmethod
    def _wrapper(cls) -> Callable[[JsonObject], Self]:
        """Return a function that does the same as `from_raw`, faster for many objects."""
        return wrapper(cls, cast("Mapping[str, type[Self]]", cls._derived))

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """Decode and wrap one JSON object.

        Raises:
            ValueError: the bytes are not JSON, or not a JSON object.
        """
        raw = decode_json(content)
        if not isinstance(raw, dict):
            raise ValueError(f"{cls.__name__} needs a JSON object, not {json_type(raw)}")
        return cls.from_raw(raw)

    @classmethod
    def _explicit_type(cls) -> JsonObject:
        """Return the `@odata.type` that a new object needs if it can be used where its base type is expected."""
        base: str | None = vars(cls.__mro__[1]).get("_odata_type")
        return {} if base in {None, _ROOT_TYPE} else {"@odata.type": f"#{cls._odata_type}"}

    @property
    def raw(self) -> JsonObject:
        """The JSON object itself, as decoded from the response and changed by assignments."""
        if vars(self):
            _write_back(self)
        return self._raw

    def to_json(self) -> bytes:
        """Serialize to UTF-8 JSON; numbers keep their digits.

        Raises:
            ValueError: the values are nested too deeply.
        """
        return encode_json(self.raw)

    def to_dict(self) -> dict[str, Any]:
        """Return the values as plain Python: dicts, lists, strings, numbers, `datetime`, `Decimal` and so on.

        The keys are those of the model as a mapping: every field by its Python name, `None` where the JSON has null
        or nothing, then undeclared properties as they are in the JSON, unless a field has the same name. `odata_type`
        is left out if the service sent none. The dict is a copy: changing it does not change the model.

        Raises:
            FieldError: a value is not of the field's type.
            ValueError: the values are nested too deeply.
        """
        raw = self.raw
        return {name: plain(field.converted(self) if (field := self._fields.get(name)) else raw[name]) for name in self}

    # For Kiota: https://learn.microsoft.com/openapi/kiota/abstractions

    @classmethod
    def create_from_discriminator_value(cls, parse_node: ParseNode) -> Self:
        """Make a model from any Kiota parse node (Kiota's factory function).

        Raises:
            MalformedResponse: the JSON is not an object.
        """
        if isinstance(parse_node, GraphParseNode):
            if not isinstance(parse_node.value, dict):
                raise MalformedResponse(f"expected a {cls.__name__} object, got {json_type(parse_node.value)}")
            return cls.from_raw(parse_node.value)
        type_node = parse_node.get_child_node("@odata.type")
        return cls.from_raw({"@odata.type": type_node.get_str_value()} if type_node else {})

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """Return, for each declared property, the function that Kiota calls with that property's node."""

        def assign(field: Field[Any]) -> Callable[[ParseNode], None]:
            def from_node(node: ParseNode) -> None:
                self._raw[field.wire_name] = field.from_node(node)

            return from_node

        # Kiota's node writes the others to `additional_data`, and thus to the JSON.
        return {field.wire_name: assign(field) for field in self._fields.values() if not field.is_json}

    def serialize(self, writer: SerializationWriter) -> None:
        """Write every property, declared or not, to a Kiota writer.

        Raises:
            ValueError: the values are nested too deeply for the writer.
        """
        try:
            writer.write_additional_data_value(self.raw)
        except RecursionError:
            raise ValueError("the values are nested too deeply for this writer") from None

    # For Python: attributes

    def __setattr__(self, name: str, value: object) -> None:
        field = self._field(name)
        if field is None:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}{self._suggestion(name)}")
        self._raw[field.wire_name] = field.write(value)
        vars(self).pop(field.name, None)
        if isinstance(value, Model):
            # Keep the same object, so that later changes to it are not lost.
            vars(self)[field.name] = value

    def __delattr__(self, name: str) -> None:
        field = self._field(name)
        if field is None or field.wire_name not in self._raw:
            raise AttributeError(f"{type(self).__name__} has no value named {name!r}")
        del self._raw[field.wire_name]
        vars(self).pop(field.name, None)

    @classmethod
    def _field(cls, name: str) -> Field[Any] | None:
        """Find a field by its name, or by a former name, which warns."""
        field = cls._fields.get(name)
        if field is None:
            former: object = getattr(cls, name, None)
            field = next((field for field in cls._fields.values() if field is former), None)
        return field

    def _suggestion(self, name: str) -> str:
        by_wire_name = [field.name for field in self._fields.values() if field.wire_name == name]
        advice = f"did you mean {by_wire_name[0]!r}?" if by_wire_name else suggestion(name, self._fields)
        return f"; {advice}" if advice else ""

    # For Python: comparing, showing, copying

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model):
            return NotImplemented
        return type(self) is type(other) and self.raw == other.raw

    __hash__ = None  # type: ignore[assignment]  # models can change

    def __repr__(self) -> str:
        present = (
            f"{name}={HIDDEN if field.is_secret else shown(self._raw[field.wire_name])}"
            for name, field in self._fields.items()
            if self._raw.get(field.wire_name) is not None
        )
        return f"{type(self).__name__}({', '.join(present)})"

    def _repr_html_(self) -> str:
        return html_table(type(self).__name__, cells_of(self).items())

    def __copy__(self) -> Self:
        return _restore(type(self), dict(self.raw))

    def __replace__(self, **values: object) -> Self:
        """Return a copy with other values; `copy.replace` calls it from Python 3.13 on."""
        replaced = copy.copy(self)
        for name, value in values.items():
            setattr(replaced, name, value)
        return replaced

    # By way of JSON, because Python's own protocols recurse, and fail on deeply nested values.

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        del memo  # JSON has no references
        return _from_bytes(type(self), self.to_json())

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return _from_bytes, (type(self), self.to_json())


def model_factory(model: type[M]) -> ParsableFactory[M]:
    """Return a model class as the factory that Kiota expects; mypy does not see that a `type[M]` is one."""
    return cast("ParsableFactory[M]", model)


def _write_back(model: Model) -> None:
    """Write the changes in lists and objects since they were read to the JSON, once for each object."""
    waiting, done = [model], set[int]()
    while waiting:
        model = waiting.pop()
        if id(model) in done:
            continue
        done.add(id(model))
        fields = fields_of(model)
        for name, value in vars(model).items():
            if (field := fields.get(name)) is not None:  # but not what a subclass of the caller's caches there
                waiting += cast("list[Model]", field.write_back(value, model._raw))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  a model's own part


def _restore(cls: type[M], raw: JsonObject) -> M:
    model = object.__new__(cls)
    set_raw(model, raw)
    return model


def _from_bytes(cls: type[M], content: bytes) -> M:
    return _restore(cls, cast("JsonObject", decode_json(content)))
