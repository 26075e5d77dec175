"""The commits of an archive: rows, and where the feeds go on, in one step."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from graph_meetings_archive.outcome.errors import ArchiveNotWritable
from graph_meetings_archive.outcome.summary import Summary
from graph_meetings_archive.storage.changes import KindChanges, Known, changes_of, wanted
from graph_meetings_archive.storage.format import Format, Staged, Step
from graph_meetings_archive.storage.journal import Journal
from graph_meetings_archive.storage.json_text import json_text, object_of
from graph_meetings_archive.storage.schema import added_columns
from graph_meetings_archive.storage.unit import Batch, Due, Kind, Unit, UnitId, unit_id


@dataclass(frozen=True, slots=True)
class Counts:
    """What a commit changed of one kind.

    Args:
        added: rows of new units.
        replaced: rows that took the place of others.
        removed: units that the service has removed.
    """

    added: int
    replaced: int
    removed: int


class Storage:
    """Commits batches, and knows what was committed. Several threads may use it one after another.

    Args:
        journal: of the archive.
        format: keeps the rows.
        kinds: of the units.
        staging: the folder for staged files.
    """

    def __init__(self, journal: Journal, format: Format, kinds: Iterable[Kind], staging: Path) -> None:
        self.journal = journal
        self.values_at_once = format.values_at_once
        self._format = format
        self._kinds = {kind.name: kind for kind in kinds}
        self._staging = staging
        self._number = 0

    def recover(self) -> None:
        """Finish a commit that was interrupted, and remove what an earlier one has left behind.

        The tables of an archive of an earlier release get the columns that they lack.

        Raises:
            ArchiveError: a file of the archive is damaged, or cannot be written.
        """
        about = self.journal.about()
        self._number = int(about.get("commit", "0"))
        kinds = tuple(self._kinds.values())
        self._format.prepare(kinds, added_columns(about["tables"], [table for kind in kinds for table in kind.tables]))
        self._format.apply(self._steps(), self._number)
        self.journal.execute("DELETE FROM graph_meetings_steps")
        self._clear_staging()
        self._format.check()
        for stage in self._format.extensions():
            self._commit(stage, {}, ())

    def place(self, feed: str) -> Mapping[str, object] | None:
        """Return where a feed goes on; `None` if it was never gone through."""
        found = self.journal.execute("SELECT state FROM graph_meetings_places WHERE feed = ?", feed)
        return object_of(found[0][0]) if found else None

    def known(self, ids: Iterable[UnitId]) -> dict[UnitId, Known]:
        """Return what is known of units; those that are not in the archive are left out."""
        return self.journal.known(ids)

    def due(self, kind: str, feed: str) -> list[bytes]:
        """Return the artifacts whose contents are to be tried again."""
        found = self.journal.execute("SELECT artifact FROM graph_meetings_due WHERE kind = ? AND feed = ?", kind, feed)
        return [artifact for (artifact,) in found]

    def end_update(self, summary: Summary) -> None:
        """Record when feeds were last gone through, and what failed."""
        now = int(time.time())
        self.journal.execute_many(
            "INSERT OR REPLACE INTO graph_meetings_updates VALUES (?, ?, ?)",
            [(feed.feed, now, msgspec.json.encode(feed.failures).decode()) for feed in summary.feeds],
        )

    def commit(self, batches: Sequence[Batch]) -> dict[str, Counts]:
        """Commit batches in one step.

        Returns:
            What has changed, by kind.

        Raises:
            ArchiveError: nothing was committed, or what was committed will be finished when the archive is opened.
        """
        changes = self._changes(batches)
        self._commit(partial(self._format.stage, changes), changes, batches)
        return {
            kind.name: Counts(each.rows_added(), each.rows_replaced(), len(each.removed))
            for kind, each in changes.items()
        }

    def _commit(
        self, stage: Callable[[int], Staged], changes: Mapping[Kind, KindChanges], batches: Sequence[Batch]
    ) -> None:
        number = self._number + 1
        try:
            staged = stage(number)
            with self.journal.transaction():
                self._format.write(changes)
                self._record(changes, staged, number)
                self._move(batches)
        except OSError as error:
            self._clear_staging()
            raise not_written(self._staging, error) from error
        except BaseException:
            self._clear_staging()
            raise
        self._number = number
        if staged.steps:
            try:
                self._format.apply(staged.steps, number)
            except OSError as error:
                raise not_written(self._staging, error) from error
            self.journal.execute("DELETE FROM graph_meetings_steps")

    def _changes(self, batches: Sequence[Batch]) -> dict[Kind, KindChanges]:
        units, removed = wanted(batches)
        known = self.journal.known([*units, *(id_ for id_ in removed if id_ not in units)])
        kinds = {unit.kind for unit in units.values()} | {kind for kind, _ in removed.values()}
        changes = {kind: changes_of(name, units, removed, known) for name, kind in self._kinds.items() if name in kinds}
        return {kind: each for kind, each in changes.items() if not each.is_empty}

    def _record(self, changes: Mapping[Kind, KindChanges], staged: Staged, number: int) -> None:
        for each in changes.values():
            units = {**each.added, **each.replaced}
            parts = staged.parts | {id_: known.part for id_, known in each.known.items()}
            self.journal.execute_many(
                "INSERT OR REPLACE INTO graph_meetings_units VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_unit_row(units[id_], parts.get(id_, 0)) for id_ in sorted(units)),
            )
            self.journal.execute_many(
                "UPDATE graph_meetings_units SET is_removed = 1 WHERE id = ?", ((id_,) for id_ in each.removed)
            )
        self.journal.execute_many("DELETE FROM graph_meetings_files WHERE path = ?", ((path,) for path in staged.gone))
        self.journal.execute_many(
            "INSERT OR REPLACE INTO graph_meetings_files VALUES (?, ?, ?, ?, ?, ?)",
            ((it.path, it.kind, it.part, it.size, it.sha256, it.cells) for it in staged.files),
        )
        self.journal.execute_many(
            "INSERT INTO graph_meetings_steps (action, staged, target) VALUES (?, ?, ?)",
            ((step.action, step.staged, step.target) for step in staged.steps),
        )
        self.journal.describe("commit", str(number))

    def _move(self, batches: Sequence[Batch]) -> None:
        for batch in batches:
            self.journal.execute_many(
                "INSERT OR REPLACE INTO graph_meetings_places VALUES (?, ?)",
                ((feed, json_text(state)) for feed, state in batch.places.items()),
            )
            self.journal.execute_many(
                "INSERT OR REPLACE INTO graph_meetings_due VALUES (?, ?, ?, ?)", map(_due_row, batch.due)
            )
            self.journal.execute_many(
                "DELETE FROM graph_meetings_due WHERE kind = ? AND id = ?",
                ((kind, unit_id(kind, key)) for kind, key in batch.settled),
            )

    def _steps(self) -> list[Step]:
        rows = self.journal.execute("SELECT action, staged, target FROM graph_meetings_steps ORDER BY number")
        return [Step(*row) for row in rows]

    def _clear_staging(self) -> None:
        with suppress(OSError):
            for path in self._staging.iterdir():
                path.unlink(missing_ok=True)


def not_written(path: Path, error: OSError) -> ArchiveNotWritable:
    """Return the error for a file that cannot be written."""
    where = error.filename or path
    if isinstance(error, FileExistsError | NotADirectoryError):
        cure = "an archive needs a folder, and a file is in its place; name another one"
    else:
        cure = "free some space or make the folder writable, then the next update goes on"
    return ArchiveNotWritable(f"{where} cannot be written: {error.strerror or error}; {cure}")


def _unit_row(unit: Unit, part: int) -> tuple[object, ...]:
    return (
        unit.id,
        unit.kind,
        part,
        unit.rank,
        unit.mark,
        int(unit.is_removed),  # sqlite3 looks up how to adapt a value that is no plain int
        None if unit.has_content is None else int(unit.has_content),
        unit.content_size,
        unit.created,
    )


def _due_row(due: Due) -> tuple[str, UnitId, str, bytes]:
    return due.kind, unit_id(due.kind, due.key), due.feed, due.artifact
