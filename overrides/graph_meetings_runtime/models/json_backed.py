"""The ground class of everything that wraps a decoded JSON object."""

from kiota_abstractions.serialization import Parsable

from graph_meetings_runtime.json_codec import JsonObject


class JsonBacked(Parsable):
    """A Kiota `Parsable` that holds the JSON object itself, so no parse node needs to fill it."""

    __slots__ = ("_raw",)

    _raw: JsonObject

    @property
    def raw(self) -> JsonObject:
        """The JSON object itself, as decoded from the response and changed by assignments."""
        return self._raw
