"""The command `graph-emulator`: what it prints works, and its data end at the present."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.__main__ import main
from graph_meetings_emulator.pages.program import program
from graph_meetings_emulator.welcome import welcome

COMMAND = [sys.executable, "-m", "graph_meetings_emulator", "--port", "0", "--content-size", "1k"]
SECONDS = 60


@contextmanager
def command(*arguments: str) -> Generator[list[str]]:
    """Run the command and return the lines that it printed first."""
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines: list[str] = []
        try:
            while not lines or "record.type" not in lines[-1]:
                lines.append(process.stdout.readline().rstrip("\n"))
            yield lines
        finally:
            process.terminate()
            assert process.wait(SECONDS) == 0


@pytest.mark.parametrize(
    "arguments", [(), pytest.param(("--tls", "--token", "a.b-c_d~e+f/g=="), marks=pytest.mark.slow)]
)
def test_the_printed_program_runs_as_it_is(arguments: tuple[str, ...], tmp_path: Path) -> None:
    with command(*arguments) as lines:
        path = tmp_path / "pasted.py"
        path.write_text("\n".join(lines[lines.index("A program to paste:") + 2 :]))
        done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert len(done.stdout.splitlines()) == 15, "3 meetings with 4 recordings, and 3 calls"
    assert f"{yesterday:%Y-%m-%d}" in done.stdout or f"{yesterday - timedelta(days=1):%Y-%m-%d}" in done.stdout


def test_the_command_speaks_https() -> None:
    with command("--tls") as lines:
        printed = dict(line.rsplit(maxsplit=1) for line in lines[: lines.index("")])
        url, ca_file = printed["base URL"], printed["CA file"]
        assert url.startswith("https://")
        for trusted, status in ((ca_file, 0), (os.devnull, 1)):
            opening = [sys.executable, "-c", f"import urllib.request as u; u.urlopen('{url}/$metadata').close()"]
            environment = os.environ | {"SSL_CERT_FILE": trusted}
            assert subprocess.run(opening, env=environment, stderr=subprocess.PIPE, check=False).returncode == status


def test_the_printed_program_is_written_as_one_would() -> None:
    pytest.importorskip("ruff", reason="ruff is not installed")
    with Emulator(Dataset.generate(organizers=1, recordings=0)) as emulator:
        for ca_file in (None, "/tmp/ca.pem"):  # noqa: S108  not opened
            source = program(emulator.base_url, emulator.token, emulator.dataset.organizers[0], ca_file)
            done = subprocess.run(
                [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "120", "--diff", "-"],
                input=source,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("count", [0, 1, 20])
def test_all_organizers_are_printed(count: int, tmp_path: Path) -> None:
    with Emulator(Dataset.generate(organizers=count, meetings=1, recordings=0)) as emulator:
        lines = welcome(emulator, tmp_path, tls=False).splitlines()
        printed = [line.split()[1] for line in lines if line.startswith("organizer ")]
        assert printed == list(emulator.dataset.organizers)


def test_many_organizers_are_written_to_a_file(tmp_path: Path) -> None:
    with Emulator(Dataset.generate(organizers=30, meetings=1, recordings=0)) as emulator:
        assert f"all 30: {tmp_path / 'organizers.txt'}" in welcome(emulator, tmp_path, tls=False)
        assert (tmp_path / "organizers.txt").read_text().split() == list(emulator.dataset.organizers)


def test_the_command_throttles() -> None:
    with command("--throttle", "0.01", "--burst", "2", "--retry-after", "7") as lines:
        url, token, organizer = (line.split()[-1] for line in lines[:3])
        call = f"getAllRecordings(meetingOrganizerUserId='{organizer}')"
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as http:
            answers = [http.get(f"{url}/users/{organizer}/onlineMeetings/{call}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--until", "soon"], "argument --until: 'soon' is not a date or a time like 2026-06-30"),
        (["--throttle", "much"], "argument --throttle: 'much' is neither requests per second nor 'documented'"),
    ],
)
def test_the_command_says_what_an_argument_looks_like(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert message in capsys.readouterr().err


def test_a_throttle_that_lets_nothing_through_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--organizers", "1", "--throttle", "0"]) == 1
    assert "must be positive" in capsys.readouterr().err


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  UTC is assumed
    st.integers(0, 50),
)
def test_data_end_at_the_present_with_some_yesterday_and_last_month(until: datetime, seed: int) -> None:
    dataset = Dataset.generate(seed=seed, until=until, content_size=1)
    present = until.replace(tzinfo=UTC)
    today = present.replace(hour=0, minute=0, second=0, microsecond=0)
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    recorded, transcribed = (
        [datetime.fromisoformat(str(item["createdDateTime"])) for user in dataset.organizers for item in items(user)]
        for items in (dataset.recordings, dataset.transcripts)
    )
    called = [datetime.fromisoformat(str(record["startDateTime"])) for record in dataset.call_records]
    rows = dataset.descendants(("communications",), "getPstnCalls")
    phoned = [datetime.fromisoformat(str(row["startDateTime"])) for row in rows]
    for times in (recorded, transcribed, called, phoned):
        assert max(times) < present
        assert any(today - timedelta(days=1) <= time < today for time in times)
        assert any(last_month <= time < today.replace(day=1) for time in times)


def test_the_present_changes_no_id() -> None:
    one, other = (Dataset.generate(until=until, content_size=1) for until in (None, "2028-02-29T12:00:00+02:00"))
    assert one.organizers == other.organizers
    assert [one.meetings(user) for user in one.organizers] == [other.meetings(user) for user in other.organizers]
    assert [record["id"] for record in one.call_records] == [record["id"] for record in other.call_records]
    assert (
        Dataset.generate(until="2028-02-29", content_size=1).recordings(one.organizers[0])[0]["createdDateTime"]
        != one.recordings(one.organizers[0])[0]["createdDateTime"]
    )


def test_a_recording_that_is_added_later_is_after_the_others() -> None:
    dataset = Dataset.generate(until="2026-07-01T12:00:00Z", organizers=1, meetings=1, content_size=1)
    before = [str(item["createdDateTime"]) for item in dataset.recordings(dataset.organizers[0])]
    assert str(dataset.add_recording(dataset.organizers[0])["createdDateTime"]) > max(before)
