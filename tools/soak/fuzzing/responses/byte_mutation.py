"""Damage bytes as broken proxies do."""

import gzip
import random
import zlib
from collections.abc import Callable
from typing import Final

_INVALID_UTF8: Final = (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80")
_INSERTED: Final = (
    *_INVALID_UTF8,
    *(b"\x00", b"\xef\xbb\xbf", b"\x1f\x8b\x08\x00", b"\r\n", b'"', b"\\", b"{", b"]", b"\\u"),
)
_WHOLE: Final = (
    *(b"", b" ", b"\x00", b"null", b"[]", b"{}", b'""', b"0", b"true"),
    *(b'{"value":null}', b'{"value":{}}', b'{"value":[0]}'),
    *(b"<html><body>502 Bad Gateway</body></html>", b"\xef\xbb\xbf", b"\xff\xfe", b'{"error":{}}', b'{"error":"x"}'),
    b'{"error":[]}',
)


def _truncated(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _flipped(body: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(chance.randrange(1, 6)):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def _inserted(body: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(body) + 1)
    return body[:place] + chance.choice(_INSERTED) + body[place:]


def _cut(body: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body))
    return body[:start] + body[start + chance.randrange(1, 40) :]


def _repeated(body: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body))
    piece = body[start : start + chance.randrange(1, 200)]
    return body[:start] + piece * chance.randrange(2, 5) + body[start:]


def _utf_16(body: bytes, chance: random.Random) -> bytes:
    return body.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-16-le", "utf-32")))


def _with_mark(body: bytes, chance: random.Random) -> bytes:
    return b"\xef\xbb\xbf" * chance.randrange(1, 3) + body


def _compressed(body: bytes, chance: random.Random) -> bytes:
    packed = gzip.compress(body, 1, mtime=0) if chance.random() < 0.5 else zlib.compress(body, 1)
    return packed if chance.random() < 0.5 else _truncated(packed, chance)


def _replaced(_: bytes, chance: random.Random) -> bytes:
    return chance.choice(_WHOLE)


_DAMAGES: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    *(_truncated, _flipped, _flipped, _inserted, _inserted, _cut, _repeated),
    *(_utf_16, _with_mark, _compressed, _replaced),
)


def damaged(body: bytes, chance: random.Random) -> bytes:
    """Damage a body once; replace an empty one."""
    return chance.choice(_DAMAGES)(body, chance) if body else chance.choice(_WHOLE)
