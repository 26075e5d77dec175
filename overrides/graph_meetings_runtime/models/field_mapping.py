"""The values of an object as a mapping, by the names of its fields."""

from collections.abc import ItemsView, Iterator, KeysView, Mapping, MutableMapping, ValuesView
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NoReturn

from graph_meetings_runtime.json_codec import JsonValue
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.values.additional_data import AdditionalData
from graph_meetings_runtime.models.values.json_backed import JsonBacked, plain
from graph_meetings_runtime.models.values.shown import HIDDEN, cell

_ODATA_TYPE: Final = "@odata.type"

if TYPE_CHECKING:
    # Pyright assumes that anything with a length can be false, so that `model and model.field` can also be the model.
    # It therefore sees a mapping without a length.
    class _Values:
        def get(self, name: str, default: object = None) -> Any: ...
        def keys(self) -> KeysView[str]: ...
        def values(self) -> ValuesView[Any]: ...
        def items(self) -> ItemsView[str, Any]: ...

else:
    _Values = Mapping


class FieldMapping(JsonBacked, _Values):
    """An object whose values can be read like those of a dict.

    The keys are the names of the fields, then of undeclared properties as they are in the JSON. The first field is
    `odata_type`, which is a key only if the service sent it.
    """

    _fields: ClassVar[Mapping[str, Field[Any]]] = MappingProxyType({})

    @property
    def additional_data(self) -> MutableMapping[str, JsonValue]:
        """The properties in the JSON that the metadata does not declare."""
        return AdditionalData(self._raw, frozenset(field.wire_name for field in self._fields.values()))

    def __getitem__(self, name: str) -> Any:
        field = self._fields.get(name)
        if field is None:
            return plain(self.additional_data[name])
        if field.wire_name == _ODATA_TYPE and _ODATA_TYPE not in self._raw:
            raise KeyError(name)
        return field.value_of(self)

    def __iter__(self) -> Iterator[str]:
        yield from self._fields if _ODATA_TYPE in self._raw else list(self._fields)[1:]
        yield from (name for name in self.additional_data if name not in self._fields)

    if not TYPE_CHECKING:

        def __len__(self) -> int:
            return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return any(name == key for key in self)

    def __bool__(self) -> Literal[True]:
        return True  # even an object without values is an object

    def __array__(self, *options: object, **more_options: object) -> NoReturn:
        """Refuse conversion by NumPy, which would take the names for the values."""
        raise TypeError(f"{type(self).__name__} cannot become an array; use .to_dict()")


def fields_of(model: type[FieldMapping] | FieldMapping) -> Mapping[str, Field[Any]]:
    """Return the fields of a model by their Python names, inherited ones first."""
    return model._fields  # pyright: ignore[reportPrivateUsage]  a model's own part


def cells_of(model: FieldMapping) -> dict[str, str]:
    """Return the texts of the values that the JSON has, for tables whose caption or heading names the type."""
    raw = model.raw
    return {
        name: HIDDEN if field.is_secret else cell(raw[field.wire_name])
        for name, field in fields_of(model).items()
        if field.wire_name != _ODATA_TYPE and raw.get(field.wire_name) is not None
    }


def secrets_of(model: FieldMapping) -> tuple[str, ...]:
    """Return the strings in a model that must never be shown."""
    raw = model.raw
    found = [raw.get(field.wire_name) for field in fields_of(model).values() if field.is_secret]
    return tuple(value for value in found if isinstance(value, str) and value)
