"""What a format has to do for a commit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from graph_meetings_archive.storage.changes import KindChanges
from graph_meetings_archive.storage.journal import Journal
from graph_meetings_archive.storage.schema import AddedColumns
from graph_meetings_archive.storage.unit import Kind, UnitId


@dataclass(frozen=True, slots=True)
class Step:
    """What is done after the journal has been committed. Doing it twice does no harm.

    Args:
        action: a word of the format's own.
        staged: the name of a file among the staged ones.
        target: what it becomes or where it goes.
    """

    action: str
    staged: str | None
    target: str | None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of rows, as the journal knows it.

    Args:
        path: below the folder of the archive.
        kind: of the units in it.
        part: its number.
        size: in bytes.
        sha256: of its bytes.
        cells: how many values it has.
    """

    path: str
    kind: str
    part: int
    size: int
    sha256: bytes
    cells: int


@dataclass(slots=True)
class Staged:
    """What was prepared for a commit.

    Args:
        parts: the number of the part that a unit goes to, for new ones.
        files: those that will be there.
        gone: paths of those that will not.
        steps: what is to be done after the commit.
    """

    parts: dict[UnitId, int] = field(default_factory=dict[UnitId, int])
    files: list[StoredFile] = field(default_factory=list[StoredFile])
    gone: list[str] = field(default_factory=list[str])
    steps: list[Step] = field(default_factory=list[Step])


class Format(Protocol):
    """Keeps the rows of an archive.

    Attributes:
        values_at_once: how many values are committed in one step: some tens of MiB of memory.
    """

    values_at_once: int

    def prepare(self, kinds: Sequence[Kind], added: AddedColumns) -> None:
        """Check the tables, and create those and the columns that are missing in a database.

        Args:
            kinds: all of them, with their tables.
            added: the columns that this release adds.

        Raises:
            ArchiveDamaged: a file cannot be read.
            ArchiveMismatch: a table has other columns.
        """
        ...

    def check(self) -> None:
        """Check that every file is there and has its size; a commit that was interrupted has been finished by now.

        Raises:
            ArchiveDamaged: one is not.
        """
        ...

    def extensions(self) -> Iterable[Callable[[int], Staged]]:
        """Yield functions that each stage a file with the columns that it lacks, given the number of the commit.

        Each file is committed before the next function is requested. The journal has the new schemas before the first.
        """
        ...

    def stage(self, changes: Mapping[Kind, KindChanges], number: int) -> Staged:
        """Write everything that can be written before the commit, to files that nobody reads.

        Args:
            changes: by kind.
            number: of the commit.
        """
        ...

    def write(self, changes: Mapping[Kind, KindChanges]) -> None:
        """Write what belongs into the transaction of the journal."""
        ...

    def apply(self, steps: Sequence[Step], number: int) -> None:
        """Do what is to be done after the commit; what was done already is not done again.

        Args:
            steps: as they were staged.
            number: of the commit.
        """
        ...

    def close(self) -> None:
        """Close the files."""
        ...


class MakesFormat(Protocol):
    """Makes the format of an archive."""

    def __call__(self, folder: Path, staging: Path, journal: Journal) -> Format:
        """Make the format.

        Args:
            folder: of the archive.
            staging: the folder for staged files, on the same disk.
            journal: of the archive.
        """
        ...
