"""How the rows of one file are written."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from graph_meetings_archive.storage.unit import Key, Row, StoredTable


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What becomes of the rows of a file.

    Args:
        source: the file, `None` if there is none yet.
        without: owners whose rows are left out.
        removed: owners whose rows are to say that they were removed.
        rows: that are added.
        extends: whether the file lacks columns of the table, which are to be null in its rows. Nothing else changes.
    """

    source: Path | None
    without: AbstractSet[Key] = frozenset()
    removed: AbstractSet[Key] = frozenset()
    rows: Sequence[Row] = ()
    extends: bool = False


class Codec(Protocol):
    """Writes files of rows."""

    ending: str

    def names(self, file: Path) -> Sequence[str]:
        """Return the names of a file's columns.

        Raises:
            ValueError: the file cannot be read.
        """
        ...

    def write(self, table: StoredTable, target: Path, change: Rewriting) -> int:
        """Write a file from another one, and wait until it is on the disk.

        Returns:
            How many rows it has.

        Raises:
            OSError: the disk is full, for example.
            ValueError: the source cannot be read.
        """
        ...
