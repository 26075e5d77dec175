"""LibreOffice opens the CSV files of an archive, and finds the values there and no formulas."""

import csv
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive
from graph_meetings_emulator import Dataset
from tests.archive.conftest import FEEDS

SOFFICE = shutil.which("soffice")
SECONDS = 120
TABLES = ("attendance", "attendance_intervals", "recordings", "streams", "transcript_cues", "pstn_calls")
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", '=HYPERLINK("https://evil.example/","x")', "\t=1+1", "\r=1+1", "'=1+1")

pytestmark = [pytest.mark.long, pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")]


@pytest.fixture
async def archive(graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path) -> Path:
    """An archive in which people have formulas for names."""
    for organizer in dataset.organizers:
        records = dataset.descendants(("users", organizer), "onlineMeetings", "attendanceReports", "attendanceRecords")
        for number, record in enumerate(records):
            record["identity"] = {"displayName": FORMULAS[number % len(FORMULAS)]}
    async with Archive(tmp_path / "archive", graph, format="csv") as opened:
        summary = await opened.update(dataset.organizers, *FEEDS)
    assert not summary.failures
    return tmp_path / "archive"


def test_libreoffice_reads_what_was_written(archive: Path, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    files = {table: next((archive / table).iterdir()) for table in TABLES}
    copies = [Path(shutil.copy(file, tmp_path / f"{table}.csv")) for table, file in files.items()]
    converted(tmp_path, *copies)
    for table, file in files.items():
        with file.open(encoding="utf-8", newline="") as opened:
            written = list(csv.reader(opened))
        read = [list(row) for row in openpyxl.load_workbook(tmp_path / f"{table}.xlsx").active.iter_rows()]
        assert len(read) == len(written), table
        for cells, texts in zip(read, written, strict=True):
            for cell, text in zip(cells, texts, strict=True):
                assert cell.data_type != "f", (table, text)
                assert same(cell.value, text), (table, cell.value, text)


def converted(folder: Path, *files: Path) -> None:
    """Turn CSV files into workbooks, as UTF-8 with commas."""
    assert SOFFICE
    subprocess.run(
        [
            SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless",
            "--infilter=CSV:44,34,76,1", "--convert-to", "xlsx", "--outdir", str(folder), *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=SECONDS,
        env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip


def same(value: Any, text: str) -> bool:
    """Tell whether a cell has the value of a text."""
    if value is None:
        return text == ""
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, int | float):
        return float(text) == pytest.approx(value)
    return str(value) == text
