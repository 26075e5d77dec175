"""Bodies that are not JSON, have values of the wrong type, or have properties that the metadata lacks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import ClassVar, TypeAlias

from graph_meetings_emulator.faults.fault import Exchange, Fault, FaultContext
from graph_meetings_emulator.http.messages import Reply
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json

_Place: TypeAlias = tuple[JsonObject, str]
"""A property: the object that has it, and its name."""

_CORRUPTIONS: tuple[Callable[[bytes, int], bytes], ...] = (
    lambda body, at: body[: max(at, 1)],
    lambda body, at: body[:at] + b"\xff" + body[at:],
    lambda body, at: body[:at] + b"\x00" + body[at:],
    lambda body, _: body + b"}",
    lambda body, _: body.replace(b'"', b"'"),
    lambda body, _: body.replace(b":", b": NaN, ", 1),
    lambda _body, _at: b"<html><body>Signing in...</body></html>",
)

_OTHERS: tuple[JsonValue, ...] = (None, "text", "", 7, -1.5, True, [], ["text", 7], {}, {"name": "value"})

_UNKNOWN: tuple[JsonValue, ...] = (None, "text", 1, [1, {"a": None}], {"@odata.type": "#microsoft.graph.unheardOf"})


@dataclass(frozen=True, slots=True)
class MalformedJson(Fault):
    """A body that is not JSON although the `Content-Type` says so: truncated, corrupted, or something else."""

    kind: ClassVar[str] = "malformed-json"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a non-empty object."""
        return bool(exchange.document)

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Corrupt the body."""
        body = exchange.reply.body
        corrupt = context.random.choice(_CORRUPTIONS)
        return exchange.with_body(corrupt(body, context.random.randrange(len(body))))


@dataclass(frozen=True, slots=True)
class WrongType(Fault):
    """One property has a value of the wrong type: a string for a number, a list for an object, null.

    Args:
        name: the property; by default any.
        keep_keys: whether to leave alone the `value` and links of a page, and the `id` and annotations of items, so
            that items can still be counted.
    """

    kind: ClassVar[str] = "wrong-type"
    name: str | None = None
    keep_keys: bool = True

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply has such a property."""
        return exchange.document is not None and bool(self._places(exchange.document))

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Change the value of one property."""
        document = decode_json(exchange.reply.body)
        if not isinstance(document, dict):
            return exchange.reply
        target, name = context.random.choice(self._places(document))
        target[name] = _of_another_type(target[name], context.random)
        return exchange.with_document(document)

    def _places(self, document: JsonObject) -> list[_Place]:
        items = document.get("value")
        entities = [document, *(items if isinstance(items, list) else ())]
        spared = {
            (id(entity), name) for entity in entities if isinstance(entity, dict) for name in entity if _is_key(name)
        }
        places = (place for place in _properties(document) if self.name in {None, place[1]})
        return [(owner, name) for owner, name in places if not self.keep_keys or (id(owner), name) not in spared]


@dataclass(frozen=True, slots=True)
class UnknownFields(Fault):
    """Every object has properties and annotations that the metadata lacks."""

    kind: ClassVar[str] = "unknown-fields"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is an object."""
        return exchange.document is not None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Add unknown properties to every object."""
        return exchange.with_document(_extended(exchange.document or {}, context.random))


def _is_key(name: str) -> bool:
    return name in {"id", "value"} or "@" in name


def _properties(value: JsonValue) -> Iterator[_Place]:
    """Yield every property at any depth."""
    match value:
        case dict():
            for name, inner in value.items():
                yield value, name
                yield from _properties(inner)
        case list():
            for item in value:
                yield from _properties(item)
        case _:
            pass


def _of_another_type(value: JsonValue, random: Random) -> JsonValue:
    return random.choice([other for other in _OTHERS if type(other) is not type(value)])


def _extended(document: JsonObject, random: Random) -> JsonObject:
    def extended(value: JsonValue) -> JsonValue:
        match value:
            case dict():
                return _extended(value, random)
            case list():
                return [extended(item) for item in value]
            case _:
                return value

    own = {name: extended(value) for name, value in document.items()}
    names = (f"unheardOf{random.randrange(100)}", "@unheard.of", f"{next(iter(own), '')}@unheard.of")
    return own | {name: random.choice(_UNKNOWN) for name in names}
