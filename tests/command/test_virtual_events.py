"""Webinars and town halls are listed, and so is who attended them."""

import csv
import io
import json

import pytest

from graph_meetings_archive import tables
from graph_meetings_archive.command.output.columns import handle_of
from graph_meetings_emulator import Emulator
from tests.command.conftest import Run

EVENTS = ("solutions", "virtualEvents")

each_kind = pytest.mark.parametrize("kind", ["webinar", "townhall"])


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def sessions(emulator: Emulator, kind: str, event: str) -> set[str]:
    return set(emulator.dataset.ids((*EVENTS, f"{kind}s", event, "sessions")))


@each_kind
def test_events_are_listed_of_everyone_or_of_an_organizer(run: Run, emulator: Emulator, kind: str) -> None:
    first, second = emulator.dataset.organizers
    of_second = emulator.dataset.add_virtual_event(f"{kind}s", organizer_id=second)
    everyones = rows(run(f"{kind}s", "list", "--emulator").out)
    assert {row["id"] for row in everyones} == set(emulator.dataset.ids((*EVENTS, f"{kind}s")))
    assert {row["organizer_id"] for row in everyones} == {first, second}
    (row,) = rows(run(f"{kind}s", "list", "--emulator", "--organizer", second).out)
    assert (row["id"], row["status"], row["start_time_zone"]) == (of_second, "published", "UTC")
    table = run(f"{kind}s", "list", "--emulator", "--format", "table").out
    assert max(map(len, table.splitlines())) <= 80
    assert handle_of(of_second) in table
    assert run(f"{kind}s", "list", "--emulator", "--organizer", "me").status == 0


@each_kind
def test_who_attended_an_event_is_listed_for_each_session(run: Run, emulator: Emulator, kind: str) -> None:
    event = emulator.dataset.add_virtual_event(f"{kind}s", sessions=2, attendees=5)
    ran = run("attendance", "list", f"--{kind}", event, "--emulator", "--format", "csv")
    assert (ran.status, ran.err) == (0, "")
    found = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(found) == 10
    assert tuple(found[0]) == tables.attendance.schema.names
    assert {row["meeting_id"] for row in found} == sessions(emulator, kind, event)
    assert {row["organizer_id"] for row in found} == {emulator.dataset.organizers[0]}
    reports = rows(run("attendance", "list", f"--{kind}", event, "--emulator", "--reports").out)
    assert [row["total_participant_count"] for row in reports] == [5, 5]


@each_kind
def test_an_event_is_named_by_its_handle_or_all_are_meant(run: Run, emulator: Emulator, kind: str) -> None:
    second = emulator.dataset.organizers[1]
    event = emulator.dataset.add_virtual_event(f"{kind}s", organizer_id=second)
    for arguments in (
        [f"--{kind}", handle_of(event)],
        [f"--{kind}", "all", "--organizer", second],
    ):
        found = rows(run("attendance", "list", *arguments, "--emulator").out)
        assert {row["meeting_id"] for row in found} == sessions(emulator, kind, event), arguments
    everyones = rows(run("attendance", "list", f"--{kind}", "all", "--emulator").out)
    assert len({row["meeting_id"] for row in everyones}) == 2


def test_all_who_attended_are_listed_however_many_there_were(run: Run, emulator: Emulator) -> None:
    webinar = emulator.dataset.add_virtual_event("webinars", attendees=45)
    assert len(rows(run("attendance", "list", "--webinar", webinar, "--emulator").out)) == 45
    organizer = emulator.dataset.organizers[0]
    meeting = emulator.dataset.add_meeting(organizer)
    emulator.dataset.add_attendance_report(("users", organizer, "onlineMeetings", meeting), attendees=45)
    ran = run("attendance", "list", "--organizer", organizer, "--meeting", meeting, "--emulator")
    assert len(rows(ran.out)) == 45


def test_a_session_that_cannot_be_read_is_listed_and_the_others_too(run: Run, emulator: Emulator) -> None:
    webinar = emulator.dataset.add_virtual_event("webinars", sessions=2)
    first = emulator.dataset.ids((*EVENTS, "webinars", webinar, "sessions"))[0]
    emulator.fail_next(403, path=f"{first}/attendanceReports")
    ran = run("attendance", "list", "--webinar", webinar, "--emulator")
    assert ran.status == 1
    assert {row["meeting_id"] for row in rows(ran.out)} == sessions(emulator, "webinar", webinar) - {first}
    assert ran.err.startswith(f"error: {emulator.dataset.organizers[0]}: 403")


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize(
    ("arguments", "status", "message", "hint"),
    [
        ([], 2, "no organizer, webinar or town hall", "--webinar ID"),
        (["--webinar", "all", "--meeting", "m"], 2, "--meeting does not go with --webinar", "leave one of them out"),
        (["--webinar", "0123456789ab"], 1, "no webinar has the id 0123456789ab", "graph-meetings webinars list"),
        (["--townhall", "none"], 1, "404", ""),
    ],
)
def test_wrong_use_is_said_in_words(run: Run, arguments: list[str], status: int, message: str, hint: str) -> None:
    ran = run("attendance", "list", *arguments, "--emulator")
    assert (ran.status, ran.out) == (status, "")
    assert message in ran.err
    assert hint in ran.err
