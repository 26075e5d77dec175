"""Commit to an archive in a process that ends itself, as if by SIGKILL, at one of its calls to the system."""

import os
import random
import shutil
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from graph_meetings_archive import FormatName
from graph_meetings_archive.formats.formats import format_of
from graph_meetings_archive.storage.folder import ArchiveFolder, Identity, open_journal
from graph_meetings_archive.storage.kinds import KINDS, TRANSCRIPTS
from graph_meetings_archive.storage.storage import Storage
from graph_meetings_archive.storage.unit import Batch, Key, Row, StoredTable, Unit, digest, unit_id
from graph_meetings_runtime.tables.column_type import ColumnType
from tests.support import archived, archiving, earlier, killing
from tests.support.forked import FORKED

NEVER = 1 << 60
_POINTS = frozenset(
    {"fsync", "replace", "unlink", "mkdir", "open", "write", "execute", "executemany", "commit", "begin"}
)
_FEED = "feed"


@dataclass(frozen=True)
class Crash:
    """What a process does.

    Args:
        folder: of the archive.
        format: of the archive.
        batches: that are committed one after another, as far as they have not been.
        at: the number of the call at which the process ends.
    """

    folder: Path
    format: FormatName
    batches: tuple[Batch, ...]
    at: int


def crash_often(folder: Path, format: FormatName, *, crashes: int, seed: int, steps: int = 6) -> None:
    """End processes at random calls, each of them once more while it recovers, and check what they leave behind.

    Args:
        folder: for archives, one of them undisturbed.
        format: of the archives.
        crashes: how many archives are disturbed.
        seed: of the batches and the calls.
        steps: how many batches are committed.
    """
    batches = random_batches(seed, steps)
    calls = run(Crash(folder / "undisturbed", format, batches, NEVER))
    expected = archived.everything(folder / "undisturbed")
    draw = random.Random(seed)  # noqa: S311  not a secret
    for number, at in enumerate(draw.sample(range(1, calls), crashes)):
        root = folder / str(number)
        assert run(Crash(root, format, batches, at)) == 0
        archiving.check_keys(root)
        run(Crash(root, format, batches, draw.randrange(1, calls)))
        archiving.check_keys(root)
        assert run(Crash(root, format, batches, NEVER)) > 0
        assert archived.everything(root) == expected, f"ended at call {at} of {calls}"
        assert not list((root / ".graph-meetings" / "staged").iterdir())


def crash_while_extending(folder: Path, format: FormatName, *, crashes: int, seed: int) -> None:
    """End processes at random calls while they add columns to the tables of an earlier release, and go on.

    Args:
        folder: for archives, one of them undisturbed.
        format: of the archives.
        crashes: how many archives are disturbed.
        seed: of the batches and the calls.
    """
    batches = random_batches(seed, 6)
    written = batches[:3]
    former, undisturbed = folder / "former", folder / "undisturbed"
    run(Crash(former, format, written, NEVER))
    for column in ("meeting_id", "call_id"):
        earlier.forget_column(former, "transcripts", column)
    earlier.forget_column(former, "transcript_cues", "text")
    shutil.copytree(former, undisturbed)
    calls = run(Crash(undisturbed, format, written, NEVER))
    run(Crash(undisturbed, format, batches, NEVER))
    expected = archived.everything(undisturbed)
    draw = random.Random(seed)  # noqa: S311  not a secret
    for number, at in enumerate(draw.sample(range(1, calls), crashes)):
        root = folder / str(number)
        shutil.copytree(former, root)
        assert run(Crash(root, format, written, at)) == 0
        archiving.check_keys(root)
        assert run(Crash(root, format, batches, NEVER)) > 0
        assert archived.everything(root) == expected, f"ended at call {at} of {calls}"
        assert not list((root / ".graph-meetings" / "staged").iterdir())


def run(crash: Crash) -> int:
    """Commit in a new process. Return how many calls it made if it finished, 0 if it ended itself."""
    receiver, sender = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=_commit_and_crash, args=(sender, crash))
    process.start()
    sender.close()
    process.join(killing.SECONDS)
    assert process.exitcode in {0, -signal.SIGKILL}, process.exitcode
    return int(receiver.recv()) if process.exitcode == 0 else 0


def _commit_and_crash(sender: Any, crash: Crash) -> None:
    count = 0

    def profile(_: FrameType, event: str, called: object) -> None:
        nonlocal count
        if event == "c_call" and getattr(called, "__name__", "") in _POINTS:
            count += 1
            if count == crash.at:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(profile)
    sys.setprofile(profile)
    commit(crash.folder, crash.format, crash.batches)
    sys.setprofile(None)
    sender.send(count)


def commit(root: Path, format: FormatName, batches: tuple[Batch, ...]) -> None:
    """Commit those batches that have not been committed, each as a step of its own."""
    folder = ArchiveFolder(root)
    with folder.locked():
        journal, name = open_journal(folder, Identity(format, "service", None))
        keeper = format_of(name)(folder.root, folder.staging, journal)
        storage = Storage(journal, keeper, KINDS, folder.staging)
        storage.recover()
        place = storage.place(_FEED)
        for number in range(int(str(place["done"])) if place else 0, len(batches)):
            batch = batches[number]
            storage.commit([Batch(batch.units, batch.removed, {_FEED: {"done": number + 1}})])
        keeper.close()
        journal.close()


def random_batches(seed: int, count: int) -> tuple[Batch, ...]:
    """Make up batches that add, replace and remove transcripts with their cues."""
    draw = random.Random(seed)  # noqa: S311  not a secret
    keys: list[Key] = [("ann", f"=id {number}\n\"'," * 2) for number in range(12)]
    known: list[Key] = []
    batches: list[Batch] = []
    for number in range(count):
        chosen = draw.sample(keys, 5)
        removed = [key for key in draw.sample(known, min(2, len(known))) if key not in chosen]
        known = sorted({*known, *chosen})
        units = [_unit(key, number, draw.randrange(4)) for key in chosen]
        batches.append(Batch(units, [("transcripts", key) for key in removed]))
    return tuple(batches)


def _unit(key: Key, version: int, cues: int) -> Unit:
    own, of_cues = TRANSCRIPTS.tables
    rows = (
        [_row(own, {"organizer_id": key[0], "id": key[1], "removed": False, "call_id": f"{version}"})],
        [
            _row(
                of_cues,
                {"organizer_id": key[0], "transcript_id": key[1], "cue_number": cue, "text": f"version {version}"},
            )
            for cue in range(cues)
        ],
    )
    return Unit(unit_id("transcripts", key), "transcripts", key, digest(f"{key}{version}".encode()), rows)


def _row(table: StoredTable, values: dict[str, object]) -> Row:
    return tuple(
        values.get(column.name, "" if not column.nullable and column.type is ColumnType.TEXT else None)
        for column in table.columns
    )
