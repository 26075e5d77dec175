"""The `.part` file of a download: the bytes so far, and beside it a sidecar that says what they belong to.

What holds at any moment, also when the process is killed: the file has bytes only while the sidecar is there, and it
never is the file that has the final name already.
"""

import hashlib
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from graph_meetings_runtime.content.content_digest import ContentDigest, Hash
from graph_meetings_runtime.content.content_stream import STRONG_ETAG
from graph_meetings_runtime.file_lock import naming, open_as_it_is, open_locked, sync_folder
from graph_meetings_runtime.threads import run_in_thread

_SUFFIX: Final = ".part"
_SIDECAR_SUFFIX: Final = ".part.json"
_LONGEST_NAME: Final = 255
_KEPT_OF_A_LONG_NAME: Final = 150
_LONGEST_SIDECAR: Final = 1 << 16


class _Sidecar(msgspec.Struct, frozen=True):
    """Which content the bytes belong to."""

    source: str
    etag: str | None = None
    digest: ContentDigest | None = None


class PartFile:
    """What there is of a content before it has its final name. While it is open no other download has it.

    Args:
        target: the final file.
        source: names the content and its format, without anything secret.

    Attributes:
        path: of the part.
        received: how many bytes of the content are in it.
        etag: a strong validator of the content, `None` where there is none; the bytes cannot be gone on with then.
    """

    def __init__(self, target: Path, source: str) -> None:
        self._target = target
        self.path = _beside(target, _SUFFIX)
        self._sidecar_path = _beside(target, _SIDECAR_SUFFIX)
        self._source = source
        self.received = 0
        self.etag: str | None = None
        self._digest: ContentDigest | None = None
        self._hash: Hash | None = None

    def __enter__(self) -> Self:
        """Open the file and take up what an earlier download of the same content left.

        Raises:
            BlockingIOError: another download has it.
            FileExistsError: what is there is from no download.
            OSError: it cannot be opened.
        """
        self._file = open_locked(self.path, BlockingIOError(f"another download is writing {self.path}"))
        try:
            self._take_up()
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
        if exc_type is not None and not self.received:
            self._close_first_on_windows()
            self.path.unlink(missing_ok=True)
            self._sidecar_path.unlink(missing_ok=True)
        self._file.close()

    def begin(self, etag: str | None, digest: ContentDigest | None) -> None:
        """Begin a content anew, and write down what it is.

        Args:
            etag: a strong validator of it.
            digest: of the whole, where the service says it.
        """
        self.forget()
        self.etag, self._digest = etag, digest
        self._hash = None if digest is None else digest.start()
        # Made anew, so that nothing which waits under the name is written through.
        self._sidecar_path.unlink(missing_ok=True)
        with naming(self._sidecar_path), self._sidecar_path.open("xb") as file:
            file.write(msgspec.json.encode(_Sidecar(self._source, etag, digest)))

    def expect(self, digest: ContentDigest | None) -> None:
        """Take note of the digest that the service says with a further range."""
        if digest is not None and digest != self._digest:
            self._digest, self._hash = digest, None

    def write(self, chunk: bytes) -> None:
        """Add bytes at the end.

        Raises:
            OSError: they do not fit; `received` counts those that did.
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
            OSError: the disk fails.
        """
        with naming(self.path):
            os.fsync(self._file.fileno())

    def forget(self) -> None:
        """Throw the bytes away."""
        with naming(self.path):
            self._file.truncate(0)
        self.received, self.etag, self._digest, self._hash = 0, None, None, None

    async def mismatch(self) -> str | None:
        """Compare the whole with the digest that the service says; gives what is wrong, where something is."""
        if self._digest is None:
            return None
        if self._hash is not None:
            computed = self._hash.digest()
        else:  # some of the bytes are from earlier; in a thread, as reading a GiB takes a second
            self._file.seek(0)
            with naming(self.path):
                computed = await run_in_thread(self._digest.of_file, self._file)
        if computed == self._digest.value:
            return None
        return f"the service says that the content's {self._digest}, and the bytes that came have {computed.hex()}"

    async def finish(self, *, overwrite: bool) -> None:
        """Give the file its final name in one step, which fails where the name is taken and may not be.

        The bytes are on the disk before the name is: not even a loss of power leaves less under it.

        Raises:
            FileExistsError: the name is taken, and `overwrite` is false.
            OSError: the disk fails.
        """
        await run_in_thread(self.flush)
        self._close_first_on_windows()
        if overwrite:
            self.path.replace(self._target)
        else:
            self._take_free_name()
        self._sidecar_path.unlink(missing_ok=True)
        await run_in_thread(sync_folder, self._target.parent)

    def _take_free_name(self) -> None:
        try:
            self._target.hardlink_to(self.path)
        except FileExistsError:
            raise self._taken() from None
        except OSError:  # a file system without links
            if os.path.lexists(self._target):
                raise self._taken() from None
            self.path.rename(self._target)
        else:
            self.path.unlink(missing_ok=True)

    def _taken(self) -> FileExistsError:
        return FileExistsError(
            f"{self._target} came into being meanwhile; what was downloaded is in {self.path}, and downloading again "
            "with overwrite=True puts it in place"
        )

    def _take_up(self) -> None:
        size = self._file.seek(0, os.SEEK_END)
        if not size:
            return
        sidecar = _read_sidecar(self._sidecar_path)
        if sidecar is None:
            raise FileExistsError(
                f"{self.path} has {size} bytes, and no {self._sidecar_path.name} says that a download left them; "
                "move it away, or download to another name"
            )
        if sidecar.source == self._source and sidecar.etag and STRONG_ETAG.fullmatch(sidecar.etag):
            self.received, self.etag, self._digest = size, sidecar.etag, sidecar.digest
        else:
            self.forget()

    def _close_first_on_windows(self) -> None:
        # Elsewhere the lock is kept until the end.
        if sys.platform == "win32":
            self._file.close()


def clear_leftovers(target: Path) -> None:
    """Take away what a process left that ended just after it had given a file its final name."""
    part, sidecar = _beside(target, _SUFFIX), _beside(target, _SIDECAR_SUFFIX)
    with suppress(OSError):  # nothing to take away, or not ours to
        if not os.path.lexists(part):
            sidecar.unlink()
        elif part.samefile(target) and not part.is_symlink():
            part.unlink()
            sidecar.unlink()


def _beside(target: Path, suffix: str) -> Path:
    """Make a name next to a file, within what file systems allow; the same for the same name."""
    name = target.name
    if len(os.fsencode(name)) + len(_SIDECAR_SUFFIX) > _LONGEST_NAME:
        digest = hashlib.sha256(os.fsencode(name)).hexdigest()
        name = f"{os.fsencode(name)[:_KEPT_OF_A_LONG_NAME].decode(errors='ignore')}~{digest[:32]}"
    return target.with_name(f"{name}{suffix}")


def _read_sidecar(path: Path) -> _Sidecar | None:
    """Read what a part belongs to: to nothing where it is damaged, `None` where there is no sidecar."""
    try:
        with io.FileIO(path, "r", opener=open_as_it_is) as file, naming(path):
            content = file.read(_LONGEST_SIDECAR)
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(content or b"", type=_Sidecar)
    except ValueError:
        return _Sidecar("")
