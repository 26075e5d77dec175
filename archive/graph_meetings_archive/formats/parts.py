"""Rows in folders of files, one folder for each table: Parquet, CSV, JSONL.

Each file is replaced in one step, with its new rows and without those that they replace. So whoever reads all files of
a folder finds each row once, whenever that is. New rows go to the last file until it is large enough, so that there
are few files however often an archive is updated.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from graph_meetings_archive.formats.codec import Codec, Rewriting
from graph_meetings_archive.outcome.errors import ArchiveDamaged
from graph_meetings_archive.storage.changes import KindChanges
from graph_meetings_archive.storage.format import Staged, Step, StoredFile
from graph_meetings_archive.storage.journal import RESTORE, Journal
from graph_meetings_archive.storage.schema import AddedColumns, record_schemas
from graph_meetings_archive.storage.unit import Key, Kind, Row, StoredTable, Unit
from graph_meetings_runtime.file_lock import sync_folder

CELLS_PER_PART: Final = 60_000
"""Fewer than a whole step of rows of eight columns has, so that many rows at a time are written only once."""

_EXTENDING: Final = "tables whose files may lack columns"
_PLACE: Final = "place"
_REMOVE: Final = "remove"


@dataclass(slots=True)
class _PartChange:
    """What changes in the files of one part."""

    units: list[Unit] = field(default_factory=list[Unit])
    replaced: list[Key] = field(default_factory=list[Key])
    removed: list[Key] = field(default_factory=list[Key])


class PartsFormat:
    """Files of rows.

    Args:
        codec: writes a file.
        folder: of the archive.
        staging: the folder for staged files, on the same disk.
        journal: of the archive.
    """

    values_at_once = 120_000

    def __init__(self, codec: Codec, folder: Path, staging: Path, journal: Journal) -> None:
        self._codec = codec
        self._folder = folder
        self._staging = staging
        self._journal = journal
        self._kinds: Sequence[Kind] = ()
        self._added: AddedColumns = {}

    def prepare(self, kinds: Sequence[Kind], added: AddedColumns) -> None:
        """Do nothing yet: files are extended when it is sure that all are there."""
        self._kinds = kinds
        self._added = added

    def check(self) -> None:
        """Check that every file is there and has its size."""
        for path, size in self._journal.execute("SELECT path, size FROM graph_meetings_files"):
            try:
                found = (self._folder / path).stat().st_size
            except FileNotFoundError:
                raise ArchiveDamaged(f"{self._folder / path} is missing; {RESTORE}") from None
            if found != size:
                raise ArchiveDamaged(f"{self._folder / path} has {found} bytes, but {size} were written; {RESTORE}")

    def extensions(self) -> Iterator[Callable[[int], Staged]]:
        """Yield functions that each stage a file that may lack columns, so that all files of a folder have the same."""
        kinds = {table: kind for kind in self._kinds for table in kind.tables}
        extending = self._extending() | self._added.keys()
        with self._journal.transaction():  # first: an earlier release must not write into extended files
            if self._added:
                self._journal.describe(_EXTENDING, " ".join(sorted(extending)))
            record_schemas(self._journal, kinds)
        for table in (table for table in kinds if table.name in extending):
            for part in self._parts(table):
                yield partial(self._stage_extended, kinds[table], table, part)
        if extending:
            self._journal.describe(_EXTENDING, "")

    def stage(self, changes: Mapping[Kind, KindChanges], number: int) -> Staged:
        """Write the files that are new or change."""
        staged = Staged()
        for kind, each in changes.items():
            for part, change in self._by_part(kind, each, staged).items():
                for position, table in enumerate(kind.tables):
                    rows = [row for unit in change.units for row in unit.rows[position]]
                    self._stage(kind, table, part, change, rows, number, staged)
        return staged

    def write(self, changes: Mapping[Kind, KindChanges]) -> None:
        """Do nothing: the rows are in the staged files."""

    def apply(self, steps: Sequence[Step], number: int) -> None:
        """Put the staged files into their places."""
        del number
        folders: set[Path] = set()
        for step in steps:
            target = self._folder / str(step.target)
            if step.action == _REMOVE:
                target.unlink(missing_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    (self._staging / str(step.staged)).replace(target)
                except FileNotFoundError:  # it is in its place: the last process ended after that
                    continue
            folders.add(target.parent)
        for folder in folders:
            sync_folder(folder)

    def close(self) -> None:
        """Do nothing: no file is open."""

    def _extending(self) -> set[str]:
        """Return the tables whose files may lack columns, because an earlier process has ended before all had them."""
        return set(self._journal.about().get(_EXTENDING, "").split())

    def _parts(self, table: StoredTable) -> list[int]:
        found = self._journal.execute("SELECT part FROM graph_meetings_files WHERE path GLOB ?", f"{table.name}/*")
        return [part for (part,) in found]

    def _path(self, table: StoredTable, part: int) -> str:
        return f"{table.name}/part-{part:06}{self._codec.ending}"

    def _stage_extended(self, kind: Kind, table: StoredTable, part: int, number: int) -> Staged:
        staged = Staged()
        source = self._source(self._path(table, part))
        if source is not None and tuple(self._codec.names(source)) != table.names:
            self._rewrite(kind, table, part, Rewriting(source, extends=True), number, staged)
        return staged

    def _by_part(self, kind: Kind, each: KindChanges, staged: Staged) -> dict[int, _PartChange]:
        parts: dict[int, _PartChange] = {}
        for id_, unit in each.replaced.items():
            change = parts.setdefault(each.known[id_].part, _PartChange())
            change.units.append(unit)
            change.replaced.append(unit.key)
        for id_, key in each.removed.items():
            parts.setdefault(each.known[id_].part, _PartChange()).removed.append(key)
        if each.added:
            part = self._open_part(kind)
            staged.parts.update(dict.fromkeys(each.added, part))
            parts.setdefault(part, _PartChange()).units.extend(each.added.values())
        return parts

    def _open_part(self, kind: Kind) -> int:
        found = self._journal.execute(
            "SELECT part, sum(cells) FROM graph_meetings_files WHERE kind = ? GROUP BY part ORDER BY part DESC LIMIT 1",
            kind.name,
        )
        if not found:
            return 1
        ((part, cells),) = found
        return int(part) if cells < CELLS_PER_PART else int(part) + 1

    def _stage(  # noqa: PLR0913, PLR0917  one file of one commit
        self,
        kind: Kind,
        table: StoredTable,
        part: int,
        change: _PartChange,
        rows: Sequence[Row],
        number: int,
        staged: Staged,
    ) -> None:
        source = self._source(self._path(table, part))
        changes_source = change.replaced or (change.removed and table.has_removed)
        if not rows and (source is None or not changes_source):
            return
        rewriting = Rewriting(
            source,
            {table.owner_of(key) for key in change.replaced},
            {table.owner_of(key) for key in change.removed} if table.has_removed else set(),
            rows,
        )
        self._rewrite(kind, table, part, rewriting, number, staged)

    def _rewrite(  # noqa: PLR0913, PLR0917  one file of one commit
        self, kind: Kind, table: StoredTable, part: int, rewriting: Rewriting, number: int, staged: Staged
    ) -> None:
        path = self._path(table, part)
        name = f"{number}-{table.name}-{part}{self._codec.ending}"
        target = self._staging / name
        try:
            count = self._codec.write(table, target, rewriting)
        except ValueError as error:
            raise ArchiveDamaged(f"{rewriting.source} cannot be read: {error}; {RESTORE}") from error
        if not count:
            staged.gone.append(path)
            staged.steps.append(Step(_REMOVE, None, path))
            return
        with target.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").digest()
        size = target.stat().st_size
        staged.files.append(StoredFile(path, kind.name, part, size, sha256, count * len(table.columns)))
        staged.steps.append(Step(_PLACE, name, path))

    def _source(self, path: str) -> Path | None:
        """Return the file as it is, once it is sure that nobody else has changed it."""
        found = self._journal.execute("SELECT sha256 FROM graph_meetings_files WHERE path = ?", path)
        if not found:
            return None
        source = self._folder / path
        try:
            with source.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").digest()
        except FileNotFoundError:
            raise ArchiveDamaged(f"{source} is missing; {RESTORE}") from None
        if sha256 != found[0][0]:
            raise ArchiveDamaged(f"{source} has other contents than were written; {RESTORE}")
        return source
