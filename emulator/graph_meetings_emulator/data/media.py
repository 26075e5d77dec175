"""Streams' bytes: made on demand, the same for the same seed, at any offset; those of recordings in constant memory.

A recording begins with a real `ftyp` box and the header of an `mdat` box (ISO/IEC 14496-12); after them come blocks
of pseudo-random bytes. Each block starts with a stamp of the recording and the block's number, so that a byte in the
wrong place changes the SHA-256.
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
_POOL = memoryview(random.Random(20260115).randbytes(2 * BLOCK))  # noqa: S311  bytes to look at, not secrets
_FTYP = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 512, b"isom", b"mp42")


class Media(Protocol):
    """The bytes of a stream in one form."""

    @property
    def size(self) -> int:
        """In bytes."""
        ...

    @property
    def media_type(self) -> str:
        """What `Content-Type` says."""
        ...

    @property
    def etag(self) -> str:
        """The entity tag, quotes included."""
        ...

    @property
    def names_speakers(self) -> bool:
        """Whether it says who speaks."""
        ...

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[memoryview]:
        """Give the bytes from `start` up to `stop`, the end by default, in pieces that are not copied."""
        ...

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """Give a range of bytes at once."""
        ...

    def sha256(self) -> str:
        """Compute the SHA-256 of the whole, in hexadecimal."""
        ...


@dataclass(frozen=True)
class Text:
    """A small text, written when it is first asked for.

    Args:
        write: gives the text.
        media_type: what `Content-Type` says.
        names_speakers: whether it says who speaks.
    """

    write: Callable[[], str]
    media_type: str
    names_speakers: bool = False

    @cached_property
    def _content(self) -> bytes:
        return self.write().encode()

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self._content)

    @property
    def etag(self) -> str:
        """The entity tag, quotes included."""
        return f'"{hashlib.blake2b(self._content, digest_size=16).hexdigest()}"'

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[memoryview]:
        """Give the bytes from `start` up to `stop`, the end by default, in one piece."""
        yield memoryview(self._content)[start:stop]

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """Give a range of bytes."""
        return self._content[start:stop]

    def sha256(self) -> str:
        """Compute the SHA-256 of the whole, in hexadecimal."""
        return hashlib.sha256(self._content).hexdigest()


@dataclass(frozen=True)
class Mp4:
    """The content of one recording.

    Args:
        seed: decides the bytes; recordings use their id.
        size: in bytes; a few bytes or many GiB.
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
        """The entity tag, quotes included."""
        return f'"{self._digest.hex()}"'

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[memoryview]:
        """Give the bytes from `start` up to `stop`, the end by default, in pieces that are not copied."""
        stop = self.size if stop is None else min(stop, self.size)
        for number in range(start // BLOCK, -(-stop // BLOCK)):
            offset = number * BLOCK
            for piece in self._block(number):
                wanted = piece[max(start - offset, 0) : max(stop - offset, 0)]
                offset += len(piece)
                if wanted:
                    yield wanted

    def _block(self, number: int) -> tuple[memoryview, memoryview]:
        """Give a block as its beginning, which is its own, and the rest, which is a view on what all share."""
        stamp = _STAMP.pack(self._digest, number)
        beginning = self._header + stamp if number == 0 else stamp
        return memoryview(beginning), self._body[: BLOCK - len(beginning)]

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """Give a range of bytes at once."""
        return b"".join(self.chunks(start, stop))

    def sha256(self) -> str:
        """Compute the SHA-256 of the whole, in hexadecimal."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()
