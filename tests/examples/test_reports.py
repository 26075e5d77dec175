"""The examples that write reports."""

import codecs
import csv
import re
import runpy
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from graph_meetings_emulator import Dataset, Emulator

pytestmark = pytest.mark.slow

Run: TypeAlias = Callable[..., str]

HEADINGS = ["Session", "Name", "E-mail", "Role", "Minutes", "Joined", "Left"]
FORMULA = '=HYPERLINK("https://evil.example/","click")'


@pytest.fixture
def run(
    emulator: Emulator,
    examples: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run an example in this process, which is faster than a process of its own, and give what it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(examples), *sys.path])
    monkeypatch.delitem(sys.modules, "recordings", raising=False)
    monkeypatch.setenv("GRAPH_BASE_URL", emulator.base_url)
    monkeypatch.setenv("GRAPH_TOKEN", emulator.token)

    def run(example: str, *arguments: str, status: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", [example, *arguments])
        with pytest.raises(SystemExit) as exit_:
            runpy.run_path(str(examples / f"{example}.py"), run_name="__main__")
        printed = capsys.readouterr()
        assert exit_.value.code == status, printed.err
        return printed.out + printed.err

    return run


@pytest.fixture
def webinar(data: Dataset) -> str:
    """A webinar of two sessions, in each of which someone has a formula for a name."""
    webinar = data.add_virtual_event(sessions=2, attendees=5)
    path = ("solutions", "virtualEvents", "webinars", webinar)
    for record in data.descendants(path, "sessions", "attendanceReports", "attendanceRecords"):
        if record["role"] == "Attendee":
            record["identity"] = {"displayName": FORMULA}
    return webinar


def test_attendance_is_a_csv_file_that_excel_opens(run: Run, webinar: str, tmp_path: Path) -> None:
    assert run("webinar_sheet", webinar, "sheet.csv") == "10 attendees in sheet.csv\n"
    content = (tmp_path / "sheet.csv").read_bytes()
    assert content.startswith(codecs.BOM_UTF8)
    headings, *rows = csv.reader(content.decode("utf-8-sig").splitlines())
    assert headings == HEADINGS
    assert len(rows) == 10
    assert [row[1] for row in rows if "HYPERLINK" in row[1]] == [f"'{FORMULA}"] * 2
    for row in rows:
        assert re.fullmatch(r"2026-\d\d-\d\d \d\d:\d\d:\d\d", row[5])  # no zone, which Excel would take for a text


def test_attendance_is_a_workbook_with_times_and_without_formulas(run: Run, webinar: str, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    run("webinar_sheet", webinar, "sheet.xlsx")
    headings, *rows = openpyxl.load_workbook(tmp_path / "sheet.xlsx").active.iter_rows()
    assert [cell.value for cell in headings] == HEADINGS
    assert len(rows) == 10
    assert {cell.data_type for row in rows for cell in row} <= {"inlineStr", "s", "n", "d"}
    assert {row[5].data_type for row in rows} == {"d"}


def test_a_webinar_that_nobody_attended_is_an_empty_sheet(run: Run, data: Dataset, tmp_path: Path) -> None:
    webinar = data.add_virtual_event(sessions=0)
    assert run("webinar_sheet", webinar, "sheet.csv") == "0 attendees in sheet.csv\n"
    assert (tmp_path / "sheet.csv").exists()


def test_the_transcripts_of_a_month_are_markdown_files(run: Run, data: Dataset, organizer: str, tmp_path: Path) -> None:
    for moment in ("2025-01-31T23:59:59Z", "2025-02-01T00:00:00Z", "2025-02-28T23:00:00Z", "2025-03-01T00:00:01Z"):
        data.add_transcript(organizer)["createdDateTime"] = moment
    assert run("transcripts_of_month", "2025-02", organizer) == f"{organizer}: 2 new\n"
    files = sorted((tmp_path / "transcripts").iterdir())
    assert [re.sub(r"[0-9a-f]{8}\.md$", "", file.name) for file in files] == ["2025-02-01 00.00 ", "2025-02-28 23.00 "]
    text = files[0].read_text(encoding="utf-8")
    assert text.startswith(f'---\ncreated: "2025-02-01T00:00:00Z"\norganizer: "{organizer}"\n')
    assert re.search(r"^\*\*.+\*\* \(\d\d:\d\d:\d\d\)", text, re.MULTILINE)


def test_a_second_run_saves_only_what_is_new_and_one_refusal_stops_nobody_else(
    run: Run, emulator: Emulator, data: Dataset, tmp_path: Path
) -> None:
    first, second = data.organizers
    data.add_transcript(second)["createdDateTime"] = "2025-02-01T00:00:00Z"
    assert f"{second}: 1 new" in run("transcripts_of_month", "2025-02")
    emulator.tenant.access_policy_missing_for.add(first)
    output = run("transcripts_of_month", "2025-02", status=1)
    assert "The app needs an application access policy" in output
    assert f"{second}: 0 new" in output
    assert len(list((tmp_path / "transcripts").iterdir())) == 1


def test_recordings_that_expire_within_two_weeks(run: Run, data: Dataset, organizer: str) -> None:
    now = datetime.now(UTC)
    ids = {
        days: data.add_recording(organizer, created=now - timedelta(days=days))["id"] for days in (121, 119, 107, 105)
    }
    lines = (run("expiring_recordings")).splitlines()
    assert [line.split()[-1] for line in lines] == [ids[119], ids[107]]
    assert lines[0].startswith(f"{now + timedelta(days=1):%Y-%m-%d %H:%M} {organizer} ")
    lines = (run("expiring_recordings", organizer, "--within", "5")).splitlines()
    assert [line.split()[-1] for line in lines] == [ids[119]]
