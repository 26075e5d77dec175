"""The bytes of streams, generated on demand at any offset; the same seed gives the same bytes.

A recording starts with a real `ftyp` box and the header of an `mdat` box (ISO/IEC 14496-12), followed by blocks of
pseudo-random bytes, and takes constant memory. Each block starts with a stamp of the recording and the block number,
so that a misplaced byte changes the SHA-256.
"""

import hashlib
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

BLOCK = 1 << 20
_STAMP = struct.Struct(">16sQ8x")
_POOL = memoryview(random.Random(20260115).randbytes(2 * BLOCK))  # noqa: S311  sample bytes, not secrets
_FTYP = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 512, b"isom", b"mp42")


class Media(Protocol):
    """The bytes of a stream in one format."""

    @property
    def size(self) -> int:
        """The size in bytes."""
        ...

    @property
    def media_type(self) -> str:
        """The value of `Content-Type`."""
        ...

    @property
    def etag(self) -> str:
        """The entity tag, including its quotes."""
        ...

    @property
    def names_speakers(self) -> bool:
        """Whether it names the speakers."""
        ...

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[memoryview]:
        """Yield the bytes from `start` up to `stop`, by default to the end, in pieces that are not copied."""
        ...

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """Return the bytes from `start` up to `stop`."""
        ...

    def sha256(self) -> str:
        """Return the SHA-256 of the whole stream, in hexadecimal."""
        ...


@dataclass(frozen=True)
class Text:
    """A small text, generated on first use.

    Args:
        write: returns the text.
        media_type: the value of `Content-Type`.
        names_speakers: whether it names the speakers.
    """

    write: Callable[[], str]
    media_type: str
    names_speakers: bool = False

    @cached_property
    def _content(self) -> bytes:
        return self.write().encode()

    @property
    def size(self) -> int:
        """The size in bytes."""
        return len(self._content)

    @property
    def etag(self) -> str:
        """The entity tag, including its quotes."""
        return f'"{hashlib.blake2b(self._content, digest_size=16).hexdigest()}"'

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[memoryview]:
        """Yield the bytes from `start` up to `stop`, by default to the end, in one piece."""
        yield memoryview(self._content)[start:stop]

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """Return the bytes from `start` up to `stop`."""
        return self._content[start:stop]

    def sha256(self) -> str:
        """Return the SHA-256 of the whole stream, in hexadecimal."""
        return hashlib.sha256(self._content).hexdigest()


@dataclass(frozen=True)
class Mp4:
    """The content of a recording.

    Args:
        seed: decides the bytes; recordings use their id.
        size: the size in bytes, from a few bytes to many GiB.
    """

    seed: str
    size: int
    media_type: str = "video/mp4"
    names_speakers: bool = False

    @cached_property
    def _digest(self) -> bytes:
        return hashlib.blake2b(f"{self.seed}/{self.size}".encode(), digest_size=16).digest()

    @cached_property
    def _header(self) -> bytes:
        return _FTYP + struct.pack(">I4sQ", 1, b"mdat", max(self.size - len(_FTYP), 16))

    @cached_property
    def _body(self) -> memoryview:
        start = int.from_bytes(self._digest[:4]) % BLOCK
        return _POOL[start : start + BLOCK - _STAMP.size]

    @property
    def etag(self) -> str:
        """The entity tag, including its quotes."""
        return f'"{self._digest.hex()}"'

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[memoryview]:
        """Yield the bytes from `start` up to `stop`, by default to the end, in pieces that are not copied."""
        stop = self.size if stop is None else min(stop, self.size)
        for number in range(start // BLOCK, -(-stop // BLOCK)):
            offset = number * BLOCK
            for piece in self._block(number):
                wanted = piece[max(start - offset, 0) : max(stop - offset, 0)]
                offset += len(piece)
                if wanted:
                    yield wanted

    def _block(self, number: int) -> tuple[memoryview, memoryview]:
        """Return a block as its own beginning, and the rest, a view of bytes that all blocks share."""
        stamp = _STAMP.pack(self._digest, number)
        beginning = self._header + stamp if number == 0 else stamp
        return memoryview(beginning), self._body[: BLOCK - len(beginning)]

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """Return the bytes from `start` up to `stop`."""
        return b"".join(self.chunks(start, stop))

    def sha256(self) -> str:
        """Return the SHA-256 of the whole stream, in hexadecimal."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()
