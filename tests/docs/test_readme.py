"""README.md runs as it is pasted, its links lead somewhere, and its numbers are the measured ones."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import azure.identity
import pytest

from graph_meetings import Cloud
from graph_meetings_archive.command.__main__ import main
from graph_meetings_emulator import BlockingEmulatorCredential, Dataset, Emulator

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WITHOUT_TENANT, WITH_TENANT = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
TOUR = "".join(re.findall(r"^```shell\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)).splitlines()
SITE = "https://graph-meetings.github.io/graph-meetings/"
REPOSITORY = "https://github.com/graph-meetings/graph-meetings/blob/main/"


@pytest.mark.parametrize("options", [["-W", "error", "-"], ["-q", "-i"]], ids=["file", "prompt"])
def test_the_first_program_runs_where_it_is_pasted(options: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, *options],
        input=f"{WITHOUT_TENANT}\n",
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Error" not in done.stderr
    *recordings, downloaded = done.stdout.splitlines()
    assert len(recordings) == 12
    assert downloaded == f"{(tmp_path / 'recording.mp4').stat().st_size} bytes in recording.mp4"


def test_the_second_program_runs_with_a_tenant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Dataset()
    organizer = data.add(("users",), {"id": "00000000-0000-0000-0000-000000000000"}).id
    for _ in range(2):
        data.add_recording(organizer, data.add_meeting(organizer), content_size=10_000)
    with Emulator(data) as emulator:

        def signed_in() -> BlockingEmulatorCredential:
            return emulator.blocking_credential

        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(azure.identity, "DefaultAzureCredential", signed_in)
        monkeypatch.setattr(Cloud.GLOBAL, "root", emulator.origin)
        exec(compile(WITH_TENANT, "README.md", "exec"), {})  # noqa: S102  a page of this repository
    assert capsys.readouterr().out.splitlines()[2] == "10000 bytes in recording.mp4"


def test_the_programs_differ_in_what_signs_in_only() -> None:
    assert WITHOUT_TENANT.splitlines()[5:] == WITH_TENANT.splitlines()[5:]


def test_the_tour_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(TOUR) == 4
    for line in TOUR:
        name, *arguments = shlex.split(line)
        assert name == "graph-meetings"
        assert main(arguments) == 0, line
        assert capsys.readouterr().out, line


def test_links_are_absolute() -> None:
    assert not re.findall(r"\]\((?!https://)", README)


@pytest.mark.parametrize("link", sorted(set(re.findall(rf"\]\({SITE}([^)]*)\)", README))))
def test_a_link_to_the_site_leads_to_a_page_and_a_heading(link: str) -> None:
    name, _, anchor = link.partition("#")
    page = (ROOT / "docs" / f"{name.removesuffix('/') or 'index'}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    assert not anchor or anchor in {re.sub(r"[^a-z0-9 -]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("name", sorted(set(re.findall(rf"\]\({REPOSITORY}([^)]*)\)", README))))
def test_a_link_to_the_repository_leads_to_a_file(name: str) -> None:
    assert (ROOT / name).is_file()


def test_numbers_are_those_of_the_page_on_performance() -> None:
    section = README.partition("## Why")[2].partition("\n## ")[0]
    measured = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    numbers = set(re.findall(r"[\d,.]*\d (?:ms|GiB/s|MiB)|\d+,\d{3}(?= recordings)|\d\.\d(?= times)", section))
    assert len(numbers) > 7
    unknown = {number for number in numbers if number not in measured}
    assert not unknown, "correct README.md: docs/performance.md has other numbers by now"
