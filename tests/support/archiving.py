"""Archive in processes that are killed, and check what they leave behind."""

import random
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from graph_meetings import AuthenticationFailed, GraphMeetingsClient, Retry
from graph_meetings_archive import Archive, Attendance, CallRecords, FormatName, Recordings, Transcripts
from graph_meetings_emulator import Dataset, Emulator, EmulatorCredential
from tests.support import archived, killing

MOST_RESTARTS = 200


@dataclass(frozen=True)
class ArchiveJob(killing.Job):
    """The arguments of an update in a process.

    Args:
        organizers: whose artifacts are archived.
        format: of the archive.
    """

    organizers: tuple[str, ...] = ()
    format: FormatName = "sqlite"


async def update(job: killing.Job) -> None:
    """Update the archive until nothing fails any more, as someone would who looks at what failed."""
    assert isinstance(job, ArchiveJob)
    retry = Retry(attempts=4, first_delay=0.001, longest_delay=0.01)
    async with GraphMeetingsClient(EmulatorCredential(job.token), base_url=job.base_url, retry=retry) as graph:
        for _ in range(MOST_RESTARTS):
            try:
                async with Archive(job.folder, graph, format=job.format) as archive:
                    summary = await archive.update(
                        job.organizers, Recordings(content=True), Transcripts(content=True), Attendance(), CallRecords()
                    )
            except AuthenticationFailed:
                continue
            if summary.is_complete:
                return
    raise AssertionError(f"{MOST_RESTARTS} updates were not enough")


def kill_often(emulator: Emulator, folder: Path, format: FormatName, *, kills: int, longest: float, seed: int) -> int:
    """Kill updates at random moments while artifacts are added and calls are revised; then let one finish.

    After each kill, every key is there at most once for whoever reads the files as they are.

    Returns:
        The number of processes that were killed before they finished.
    """
    draw = random.Random(seed)  # noqa: S311  not a secret
    dataset = emulator.dataset
    job = ArchiveJob(emulator.base_url, emulator.token, "", folder, tuple(dataset.organizers), format)
    killed = 0
    for _ in range(kills):
        change(dataset, draw)
        if draw.random() < 0.1:
            emulator.delta.expire_tokens()
        emulator.delta.repeats = draw.choice([0, 2])
        emulator.requests.clear()
        killed += killing.run(
            update, job, draw.uniform(0, longest), partial(has_asked, emulator, draw.choice([0, 5, 40, 80]))
        )
        check_keys(folder)
    emulator.stop_chaos()
    for _ in range(2):  # the first may only complete rounds that began before the last changes
        assert not killing.run(update, job, killing.SECONDS * 3), "the last update did not finish"
    return killed


def change(dataset: Dataset, draw: random.Random) -> None:
    """Add something of everything, and revise a call."""
    organizer = draw.choice(dataset.organizers)
    for _ in range(draw.randrange(4)):
        dataset.add_recording(organizer, content_size=(1, 50_000))
    if draw.random() < 0.5:
        dataset.add_transcript(organizer)
    if draw.random() < 0.3:
        meeting = dataset.meetings(organizer)[0]
        url = dataset.find(("users", organizer, "onlineMeetings", meeting)).properties["joinWebUrl"]
        dataset.add_attendance_report(("users", organizer, "onlineMeetings", meeting))
        record = dataset.add_call_record(organizer_id=organizer, sessions=3, start="2026-07-01T09:00:00Z")
        dataset.replace(("communications", "callRecords", str(record["id"])), {**record, "joinWebUrl": url})
    if dataset.call_records and draw.random() < 0.3:
        latest = max(dataset.call_records, key=lambda record: str(record["startDateTime"]))
        revised = {**latest, "version": int(str(latest["version"])) + 1}
        dataset.replace(("communications", "callRecords", str(latest["id"])), revised)


def has_asked(emulator: Emulator, requests: int) -> bool:
    return len(emulator.requests) >= requests


def check_keys(folder: Path) -> None:
    """Check that nobody who reads the archive as it is finds a key twice."""
    try:
        Archive.status(folder)
    except FileNotFoundError:
        return
    for name in archived.TABLES:
        try:
            keys = archived.keys(folder, name)
        except archived.NotThere:
            continue
        assert len(keys) == len(set(keys)), f"{name} has keys twice"


def check_everything(emulator: Emulator, folder: Path, undisturbed: Path, *, compare_values: bool = True) -> None:
    """Check that the archive has what one has that nobody disturbed, and what the service has.

    Args:
        emulator: the service.
        folder: the archive.
        undisturbed: the other archive.
        compare_values: whether all values must be the same and contents there; otherwise only the keys. A service that
            lies may have said null for a list: then its rows may be missing.
    """
    found, expected = archived.everything(folder), archived.everything(undisturbed)
    for name, rows in expected.items():
        keys, others = archived.keys(folder, name), archived.keys(undisturbed, name)
        is_of_a_list = archived.TABLES[name].owner != archived.TABLES[name].key
        assert keys == others or (not compare_values and is_of_a_list and not Counter(keys) - Counter(others)), name
        assert not compare_values or found[name] == rows, name
    dataset = emulator.dataset
    meetings = {each["id"]: each["meetingId"] for it in dataset.organizers for each in dataset.recordings(it)}
    for row in found["recordings"]:
        name = row["content_file"]
        if name is None:
            assert not compare_values, "a recording without its content"
            continue
        content = dataset.content(row["organizer_id"], str(meetings[row["id"]]), row["id"])
        assert row["content_sha256"] == content.sha256()
        assert archived.sha256(folder / name) == row["content_sha256"]


def archive_undisturbed(emulator: Emulator, folder: Path, format: FormatName) -> None:
    """Archive the same in one go."""
    job = ArchiveJob(emulator.base_url, emulator.token, "", folder, tuple(emulator.dataset.organizers), format)
    assert not killing.run(update, job, killing.SECONDS * 3), "the update did not finish"
