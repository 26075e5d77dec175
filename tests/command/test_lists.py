"""What lists print: tables for people, and rows for programs."""

import csv
import io
import json
from datetime import timedelta

import pytest

from graph_meetings_archive import tables
from graph_meetings_archive.command.output.columns import duration_text, handle_of, size_text
from graph_meetings_emulator import Emulator
from tests.command.conftest import Run


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def organizer(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """The first user, who is also the one that commands are about by default."""
    organizer = emulator.dataset.organizers[0]
    monkeypatch.setenv("GRAPH_MEETINGS_ORGANIZER", organizer)
    return organizer


def test_a_pipe_gets_json_lines_with_the_columns_of_the_table(run: Run, emulator: Emulator, organizer: str) -> None:
    ran = run("recordings", "list", "--emulator")
    assert (ran.status, ran.err) == (0, "")
    assert [row["id"] for row in rows(ran.out)] == [it["id"] for it in emulator.dataset.recordings(organizer)]
    assert all(tuple(row) == tables.recordings.schema.names for row in rows(ran.out))


@pytest.mark.usefixtures("organizer")
def test_all_formats_have_the_same_rows(run: Run) -> None:
    lines = rows(run("recordings", "list", "--emulator", "--format", "jsonl").out)
    cells = list(csv.DictReader(io.StringIO(run("recordings", "list", "--emulator", "--format", "csv").out)))
    assert json.loads(run("recordings", "list", "--emulator", "--format", "json").out) == lines
    assert [{name: value or None for name, value in row.items()} for row in cells] == lines


@pytest.mark.usefixtures("organizer")
def test_no_rows_are_an_empty_array(run: Run) -> None:
    ran = run("recordings", "list", "--emulator", "--since", "2035-01-01", "--format", "json")
    assert (ran.status, ran.out) == (0, "[]\n")


def test_a_table_fits_80_columns_and_shows_handles(run: Run, emulator: Emulator, organizer: str) -> None:
    ran = run("recordings", "list", "--emulator", "--format", "table")
    heading, *lines = ran.out.splitlines()
    assert heading.split() == ["CREATED", "LENGTH", "RECORDING", "MEETING"]
    assert max(map(len, ran.out.splitlines())) <= 80
    assert [line.split()[-2] for line in lines] == [
        handle_of(str(it["id"])) for it in emulator.dataset.recordings(organizer)
    ]


def test_an_organizer_can_be_named_as_people_do(run: Run, emulator: Emulator) -> None:
    user = emulator.dataset.find(("users", emulator.dataset.organizers[1])).properties
    ran = run("recordings", "list", "--emulator", "--organizer", str(user["userPrincipalName"]))
    assert {row["organizer_id"] for row in rows(ran.out)} == {str(user["id"])}
    ran = run("recordings", "list", "--emulator", "--organizer", "nobody@example.com")
    assert (ran.status, ran.out) == (1, "")
    assert "there is no user nobody@example.com" in ran.err


def test_the_members_of_a_group_are_listed(run: Run, emulator: Emulator) -> None:
    ran = run("organizers", "list", "--emulator", "--from", f"group:{emulator.dataset.groups[0]}")
    assert (ran.status, ran.err) == (0, "")
    assert {row["id"] for row in rows(ran.out)} == set(emulator.dataset.organizers)


def test_a_meeting_is_found_by_id_handle_url_and_number(run: Run, emulator: Emulator, organizer: str) -> None:
    meeting = emulator.dataset.meetings(organizer)[1]
    properties = emulator.dataset.find(("users", organizer, "onlineMeetings", meeting)).properties
    settings = properties["joinMeetingIdSettings"]
    assert isinstance(settings, dict)
    number = str(settings["joinMeetingId"])
    for name in (meeting, handle_of(meeting), str(properties["joinWebUrl"]), number, f"{number[:3]} {number[3:]}"):
        ran = run("recordings", "list", "--emulator", "--meeting", name)
        assert {row["meeting_id"] for row in rows(ran.out)} == {meeting}, name


@pytest.mark.usefixtures("emulator")
def test_a_signed_in_user_names_a_meeting(run: Run) -> None:
    for command in ("recordings", "transcripts", "attendance", "meetings"):
        ran = run(command, "list", "--emulator", "--organizer", "me")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == (
            "error: a signed-in user can read one meeting at a time\nhint: --meeting with its id or its join URL\n"
        )
    assert run("call-records", "list", "--emulator", "--organizer", "me").status == 2


def test_a_signed_in_user_reads_a_meeting_by_its_url(run: Run, emulator: Emulator, organizer: str) -> None:
    meeting = emulator.dataset.meetings(organizer)[0]
    url = str(emulator.dataset.find(("users", organizer, "onlineMeetings", meeting)).properties["joinWebUrl"])
    ran = run("recordings", "list", "--emulator", "--organizer", "me", "--meeting", url)
    assert ran.status == 0
    assert {row["meeting_id"] for row in rows(ran.out)} == {meeting}


def test_a_meeting_is_found_by_the_digits_of_a_table(run: Run, emulator: Emulator, organizer: str) -> None:
    (recording, *_) = emulator.dataset.recordings(organizer)
    meeting = str(recording["meetingId"])
    ran = run("meetings", "find", handle_of(meeting), "--emulator", "--organizer", organizer)
    assert (ran.status, ran.err) == (0, "")
    assert [row["id"] for row in rows(ran.out)] == [meeting]


@pytest.mark.usefixtures("organizer")
@pytest.mark.parametrize(
    "arguments",
    [
        ["organizers", "list"],
        ["organizers", "list", "--from", "call-records"],
        ["transcripts", "list"],
        ["call-records", "list"],
        ["call-records", "list", "--since", "2025-11-01"],
        ["call-records", "list", "--since", "2025-11-01", "--until", "2030-01-01"],
        ["pstn-calls", "list", "--since", "2025-11-01"],
        ["pstn-calls", "list", "--since", "2025-11-01", "--direct-routing"],
    ],
    ids=" ".join,
)
def test_the_other_lists_have_rows(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments, "--emulator")
    assert (ran.status, ran.err) == (0, "")
    assert rows(ran.out)
    assert max(map(len, run(*arguments, "--emulator", "--format", "table").out.splitlines())) <= 80


def test_meetings_and_attendance_are_found_by_calls(run: Run, emulator: Emulator, organizer: str) -> None:
    meeting = emulator.dataset.meetings(organizer)[0]
    assert [row["id"] for row in rows(run("meetings", "list", "--emulator").out)] == [meeting]
    attended = rows(run("attendance", "list", "--emulator").out)
    assert {row["meeting_id"] for row in attended} == {meeting}
    assert [row["record_number"] for row in attended] == list(range(1, len(attended) + 1))
    (report,) = rows(run("attendance", "list", "--emulator", "--reports").out)
    assert report["total_participant_count"] == len(attended)


def test_meetings_that_cannot_be_read_are_listed_and_the_others_too(
    run: Run, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, organizer: str
) -> None:
    emulator.tenant.access_policy_missing_for.add(organizer)
    monkeypatch.delenv("GRAPH_MEETINGS_ORGANIZER")
    ran = run("meetings", "list", "--emulator")
    assert ran.status == 1
    assert len(rows(ran.out)) == 1
    assert ran.err.startswith(f"error: {organizer}: 403")
    assert "access policy" in ran.err


def test_names_do_not_move_the_cursor_or_run_in_a_spreadsheet(run: Run, emulator: Emulator) -> None:
    evil = {"displayName": "\x1b[2Jevil", "userPrincipalName": "=cmd|'/c calc'!A1", "mail": "@SUM(A1)"}
    emulator.dataset.add(("users",), {"id": "1", **evil})
    assert "\x1b" not in run("organizers", "list", "--emulator", "--format", "table").out
    *_, last = csv.DictReader(io.StringIO(run("organizers", "list", "--emulator", "--format", "csv").out))
    assert last["user_principal_name"] == "'=cmd|'/c calc'!A1"
    assert last["mail"] == "'@SUM(A1)"
    assert rows(run("organizers", "list", "--emulator").out)[-1]["mail"] == "@SUM(A1)"


def test_a_refused_request_is_said_in_words(run: Run, emulator: Emulator, organizer: str) -> None:
    emulator.tenant.access_policy_missing_for.add(organizer)
    ran = run("recordings", "list", "--emulator")
    assert (ran.status, ran.out) == (1, "")
    error, hint, request = ran.err.splitlines()
    assert error.startswith("error: 403 Forbidden: ")
    assert "application access policy" in hint
    assert request.startswith(f"(GET /users/{organizer}/onlineMeetings/getAllRecordings")


# Transcripts


def test_a_transcript_is_shown_in_every_form(run: Run, emulator: Emulator, organizer: str) -> None:
    whole = str(emulator.dataset.transcripts(organizer)[0]["id"])
    short = run("transcripts", "show", handle_of(whole), "--emulator")
    assert short.status == 0
    assert short.out.startswith("[")
    assert run("transcripts", "show", whole, "--emulator").out == short.out
    assert run("transcripts", "show", whole, "--emulator", "--as", "vtt").out.startswith("WEBVTT")
    assert "**" in run("transcripts", "show", whole, "--emulator", "--as", "markdown").out
    assert set(rows(run("transcripts", "show", whole, "--emulator", "--as", "jsonl").out)[0]) >= {"speaker", "text"}


def test_a_transcript_of_a_given_meeting_takes_one_request(run: Run, emulator: Emulator, organizer: str) -> None:
    transcript = emulator.dataset.transcripts(organizer)[0]
    emulator.requests.clear()
    ran = run("transcripts", "show", str(transcript["id"]), "--meeting", str(transcript["meetingId"]), "--emulator")
    assert ran.status == 0
    assert len(emulator.requests) == 1


@pytest.mark.usefixtures("organizer")
def test_an_unknown_transcript_is_said(run: Run) -> None:
    ran = run("transcripts", "show", "0123456789ab", "--emulator")
    assert (ran.status, ran.out) == (1, "")
    assert "nothing with the id 0123456789ab" in ran.err


# Texts


def test_durations_and_sizes_read_well() -> None:
    texts = {0: "0s", 59.6: "1m 00s", 3600: "1h 00m", 90061: "25h 01m", 180_000: "2d 02h"}
    assert {seconds: duration_text(timedelta(seconds=seconds)) for seconds in texts} == texts
    assert [size_text(it) for it in (0, 999, 999_960, 12_500_000)] == ["0 B", "999 B", "1.0 MB", "12.5 MB"]
