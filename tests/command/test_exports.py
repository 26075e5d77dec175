"""`export` archives, says what it did, and goes on after an interruption; `status` says what there is."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from graph_meetings_archive import FeedSummary, Summary
from graph_meetings_archive.command.output.progress import progress_line, progress_text
from graph_meetings_emulator import Dataset, Emulator, Limit, Throttle
from tests.command.conftest import Run

SECONDS = 60
EXPORT = [sys.executable, "-m", "graph_meetings_archive.command", "export"]


def rows(text: str) -> dict[str, dict[str, object]]:
    """Return the rows of a summary or a status by feed."""
    return {row["feed"]: row for row in map(json.loads, text.splitlines())}


def recordings_in(archive: Path) -> int:
    with closing(sqlite3.connect(archive / "archive.sqlite")) as database:
        count: int = database.execute("SELECT count(*) FROM recordings").fetchone()[0]
        return count


def test_an_export_brings_an_archive_up_to_date(run: Run, emulator: Emulator, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    command = ["export", "recordings", "call-records", "--emulator", "--organizers-from", "users", "--to", str(archive)]
    first = run(*command)
    assert (first.status, first.err) == (0, "")
    assert rows(first.out)["recordings"]["added"] == 8
    assert recordings_in(archive) == 8
    emulator.dataset.add_recording(emulator.dataset.organizers[0])
    second = run(*command)
    assert rows(second.out)["recordings"]["added"] == 1
    assert rows(second.out)["call_records"]["added"] == 0


def test_calls_outside_of_meetings_and_events_are_exported_on_demand(
    run: Run, emulator: Emulator, tmp_path: Path
) -> None:
    command = ["export", "recordings", "attendance", "--emulator", "--organizers-from", "users", "--to", str(tmp_path)]
    run(*command)
    emulator.dataset.add_adhoc_call(emulator.dataset.organizers[0], content_size=1_000)
    emulator.dataset.add_virtual_event(organizer_id=emulator.dataset.organizers[0])
    assert rows(run(*command).out)["recordings"]["added"] == 0
    more = run(*command, "--ad-hoc-calls", "--virtual-events")
    assert (more.status, more.err) == (0, "")
    assert all(row["added"] for row in rows(more.out).values())


def test_people_are_named_by_id_by_principal_name_or_in_a_file(run: Run, emulator: Emulator, tmp_path: Path) -> None:
    first, second = emulator.dataset.organizers
    name = str(emulator.dataset.find(("users", first)).properties["userPrincipalName"])
    file = tmp_path / "people.txt"
    file.write_text(f"# those who teach\n\n{second}  # Mateus\n", encoding="utf-8")
    command = ["export", "recordings", "--emulator", "--to", str(tmp_path / "archive")]
    assert rows(run(*command, "--organizer", name).out)["recordings"]["added"] == 4
    assert rows(run(*command, "--organizers-from", str(file)).out)["recordings"]["added"] == 4
    group = f"group:{emulator.dataset.groups[0]}"
    plan = run(*command, "--organizers-from", group, "--dry-run").out.splitlines()
    assert {json.loads(line)["organizer"] for line in plan} == {first, second}


def test_what_fails_is_listed_once_with_what_to_do(run: Run, emulator: Emulator, tmp_path: Path) -> None:
    without_policy, other = emulator.dataset.organizers
    emulator.tenant.access_policy_missing_for.add(without_policy)
    archive = str(tmp_path / "archive")
    ran = run(
        "export", "recordings", "--emulator", "--to", archive, "--organizer", other, "--organizer", without_policy,
        "--organizer", "nobody@example.com",
    )  # fmt: skip
    assert ran.status == 1
    assert rows(ran.out)["recordings"] | {"size": 0} == {
        "feed": "recordings", "added": 4, "replaced": 0, "removed": 0, "files": 0, "size": 0, "lost": 0, "failed": 2,
    }  # fmt: skip
    assert f"error: recordings of {without_policy}: 403 Forbidden" in ran.err
    assert "application access policy" in ran.err
    assert "error: recordings of nobody@example.com: 404" in ran.err

    stated = run("status", archive)
    assert stated.status == 1
    assert rows(stated.out)["recordings"]["failed"] == 2
    assert f"error: recordings of {without_policy}: 403 Forbidden" in stated.err


def test_status_says_what_expires(run: Run, emulator: Emulator, tmp_path: Path) -> None:
    archive = str(tmp_path / "archive")
    run("export", "recordings", "--emulator", "--to", archive, "--organizer", emulator.dataset.organizers[0])
    ran = run("status", archive, "--format", "table")
    assert ran.status == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "4 recordings are not downloaded; the first expires" in ran.err


@pytest.mark.usefixtures("emulator")
def test_a_dry_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    ran = run(
        "export", "recordings", "pstn-calls", "--emulator", "--to", str(archive), "--organizers-from", "users",
        "--dry-run",
    )  # fmt: skip
    assert ran.status == 0
    assert len(ran.out.splitlines()) == 3
    assert not archive.exists()


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export", "--to", "a"], "nothing to export"),
        (["export", "recordings"], "requires an argument"),
        (["export", "recordings", "--to", "a"], "recordings of whom?"),
        (["export", "calls", "--to", "a"], "Choose from"),
        (["export", "recordings", "--to", "a", "--organizer", "me"], "a signed-in user cannot export"),
        (["export", "call-records", "--to", "a", "--watch", "15"], "--watch: '15' is not a span of time"),
        (["export", "call-records", "--to", "a", "--since", "soon"], "--since: 'soon' is not a date or a time"),
        (["export", "recordings", "--to", "a", "--organizers-from", "nofile"], "cannot read nofile"),
    ],
)
def test_wrong_use_is_said_in_words(
    run: Run, arguments: Sequence[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments, "--emulator")
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


def test_another_format_is_wrong_use(run: Run, emulator: Emulator, tmp_path: Path) -> None:
    command = [
        "export",
        "recordings",
        "--emulator",
        "--to",
        str(tmp_path),
        "--organizer",
        emulator.dataset.organizers[0],
    ]
    assert run(*command).status == 0
    ran = run(*command, "--format", "csv")
    assert (ran.status, ran.out) == (2, "")
    assert "archive of the format sqlite" in ran.err


def test_no_archive_has_no_status(run: Run, tmp_path: Path) -> None:
    ran = run("status", str(tmp_path))
    assert (ran.status, ran.out, ran.err) == (1, "", f"error: {tmp_path} has no archive\n")


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to a single process on Windows")
@pytest.mark.parametrize("numbers", [[signal.SIGINT], [signal.SIGTERM], [signal.SIGINT, signal.SIGINT]])
def test_an_interrupted_export_ends_soon_and_the_next_one_goes_on(
    numbers: list[signal.Signals], tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    with Emulator(Dataset.generate(organizers=1, meetings=1, recordings=12, content_size=1000)) as emulator:
        emulator.throttle = Throttle((Limit(5, burst=5),))
        command = [
            *EXPORT, "recordings", "--content", "--to", str(archive), "--organizer", emulator.dataset.organizers[0],
            "--emulator", "--base-url", emulator.base_url,
        ]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            until = time.monotonic() + SECONDS
            while len(emulator.requests) < 5 and time.monotonic() < until:
                time.sleep(0.01)
            for number in numbers:
                process.send_signal(number)
            out, err = process.communicate(timeout=SECONDS)
        assert (process.returncode, out) == (130, "")
        assert err == "what has arrived is kept; the next export resumes\nerror: interrupted\n"

        emulator.throttle = Throttle()
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
        assert (done.returncode, done.stderr) == (0, "")
        assert recordings_in(archive) == 12
        assert len(list(archive.rglob("*.mp4"))) == 12


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to a single process on Windows")
def test_watching_exports_again_until_it_is_stopped(tmp_path: Path) -> None:
    with Emulator(Dataset.generate(organizers=1, call_records=1)) as emulator:
        command = [
            *EXPORT, "call-records", "--to", str(tmp_path), "--watch", "1s", "--emulator", "--base-url",
            emulator.base_url,
        ]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["added"] > 0
            assert json.loads(process.stdout.readline())["added"] == 0
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=SECONDS)
        assert (process.returncode, err) == (130, "error: interrupted\n")


def test_progress_counts_rows_and_bytes() -> None:
    summary = Summary((FeedSummary("recordings", added=3, size=1_500_000), FeedSummary("call_records")), organizers=2)
    assert progress_text(summary) == "2 organizers, 1.5 MB; rows: recordings 3, call records 0"
    assert progress_line(summary, 80) == progress_text(summary)
    assert progress_line(summary, 30) == "2 organizers, 1.5 MB; rows: r…"


def test_nothing_secret_is_in_what_an_export_writes(run: Run, emulator: Emulator, tmp_path: Path) -> None:
    organizer = emulator.dataset.organizers[0]
    ran = run(
        "export", "recordings", "transcripts", "--content", "--emulator", "--to", str(tmp_path / "archive"),
        "--organizer", organizer, "--log-level", "debug",
    )  # fmt: skip
    assert ran.status == 0
    signature = emulator.token.rpartition(".")[2]
    assert signature not in ran.out + ran.err
    for folder, _, names in os.walk(tmp_path):
        for name in names:
            assert signature.encode() not in Path(folder, name).read_bytes()
