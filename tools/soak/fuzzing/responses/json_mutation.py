"""Replace values and keys in JSON text with unexpected ones."""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from graph_meetings_runtime.json_codec import JsonValue

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')

LINKS: Final = (
    '"https://graph.microsoft.com/v1.0/fuzzed"',
    '"https://graph.microsoft.com/v1.0/fuzzed?$skiptoken=%F0%9F%92%A9+%zz"',
    '"https://graph.microsoft.com/v1.0/fuzzed/../../beta?a=b c"',
    '"HTTPS://GRAPH.MICROSOFT.COM:443/v1.0/é😀"',
    '"https://graph.microsoft.com:99999/v1.0"',
    '"https://graph.microsoft.com:abc/v1.0"',
    '"https://graph.microsoft.com@evil.example/v1.0"',
    '"https://graph.microsoft.com\\\\@evil.example/v1.0"',
    '"https://graph.microsoft.com.evil.example/v1.0"',
    '"http://graph.microsoft.com/v1.0"',
    '"https://[::1/v1.0"',
    '"https://xn--/v1.0"',
    '"//graph.microsoft.com/v1.0"',
    '"/v1.0/fuzzed"',
    '"v1.0/$metadata#fuzzed"',
    '"https://graph.microsoft.com/v1.0/$metadata#fuzzed"',
    '"https://graph.microsoft.com/v1.0/\\r\\nX: y"',
    '"https://graph.microsoft.com/v1.0/\\u007f\\u202e"',
    '"https://graph.microsoft.com/v1.0/' + "a" * 70_000 + '"',
    '"https://graph.microsoft.com"',
    '"https:"',
    '"javascript:alert(1)"',
    '" "',
    '""',
)
_TYPES: Final = (
    '"#microsoft.graph.teamworkUserIdentity"',
    '"#microsoft.graph.callRecords.participantEndpoint"',
    '"#microsoft.graph.callRecording"',
    '"#microsoft.graph.entity"',
    '"#Collection(microsoft.graph.identity)"',
    '"identity"',
    '"#"',
    '"."',
    '"#microsoft.graph.…"',
)
_TIMES: Final = (
    '"2026-13-45T99:99:99Z"',
    '"0000-00-00T00:00:00Z"',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59.9999999-14:00"',
    '"2026-01-15T09:30:00"',
    '"2026-01-15"',
    '"2026-W03-4T09:30Z"',
    '"2026-01-15T09:30:00.123456789012345Z"',
    '"2026-01-15T09:30:00+99:99"',
    '"٢٠٢٦-01-15T09:30:00Z"',
    '"P99999999999999999999D"',
    '"PT' + "9" * 5000 + 'S"',
    '"-P1DT2H"',
    '"P1Y2M"',
    '"P"',
    '"PT1.5H"',
)
_ANY: Final = (
    *("null", "true", "false", "0", "-1", "-0", "-0.0", "1.5", "1e400", "-1E+400", "1e-400", "{}", "[]", '""', '"x"'),
    *(str(2**31), str(2**63), str(2**64), str(-(2**63) - 1), "9" * 400, "9" * 5000, "0." + "1" * 5000, "1" + "0" * 300),
    *("NaN", "Infinity", "-Infinity", "undefined", "01", "+1", "1.", ".5", "0x10", "'x'", "/**/1", ""),
    *('"NaN"', '"INF"', '"-INF"', '"nan"', '"1_0"', '" 1 "', '"٣"', '"1e999999999"', f'"{"9" * 5000}"', '"Infinity"'),
    *('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\ud83d\\ude00"', '"\ufeff"', '"\ufffe"', '"\\x"', '"\t"', '"'),
    *('"unknownFutureValue"', '"neverHeardOf"', '"_missing_"', '"__class__"', '"a,b"', '"mro"', '"name"'),
    *('"AAAA"', '"A"', '"===="', '"+/-_"', '"QUJD\\n"'),
    *("[null]", "[[[]]]", "[1]", '["x"]', "[{}]", '[{},1,null,"x",[]]', '{"":null}', '{"id":{"id":[]}}', '{"x":NaN}'),
    *('{"a":1,"a":2}', '{"@odata.type":7}', '{"@odata.type":null,"@odata.type":"#microsoft.graph.identity"}'),
)
_HUGE: Final = (
    *("[" * depth + "]" * depth for depth in (50, 150, 400, 850, 2000, 100_000)),
    *('{"user":' * depth + "{}" + "}" * depth for depth in (90, 300, 490, 700, *range(900, 990, 10))),
    *('{"innerError":' * depth + "{}" + "}" * depth for depth in (90, 300, 490, 700, *range(900, 990, 10))),
    *("[" * 2000, f'"{"x" * 100_000}"', "[" + "0," * 10_000 + "0]", "[" + "{}," * 1000 + "{}]"),
)
_KEYS: Final = (
    *('"@odata.type"', '"@odata.nextLink"', '"@odata.NextLink"', '"@odata.deltaLink"', '"@odata.count"'),
    *('"@odata.etag"', '"@odata.context"', '"@removed"', '"@"', '"x@"', '"sessions@odata.nextLink"', '"value"'),
    *('"id"', '"ID"', '"é"', '""', '"__class__"', '"raw"', '"_raw"', '"\\ud800"', '"\\u0000"'),
    *('"error"', '"innerError"', '"code"', '"message"'),
)


