"""The note next to a part file: which content its bytes belong to."""

import os
from io import FileIO
from pathlib import Path
from typing import Final, Self

import msgspec

from graph_meetings_runtime.content.content_digest import ContentDigest
from graph_meetings_runtime.content.promise import Promise
from graph_meetings_runtime.file_lock import naming, open_as_it_is

_MAX_SIZE: Final = 1 << 16


class Note(msgspec.Struct, frozen=True):
    """What the bytes of a part belong to.

    Args:
        source: identifies the content and its format.
        etag: a strong validator.
        size: of the whole content in bytes.
        digest: of the whole content.
    """

    source: str
    etag: str | None = None
    size: int | None = None
    digest: ContentDigest | None = None

    @classmethod
    def of(cls, source: str, promise: Promise) -> Self:
        """Make a note of a promise."""
        return cls(source, promise.etag, promise.size, promise.digest)

    @property
    def promise(self) -> Promise:
        """What the first response said about the content."""
        return Promise(self.etag, self.size, self.digest)


class Sidecar:
    """The file that contains the note. Only the holder of the part's lock may use it.

    Args:
        path: of the file.
        new_path: of the file to which a note is written before it replaces the old one.
    """

    def __init__(self, path: Path, new_path: Path) -> None:
        self.path = path
        self._new_path = new_path
        self._known: os.stat_result | None = None

    def read(self) -> Note | None:
        """Read the note. Return an empty one if it is damaged, `None` if there is no file.

        Raises:
            OSError: it cannot be read, or is a symbolic link.
        """
        try:
            with FileIO(self.path, "r", opener=open_as_it_is) as file, naming(self.path):
                self._known = os.fstat(file.fileno())
                content = file.read(_MAX_SIZE)
        except FileNotFoundError:
            return None
        try:
            return msgspec.json.decode(content or b"", type=Note)
        except ValueError:
            return Note("")

    def write(self, note: Note) -> None:
        """Replace the note in one step.

        Raises:
            OSError: it cannot be written; the old one is kept.
        """
        self._new_path.unlink(missing_ok=True)
        try:
            # A new file, so that nothing is written to what someone may have put in its place.
            with naming(self.path), self._new_path.open("xb") as file:
                file.write(msgspec.json.encode(note))
                self._known = os.fstat(file.fileno())
            self._new_path.replace(self.path)
        except BaseException:
            self._new_path.unlink(missing_ok=True)
            raise

    def remove(self) -> None:
        """Remove the file, unless it was neither read nor written here: it is then another download's."""
        if self._known is not None and is_file(self.path, self._known):
            self._new_path.unlink(missing_ok=True)  # left by a process that was killed while writing
            self.path.unlink(missing_ok=True)


def is_file(path: Path, known: os.stat_result) -> bool:
    """Return whether a path leads to a known file."""
    try:
        return os.path.samestat(path.stat(follow_symlinks=False), known)
    except FileNotFoundError:
        return False
