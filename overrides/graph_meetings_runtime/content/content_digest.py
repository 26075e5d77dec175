"""The digest that the service sends with a content, for checking the bytes.

Source: RFC 9530 (`Repr-Digest`, `Content-Digest`), RFC 3230 (`Digest`), RFC 1864 (`Content-MD5`), and
https://learn.microsoft.com/rest/api/storageservices/get-blob for `x-ms-blob-content-md5`
"""

import base64
import binascii
import hashlib
import io
import re
from collections.abc import Mapping
from functools import partial
from typing import Final, Literal, Protocol, Self, TypeAlias, get_args

from msgspec import Struct

Algorithm: TypeAlias = Literal["sha-256", "sha-512", "md5"]

_PREFERRED: Final[tuple[Algorithm, ...]] = get_args(Algorithm)  # the fastest of the strong ones first
_SIZES: Final[Mapping[Algorithm, int]] = {"sha-256": 32, "sha-512": 64, "md5": 16}
_NAMED = r"(?:^|,)\s*([A-Za-z0-9-]+)=:?([A-Za-z0-9+/]+={0,2}):?(?=\s*(?:$|[,;]))"


class Hash(Protocol):
    """A digest being computed, as in hashlib."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""
        ...

    def digest(self) -> bytes:
        """Return the digest of the bytes so far."""
        ...


class ContentDigest(Struct, frozen=True):
    """A digest of a whole content.

    Args:
        algorithm: its name in HTTP's registry of digest algorithms, in lower case.
        value: the digest.
    """

    algorithm: Algorithm
    value: bytes

    @classmethod
    def announced(cls, headers: Mapping[str, str], *, is_part: bool) -> Self | None:
        """Read the digest of the whole content from the headers of a response.

        Args:
            headers: of the response.
            is_part: whether the body is only a part, so that headers about the body do not describe the whole.

        Returns:
            The digest, or `None` if there is none that can be computed. Values that cannot be decoded are ignored.
        """
        names = ("repr-digest", "digest") if is_part else ("repr-digest", "content-digest", "digest")
        found = [match for name in names for match in re.findall(_NAMED, headers.get(name, ""))]
        md5 = ("x-ms-blob-content-md5",) if is_part else ("x-ms-blob-content-md5", "content-md5")
        found += [("md5", headers.get(name, "")) for name in md5]
        for algorithm in _PREFERRED:
            for name, text in found:
                value = _decoded(text)
                if name.lower() == algorithm and len(value) == _SIZES[algorithm]:
                    return cls(algorithm, value)
        return None

    def start(self) -> Hash:
        """Start computing a digest with this algorithm."""
        return hashlib.new(self._name, usedforsecurity=False)

    def of_file(self, file: io.FileIO) -> bytes:
        """Compute the digest of a file, from its current position on."""
        return hashlib.file_digest(file, partial(hashlib.new, self._name, usedforsecurity=False)).digest()

    def contradicts(self, other: "ContentDigest") -> bool:
        """Return whether no content can have both digests. Digests of different algorithms cannot be compared."""
        return self.algorithm == other.algorithm and self.value != other.value

    @property
    def _name(self) -> str:
        return self.algorithm.replace("sha-", "sha")

    def __str__(self) -> str:
        return f"{self.algorithm} {self.value.hex()}"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
