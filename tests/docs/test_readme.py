"""The Python programs of README.md run as they are pasted, and its links lead somewhere."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import azure.identity
import azure.identity.aio
import pytest

from graph_meetings import Cloud
from graph_meetings_emulator import BlockingEmulatorCredential, Dataset, Emulator, EmulatorCredential

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def printed() -> Iterator[dict[str, str]]:
    """What `graph-emulator` prints, from one that runs with its defaults, but on a free port."""
    command = [sys.executable, "-m", "graph_meetings_emulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield dict(process.stdout.readline().strip().rsplit(maxsplit=1) for _ in range(3))
        process.terminate()


def test_there_are_four_programs() -> None:
    assert len(PROGRAMS) == 4


def test_the_first_program_runs_against_the_emulator_as_it_is(printed: dict[str, str], tmp_path: Path) -> None:
    program = PROGRAMS[0].replace("http://127.0.0.1:8080/v1.0", printed["base URL"])
    assert all(f'"{value}"' in program for value in printed.values())
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    *recordings, downloaded, first, second = done.stdout.splitlines()[:15]
    assert len(recordings) == 12
    assert downloaded.startswith(f"{(tmp_path / 'recording.mp4').stat().st_size} bytes in ")
    assert (first, second) == ("12 recordings in the first round", "0 in the second")
    assert len(done.stdout.splitlines()) > 15, "no call record was found"


@pytest.mark.parametrize("program", PROGRAMS[1:3], ids=["asyncio", "blocking"])
def test_the_programs_run_with_a_tenant(
    program: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Emulator(Dataset.generate(organizers=1, meetings=1, recordings=2)) as emulator:

        def credential() -> EmulatorCredential:
            return EmulatorCredential(emulator.token)

        def blocking_credential() -> BlockingEmulatorCredential:
            return BlockingEmulatorCredential(emulator.token)

        monkeypatch.setattr(azure.identity.aio, "DefaultAzureCredential", credential)
        monkeypatch.setattr(azure.identity, "DefaultAzureCredential", blocking_credential)
        monkeypatch.setattr(Cloud.GLOBAL, "root", emulator.origin)
        monkeypatch.setattr(sys, "argv", ["program.py", emulator.dataset.organizers[0]])
        exec(compile(program, "README.md", "exec"), {})  # noqa: S102  a page of this repository
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_test_in_it_passes() -> None:
    names: dict[str, Any] = {}
    exec(compile(PROGRAMS[3], "README.md", "exec"), names)  # noqa: S102  as above
    asyncio.run(names["test_a_recording_is_listed"]())


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:)([^)]+)\)", README))))
def test_a_link_leads_to_a_file_and_a_heading(link: str) -> None:
    name, _, anchor = link.partition("#")
    page = (ROOT / (name or "README.md")).read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    assert not anchor or anchor in {re.sub(r"[^a-z0-9 -]", "", text.lower()).replace(" ", "-") for text in headings}
