"""`recordings download` and `transcripts download` write whole files, and say what they did."""

import json
from io import StringIO
from pathlib import Path
from typing import ClassVar

import pytest
from rich.console import Console

from graph_meetings_archive.command.lists import downloads
from graph_meetings_archive.command.output.columns import handle_of
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.data.media import Text
from graph_meetings_emulator.faults import Fault
from graph_meetings_emulator.faults.fault import Exchange, FaultContext
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.http.messages import Reply
from tests.command.conftest import Run


class RefusesMeetings(Fault):
    """Refuses to say what a meeting is, but not what was said in it."""

    kind: ClassVar[str] = "refuses meetings"

    def applies(self, exchange: Exchange) -> bool:
        *_, collection, last = exchange.request.raw_path.split(b"/")
        return collection == b"onlineMeetings" and not last.startswith(b"getAll")

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        del context
        return exchange.refuse(ServiceError(403, "Forbidden", "No permission."))


@pytest.fixture
def organizer(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> str:
    organizer = emulator.dataset.organizers[0]
    monkeypatch.setenv("GRAPH_MEETINGS_ORGANIZER", organizer)
    return organizer


def results(text: str) -> list[str]:
    return sorted(json.loads(line)["result"] for line in text.splitlines())


@pytest.mark.usefixtures("organizer")
def test_all_are_downloaded_once(run: Run, tmp_path: Path) -> None:
    command = ["recordings", "download", "--emulator", "--to", str(tmp_path / "new" / "folder")]
    first, second = run(*command), run(*command)
    assert (first.status, first.err) == (second.status, second.err) == (0, "")
    assert results(first.out) == ["downloaded"] * 4
    assert results(second.out) == ["exists"] * 4
    for line in first.out.splitlines():
        row = json.loads(line)
        assert Path(row["path"]).stat().st_size == row["size"]


def test_one_is_downloaded_by_its_handle(run: Run, emulator: Emulator, organizer: str, tmp_path: Path) -> None:
    recording = str(emulator.dataset.recordings(organizer)[2]["id"])
    ran = run("recordings", "download", handle_of(recording), "--emulator", "--to", str(tmp_path))
    assert [json.loads(line)["recording_id"] for line in ran.out.splitlines()] == [recording]
    assert len(list(tmp_path.iterdir())) == 1


def test_what_fails_is_listed_and_the_rest_is_downloaded(
    run: Run, emulator: Emulator, organizer: str, tmp_path: Path
) -> None:
    gone = str(emulator.dataset.recordings(organizer)[0]["id"])
    emulator.fail_next(404, path=f"{gone}/content")
    ran = run("recordings", "download", "--emulator", "--to", str(tmp_path))
    assert ran.status == 1
    assert results(ran.out) == ["downloaded"] * 3 + ["failed"]
    assert ran.err.startswith(f"error: {handle_of(gone)}: 404")


@pytest.mark.usefixtures("emulator", "organizer")
@pytest.mark.parametrize("below", ["", "folder"])
def test_a_file_in_the_place_of_the_folder_is_named(run: Run, tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    to = tmp_path / "file" / below
    ran = run("transcripts", "download", "--emulator", "--to", str(to))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"error: --to: {to} is not a folder\nhint: name another one: a file is in its place\n"


def test_a_table_names_no_file_for_what_failed(run: Run, emulator: Emulator, organizer: str, tmp_path: Path) -> None:
    transcript = str(emulator.dataset.transcripts(organizer)[0]["id"])
    emulator.fail_next(404, path=f"{transcript}/content")
    ran = run("transcripts", "download", transcript, "--emulator", "--to", str(tmp_path), "--format", "table")
    (_, row) = ran.out.splitlines()
    assert row.split()[0] == "failed"
    assert ".vtt" not in row


def test_transcripts_are_downloaded_once_as_the_service_has_them(
    run: Run, emulator: Emulator, organizer: str, tmp_path: Path
) -> None:
    count = len(emulator.dataset.transcripts(organizer))
    command = ["transcripts", "download", "--emulator", "--to", str(tmp_path)]
    first, second = run(*command), run(*command)
    assert (first.status, first.err) == (second.status, second.err) == (0, "")
    assert results(first.out) == ["downloaded"] * count
    assert results(second.out) == ["exists"] * count
    for path in tmp_path.iterdir():
        assert path.suffix == ".vtt"
        assert path.read_bytes().startswith(b"WEBVTT")


def test_markdown_has_the_subject_and_time_as_a_heading_and_the_turns(
    run: Run, emulator: Emulator, organizer: str, tmp_path: Path
) -> None:
    transcript = emulator.dataset.transcripts(organizer)[0]
    meeting = ("users", organizer, "onlineMeetings", str(transcript["meetingId"]))
    properties = emulator.dataset.find(meeting).properties
    emulator.dataset.replace(meeting, {**properties, "subject": "Budget *2027*"})
    id_ = str(transcript["id"])
    command = ["transcripts", "download", id_, "--emulator", "--to", str(tmp_path), "--as", "markdown"]
    ran = run(*command)
    (line,) = ran.out.splitlines()
    path = Path(json.loads(line)["path"])
    created = str(transcript["createdDateTime"])
    assert path.name.endswith(".md")
    text = path.read_text(encoding="utf-8")
    heading, shown = text.split("\n\n", 1)
    assert heading == f"# Budget \\*2027\\*, {created[:10]} {created[11:16]} UTC"
    assert shown == run("transcripts", "show", id_, "--emulator", "--as", "markdown").out
    assert [path.name for path in tmp_path.iterdir()] == [path.name]
    emulator.requests.clear()
    assert results(run(*command).out) == ["exists"]
    assert not [request for request in emulator.requests if "/content" in request.target]


@pytest.mark.usefixtures("organizer")
def test_without_permission_for_meetings_the_headings_have_the_times_only(
    run: Run, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.inject(RefusesMeetings(), times=10)
    ran = run("transcripts", "download", "--emulator", "--to", str(tmp_path), "--as", "markdown", "--concurrency", "1")
    assert ran.status == 0
    assert ran.err.startswith("warning: the files have no subjects of meetings: 403")
    assert ran.err.count("\n") == 1
    assert all(path.read_text(encoding="utf-8").startswith("# Transcript, 20") for path in tmp_path.iterdir())


def test_a_damaged_cue_is_reported_and_the_rest_is_written(
    run: Run, emulator: Emulator, organizer: str, tmp_path: Path
) -> None:
    transcript = emulator.dataset.transcripts(organizer)[0]
    meeting = ("users", organizer, "onlineMeetings", str(transcript["meetingId"]))
    vtt = "WEBVTT\n\n0:1 --> 0:2\n<v Ann>One.\n\n0:x --> 0:y\nTwo.\n\n0:3 --> 0:4\n<v Ann>Three."
    emulator.dataset.replace(
        (*meeting, "transcripts", str(transcript["id"])),
        transcript,
        streams={"content": Text(lambda: vtt, "text/vtt", names_speakers=True)},
    )
    ran = run(
        *("transcripts", "download", str(transcript["id"])), "--emulator", "--to", str(tmp_path), "--as", "markdown"
    )
    assert ran.status == 0
    assert ran.err.startswith("warning: a part of the transcript (GET /users/")
    assert ran.err.endswith("was left out: line 6: a cue without valid times\n")
    (path,) = tmp_path.iterdir()
    assert path.read_text(encoding="utf-8").endswith("**Ann** (00:00:01)  \nOne. Three.\n")


@pytest.mark.usefixtures("organizer")
def test_a_table_of_downloads_fits_80_columns(run: Run, tmp_path: Path) -> None:
    ran = run("recordings", "download", "--emulator", "--to", str(tmp_path), "--format", "table")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert all(path.name in ran.out for path in tmp_path.iterdir())


def test_a_malformed_time_does_not_stop_downloads_on_a_terminal(
    run: Run, emulator: Emulator, organizer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript, *others = emulator.dataset.transcripts(organizer)
    path = ("users", organizer, "onlineMeetings", str(transcript["meetingId"]), "transcripts", str(transcript["id"]))
    emulator.dataset.replace(path, {**transcript, "createdDateTime": "yesterday"})
    monkeypatch.setattr(downloads, "err", lambda: Console(file=StringIO(), force_terminal=True))
    ran = run("transcripts", "download", "--emulator", "--to", str(tmp_path), "--as", "markdown")
    assert results(ran.out) == ["downloaded"] * (1 + len(others))
    (undated,) = tmp_path.glob("undated_*.md")
    assert "undated" in undated.read_text(encoding="utf-8").partition("\n")[0]
