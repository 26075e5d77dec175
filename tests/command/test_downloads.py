"""`recordings download` writes whole files, and says what it did."""

import json
import stat
import sys
from pathlib import Path

import pytest

from graph_meetings_archive.command.output.columns import handle_of
from graph_meetings_emulator import Emulator
from tests.command.conftest import Run


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
    assert ran.err.startswith("error: 404")


@pytest.mark.usefixtures("organizer")
def test_a_table_of_downloads_fits_80_columns(run: Run, tmp_path: Path) -> None:
    ran = run("recordings", "download", "--emulator", "--to", str(tmp_path), "--format", "table")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert all(path.name in ran.out for path in tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be made read-only like this on Windows")
@pytest.mark.usefixtures("organizer")
def test_a_folder_that_cannot_be_written_is_said_in_words(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    file.chmod(stat.S_IRUSR)
    ran = run("recordings", "download", "--emulator", "--to", str(file))
    assert ran.status == 1
    assert ran.err == f"error: {file}: File exists\n"
