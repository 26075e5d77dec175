"""The `.part` file of a download: the bytes so far, next to a sidecar that says what they belong to.

At any moment, even if the process is killed: the file has bytes only while the sidecar exists, and it is never the file
that already has the final name. The file that gets the final name is the one that was written, whatever has happened to
the part's name in the meantime.
"""

import errno
import hashlib
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from graph_meetings_runtime.content.promise import Promise
from graph_meetings_runtime.content.sidecar import Note, Sidecar, is_file
from graph_meetings_runtime.content.strong_etag import STRONG_ETAG
from graph_meetings_runtime.file_lock import naming, open_locked, sync_folder

if TYPE_CHECKING:
    from graph_meetings_runtime.content.content_digest import Hash

_SUFFIX: Final = ".part"
_SIDECAR_SUFFIX: Final = ".part.json"
_NEW_SIDECAR_SUFFIX: Final = ".part.new"
_MAX_NAME: Final = 255
_KEPT_OF_A_LONG_NAME: Final = 150
# After any other failed flush, Linux considers bytes written that it has lost.
_KEEPS_BYTES: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class PartFile:
    """The bytes of a content before it has its final name. While it is open, no other download can use the file.

    Args:
        target: the final file.
        source: identifies the content and its format, without secrets.

    Attributes:
        path: the path of the part.
        received: the number of bytes in it.
        promise: what the first response said about the content. Without an ETag, the download cannot be resumed.
    """

    def __init__(self, target: Path, source: str) -> None:
        self._target = target
        self.path = _beside(target, _SUFFIX)
        self._sidecar = Sidecar(_beside(target, _SIDECAR_SUFFIX), _beside(target, _NEW_SIDECAR_SUFFIX))
        self._source = source
        self.received = 0
        self.promise = Promise()
        self._hash: Hash | None = None
        self._has_lost_bytes = False

    def __enter__(self) -> Self:
        """Open the file, with what an earlier download of the same content left in it.

        Raises:
            BlockingIOError: another download is using it.
            FileExistsError: it was not left by a download.
            OSError: it cannot be opened.
        """
        self._file = open_locked(self.path, BlockingIOError(f"another download is writing {self.path}"))
        try:
            self._resume()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            is_useless = self._has_lost_bytes or not self.received
            # A forked child's is closed, because its parent continues; one without its name may be another download's.
            if exc_type is not None and is_useless and not self._file.closed and self._file.is_named(self.path):
                self._throw_away()
        finally:
            self._file.close()

    def begin(self, promise: Promise) -> None:
        """Start a content from its first byte, and note what it is.

        Args:
            promise: what the service says about it.

        Raises:
            OSError: the file no longer has its name, or the note cannot be written.
        """
        self._refuse_another_file()
        self.forget()
        self._sidecar.write(Note.of(self._source, promise))
        self.promise = promise
        self._hash = None if promise.digest is None else promise.digest.start()

    def extend_promise(self, promise: Promise) -> None:
        """Note what the service says about the same content with a later range.

        Raises:
            OSError: the file no longer has its name, or the note cannot be written.
        """
        self._refuse_another_file()
        if promise == self.promise:
            return
        self._sidecar.write(Note.of(self._source, promise))
        if promise.digest != self.promise.digest:
            self._hash = None  # it lacks the bytes so far
        self.promise = promise

    def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises:
            OSError: there is no room for all of them; `received` counts those that were written.
        """
        rest = memoryview(chunk)
        with naming(self.path):
            while rest:
                written = self._file.write(rest)
                self.received += written
                rest = rest[written:]
        if self._hash is not None:
            self._hash.update(chunk)

    def flush(self) -> None:
        """Wait until the bytes are on the disk.

        Raises:
            OSError: the disk failed. Unless it is only full, no byte of the part can be trusted any more.
        """
        try:
            with naming(self.path):
                os.fsync(self._file.fileno())
        except OSError as error:
            if error.errno not in _KEEPS_BYTES:
                self._has_lost_bytes = True
            raise

    def forget(self) -> None:
        """Discard the bytes."""
        with naming(self.path):
            self._file.truncate(0)
        self.received, self.promise, self._hash = 0, Promise(), None

    def mismatch(self) -> str | None:
        """Compare the bytes with the promised digest; return the difference, or `None` if there is none."""
        promised = self.promise.digest
        if promised is None:
            return None
        if self._hash is not None:
            computed = self._hash.digest()
        else:  # some of the bytes are from an earlier download: reading a GiB takes a second
            self._file.seek(0)
            with naming(self.path):
                computed = promised.of_file(self._file)
        if computed == promised.value:
            return None
        return f"the service promised the {promised}, but the bytes that arrived have {computed.hex()}"

    def finish(self, *, overwrite: bool) -> None:
        """Give the file its final name, in one step. It fails if the name is taken and `overwrite` is false.

        The bytes are on the disk before the name, so that even after a power failure the file is complete.

        Raises:
            FileExistsError: the name is taken, and `overwrite` is false.
            OSError: the disk failed, or the part's name now leads to another file.
        """
        self.flush()
        self._refuse_another_file()
        written = os.fstat(self._file.fileno())
        self._close_first_on_windows()
        is_linked = not overwrite and self._link_free_name()
        if not is_linked:
            rename = self.path.replace if overwrite else self.path.rename
            rename(self._target)
        if not is_file(self._target, written):
            self._give_name_back()
            raise self._another_file(written)
        # A linked part is removed last: as long as it exists, its lock keeps others away from the sidecar.
        self._sidecar.remove()
        if is_linked:
            self.path.unlink(missing_ok=True)
        sync_folder(self._target.parent)

    def _link_free_name(self) -> bool:
        """Link the file to its final name; return false if the file system has no links."""
        try:
            self._target.hardlink_to(self.path)
        except FileExistsError:
            raise self._taken() from None
        except OSError:
            if os.path.lexists(self._target):
                raise self._taken() from None
            return False
        return True

    def _give_name_back(self) -> None:
        """Undo the renaming of another file, which someone put in the part's place at the last moment."""
        with suppress(OSError):
            if not os.path.lexists(self.path):
                self._target.rename(self.path)
            elif self._target.samefile(self.path):
                self._target.unlink()

    def _taken(self) -> FileExistsError:
        return FileExistsError(
            f"{self._target} was created in the meantime; what was downloaded is in {self.path}. Download again with "
            "overwrite=True to put it in place"
        )

    def _throw_away(self) -> None:
        with suppress(OSError):  # the error that ended the download says more
            self.forget()
        with suppress(OSError):
            self._sidecar.remove()
            self._close_first_on_windows()
            self.path.unlink(missing_ok=True)

    def _refuse_another_file(self) -> None:
        """Raise an error if the part's name no longer leads to the file that is being written."""
        if not self._file.is_named(self.path):
            raise self._another_file(os.fstat(self._file.fileno()))

    def _another_file(self, written: os.stat_result) -> OSError:
        bytes_are = "in the file that was moved away" if written.st_nlink else "gone"
        return OSError(
            errno.ESTALE,
            f"the part of a download was moved, removed or replaced while it was being written, so {self._target} was "
            f"not created; the bytes that arrived are {bytes_are}. Download again",
            str(self.path),
        )

    def _resume(self) -> None:
        size = self._file.seek(0, os.SEEK_END)
        if not size:
            return
        note = self._sidecar.read()
        if note is None:
            raise FileExistsError(
                f"{self.path} has {size} bytes, but no {self._sidecar.path.name} says that a download left them; "
                "move it away, or download to another name"
            )
        is_resumable = note.etag is not None and re.fullmatch(STRONG_ETAG, note.etag) is not None
        if note.source == self._source and is_resumable and (note.size is None or size <= note.size):
            self.received, self.promise = size, note.promise
        else:
            self.forget()

    def _close_first_on_windows(self) -> None:
        # Windows does not rename or remove open files. Elsewhere, the lock is kept until the end.
        if sys.platform == "win32":
            self._file.close()


def clear_leftovers(target: Path) -> None:
    """Remove what is left by a process that was killed right after it gave a file its final name."""
    part, sidecar = _beside(target, _SUFFIX), _beside(target, _SIDECAR_SUFFIX)
    with suppress(OSError):  # there is nothing to remove, or the files are not ours
        if os.path.lexists(part) and (part.is_symlink() or not part.samefile(target)):
            return
        for path in (_beside(target, _NEW_SIDECAR_SUFFIX), sidecar, part):
            path.unlink(missing_ok=True)


def _beside(target: Path, suffix: str) -> Path:
    """Return the path of a companion file, always the same for the same file, and no longer than allowed."""
    name = target.name
    if len(os.fsencode(name)) + len(_SIDECAR_SUFFIX) > _MAX_NAME:
        digest = hashlib.sha256(os.fsencode(name)).hexdigest()
        name = f"{os.fsencode(name)[:_KEPT_OF_A_LONG_NAME].decode(errors='ignore')}~{digest[:32]}"
    return target.with_name(f"{name}{suffix}")