@dataclass(frozen=True, slots=True)
class Span:
    """The position of a JSON value or key in a text.

    Attributes:
        start: index of the first character.
        stop: index after the last character.
        key: the value's key with its quotes; empty in a list and at the top level.
        is_key: whether this is a key itself.
    """

    start: int
    stop: int
    key: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON text and the positions in it.

    Attributes:
        text: the text.
        spans: positions of all values and keys.
        keys: all keys, with their quotes.
    """

    text: str
    spans: Sequence[Span]
    keys: Sequence[str]

    @classmethod
    def of(cls, value: JsonValue) -> "Document":
        """Serialize a value and find the positions in it."""
        text = json.dumps(value, separators=(",", ":"))
        spans = _spans(text)
        return cls(text, spans, [text[span.start : span.stop] for span in spans if span.is_key])

    def mutated(self, chance: random.Random) -> str:
        """Return the text with up to four parts replaced that do not overlap."""
        text = self.text
        first = len(text) + 1
        chosen = [chance.choice(self.spans) for _ in range(min(chance.randrange(1, 5), len(self.spans)))]
        for span in sorted(chosen, key=lambda span: span.start, reverse=True):
            if span.stop <= first:
                text = text[: span.start] + self._replacement(span, chance) + text[span.stop :]
                first = span.start
        return text

    def _replacement(self, span: Span, chance: random.Random) -> str:
        if span.is_key:
            return chance.choice(_KEYS)
        own = self.text[span.start : span.stop]
        roll = chance.random()
        if own.startswith("{") and roll < 0.5:
            added = f"{self._key(chance)}:{self._value(span, chance)}"
            return f"{{{added}{',' if own != '{}' else ''}{own[1:]}"
        if own.startswith("[") and roll < 0.3:
            return f"[{self._value(span, chance)}{',' if own != '[]' else ''}{own[1:]}"
        return self._value(span, chance)

    def _key(self, chance: random.Random) -> str:
        is_new = not self.keys or chance.random() < 0.5
        return chance.choice(_KEYS if is_new else self.keys)

    def _value(self, span: Span, chance: random.Random) -> str:
        if chance.random() < 0.2:
            other = chance.choice(self.spans)
            return self.text[other.start : other.stop]
        return chance.choice(_pool(span.key, chance))


def _pool(key: str, chance: random.Random) -> Sequence[str]:
    roll = chance.random()
    if roll < 0.02:
        return _HUGE
    if roll < 0.3:
        return _ANY
    name = key.lower()
    if "odata.type" in name:
        return _TYPES
    if "link" in name or "context" in name:
        return LINKS
    if "time" in name or "date" in name or "duration" in name or "delay" in name:
        return _TIMES
    return _ANY


def _spans(text: str) -> list[Span]:
    found: list[Span] = []
    opened: list[tuple[int, str]] = []
    parts = [match.span() for match in _TOKEN.finditer(text)]
    key = ""
    for index, (start, stop) in enumerate(parts):
        part = text[start:stop]
        if part in "{[":
            opened.append((start, key))
            key = ""
        elif part in "}]":
            opening, key = opened.pop()
            found.append(Span(opening, stop, key, is_key=False))
            key = ""
        elif part == ",":
            key = ""
        elif part != ":":
            is_key = index + 1 < len(parts) and text[parts[index + 1][0]] == ":"
            found.append(Span(start, stop, key, is_key))
            if is_key:
                key = part
    return found
