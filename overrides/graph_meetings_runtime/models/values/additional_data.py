"""The properties of a JSON object that the metadata does not declare."""

from collections.abc import Iterator, MutableMapping

from graph_meetings_runtime.json_codec import JsonObject, JsonValue, plain_json


class AdditionalData(MutableMapping[str, JsonValue]):
    """A view of the undeclared properties of a JSON object."""

    def __init__(self, raw: JsonObject, declared: frozenset[str]) -> None:
        self._raw = raw
        self._declared = declared

    def __getitem__(self, name: str) -> JsonValue:
        if name in self._declared:
            raise KeyError(name)
        return self._raw[name]

    def __setitem__(self, name: str, value: object) -> None:
        try:
            self._raw[name] = plain_json(value)
        except RecursionError:
            raise ValueError("the value is nested too deeply") from None

    def __delitem__(self, name: str) -> None:
        self[name]
        del self._raw[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._raw if name not in self._declared)

    def __len__(self) -> int:
        return sum(1 for _ in self)
