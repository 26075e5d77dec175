"""The journal of a stream: the rows of its last rounds, and where the next one continues.

A round exists once the state says so, which is written last and replaced as a whole. Anything else that a crash leaves
behind is overwritten.
"""

import logging
import os
import secrets
import stat
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from graph_meetings_archive.spark.request.options import OptionError
from graph_meetings_archive.spark.streaming.state import State, decode, encode
from graph_meetings_runtime.file_lock import hold_lock, sync_folder
from graph_meetings_runtime.tables.arrow import ArrowTable, library

_LOG: Final = logging.getLogger("graph_meetings.spark")
_KEPT: Final = 100
"""Rounds whose rows are kept after Spark has committed them: Spark keeps 100 batches that it can read again."""


class Journal:
    """A folder that only its owner can read.

    Args:
        folder: of the journal; created if it does not exist.
        about: a description of what the stream reads, which never changes.

    Attributes:
        id: distinguishes this journal from all others.

    Raises:
        OptionError: the folder has the journal of another stream, or others can read it.
        OSError: it cannot be created or read.
    """

    def __init__(self, folder: Path, about: Mapping[str, str]) -> None:
        self._folder = folder
        _make_private(folder)
        self.id = self._require_same(about)

    @contextmanager
    def held(self) -> Generator[None]:
        """Lock the journal for the duration of the block.

        Raises:
            OptionError: another stream is using the journal.
        """
        try:
            with hold_lock(self._folder / "lock", BlockingIOError("busy")):
                yield
        except BlockingIOError:
            raise OptionError(
                f"option 'journal': another stream uses {self._folder} now; each stream needs a journal of its own"
            ) from None

    def state(self) -> State:
        """Return the state of the stream.

        Raises:
            OptionError: the state is damaged.
        """
        try:
            return decode((self._folder / "state").read_bytes())
        except FileNotFoundError:
            return State()
        except ValueError as error:
            raise OptionError(
                f"option 'journal': {self._folder / 'state'}: {error}; restore it, or begin with a new journal and a "
                "new checkpoint"
            ) from None

    def add(self, rows: Sequence[ArrowTable], state: State) -> State:
        """Save the rows of a round. Without rows there is no round, but the stream continues from the new state.

        Args:
            rows: Arrow tables.
            state: after the round, with the number of the round before.

        Returns:
            The state with the number of the last round.
        """
        if rows:
            state = msgspec.structs.replace(state, round=state.round + 1)
            self._write(_name(state.round), _encoded(rows))
        self._write("state", encode(state))
        return state

    def rows(self, after: int, last: int) -> list[bytes]:
        """Return the rows of each of some rounds, as Arrow streams.

        Args:
            after: the round before the first one.
            last: the last one.

        Raises:
            OptionError: they no longer exist, or do not exist yet.
        """
        try:
            return [(self._folder / _name(number)).read_bytes() for number in range(after + 1, last + 1)]
        except FileNotFoundError as error:
            raise OptionError(
                f"option 'journal': {self._folder} lacks rows that the checkpoint still needs ({error.filename}); they "
                "belong together: begin with a new journal and a new checkpoint"
            ) from None

    def forget(self, committed: int) -> None:
        """Remove the rows of rounds that Spark will not read again.

        Args:
            committed: the last round that Spark has committed.
        """
        oldest = _name(max(0, committed - _KEPT))
        for path in self._folder.glob("rows-*"):
            if path.name <= oldest:
                path.unlink(missing_ok=True)

    def _require_same(self, about: Mapping[str, str]) -> str:
        """Return the id of the existing journal, or of the one that is created.

        Raises:
            OptionError: it is that of another stream.
        """
        path = self._folder / "stream.json"
        try:
            known: dict[str, str] = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            known = {"id": secrets.token_hex(6), **about}
            self._write(path.name, msgspec.json.encode(known))
        for name, value in about.items():
            if known.get(name) != value:
                raise OptionError(
                    f"option 'journal': {self._folder} is the journal of a stream with {name} {known.get(name)!r}, not "
                    f"{value!r}; each stream needs a journal and a checkpoint of its own"
                )
        return known["id"]

    def _write(self, name: str, data: bytes) -> None:
        """Replace a file atomically, so that a crash leaves either the old or the new one."""
        staged = self._folder / f"{name}.new"
        with open(staged, "wb", opener=_private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(self._folder / name)
        sync_folder(self._folder)


def _name(number: int) -> str:
    return f"rows-{number:010}"


def _encoded(tables: Sequence[ArrowTable]) -> bytes:
    arrow, ipc = library("pyarrow"), library("pyarrow.ipc")
    table = arrow.concat_tables(tables).combine_chunks()
    sink: Any = arrow.BufferOutputStream()
    with ipc.new_stream(sink, table.schema, options=ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(table)
    encoded: bytes = sink.getvalue().to_pybytes()
    return encoded


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _make_private(folder: Path) -> None:
    """Create the folder, readable only by its owner, or check that it is.

    Raises:
        OptionError: others can read it.
    """
    created = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "nt" or not stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return
    if not created:
        raise OptionError(
            f"option 'journal': others can read {folder}, which has links to the tenant's data; chmod 700 it"
        )
    _LOG.warning("the file system of %s keeps no permissions: make sure that others cannot read it", folder)
