"""What people get wrong on the command line in their first hour, and what it says."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graph_meetings_archive.command.service import client
from graph_meetings_archive.command.service.emulated import EmulatedService
from graph_meetings_emulator import Dataset, Emulator
from tests.command.conftest import Run

NOOR = "--organizer noor.tanaka@lakeshore.example"
TABLE = [
    ("recording list", 'Unknown command "recording". Did you mean "recordings"?', "graph-meetings --help"),
    ("recordings lst", 'Unknown command "lst". Did you mean "list"?', "graph-meetings recordings --help"),
    ("help", 'Unknown command "help"', "graph-meetings --help shows how to use it"),
    ("--emulator recordings list", 'Unknown command "--emulator"', "options go after the command"),
    (
        "recordings list",
        "--organizer requires an argument",
        "say whose with --organizer; graph-meetings organizers list",
    ),
    (f"recordings list {NOOR} --since tomorrow", "--since: 'tomorrow' is not a date", "or 7d for seven days ago"),
    (f"recordings list {NOOR} --since 2026-13-01", "--since: '2026-13-01' is not a date", "write 2026-01-31"),
    (f"recordings list {NOOR} --since 1d --until 2d", "--since is not before --until", "nothing is in between"),
    (f"recordings list {NOOR} --format xlsx", '"xlsx" for --format. Choose from: "table", "json"', "list --help"),
    (f"recordings list {NOOR} --top 0", 'Invalid value "0" for --top. Must be >= 1.', "list --help"),
    (f"recordings list {NOOR} --meeting abc", "Unexpected id format", "not a join URL or the meeting id of an inv"),
    ("recordings list --organizer nobody@example.com", "there is no user nobody@example.com", "organizers list shows"),
    (f"recordings download {NOOR} --to text.txt", "--to: text.txt is not a folder", "name another one"),
    (f"recordings download {NOOR} --concurrency 0", 'Invalid value "0" for --concurrency. Must be >= 1.', "--help"),
    ("transcripts save", 'Unknown command "save". Available commands: list, show, download.', "transcripts --help"),
    (f"transcripts download {NOOR} --as text", 'Choose from: "vtt", "markdown"', "transcripts download --help"),
    ("export", "--to requires an argument", "name a folder with --to; it is created where it is missing"),
    ("export recordings --to a", "recordings of whom?", "--organizer ann@contoso.com, or --organizers-from users"),
    ("export recording --to a", '"recording" for FEEDS. Choose from: "recordings"', 'Did you mean "recordings"?'),
    ("export recordings --to a --organizers-from none.txt", "cannot read none.txt", "a text file with a name on each"),
    ("export recordings --to a --format excel", '"excel" for --format. Choose from: "sqlite", "csv"', "export --help"),
    (f"export recordings {NOOR} --to text.txt", "text.txt cannot be written: File exists", "name another one"),
    ("status", "--archive requires an argument", "name the folder of an archive, as in graph-meetings status archive"),
    ("status nowhere", "nowhere has no archive", ""),
    ("status text.txt", "text.txt has no archive", ""),
    ("check --cloud usgov", 'Choose from: "global", "us-gov-l4"', 'Did you mean "us-gov-'),
    ("check --auth password", 'Choose from: "default", "browser", "device-code", "cli", "secret"', "check --help"),
    ("check --auth secret --tenant t --client-id c", "needs AZURE_CLIENT_SECRET or --secret-file", ""),
    ("check --auth secret --client-id c", "--auth secret needs --tenant", ""),
    (
        "check --auth certificate --tenant t --client-id c --certificate-file none.pem",
        "none.pem is not a file",
        "PEM or",
    ),
    ("check --secret s3cret", "Unknown option: --secret. Did you mean --secret-file?", "check --help"),
    ("check --base-url graph.microsoft.com", "--base-url: ", "a URL such as 'https://graph.microsoft.com/v1.0'"),
    ("check --base-url http://graph.microsoft.com/v1.0", "would get the token unprotected; use https", ""),
]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """One for all mistakes: none of them changes what is in it."""
    with Emulator(Dataset.generate(meetings=1, recordings=1, content_size=10_000)) as running:
        yield running


@pytest.fixture
def _asking_the_emulator(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def emulated_service(_: str | None) -> Generator[EmulatedService]:
        yield EmulatedService(emulator.base_url, emulator.blocking_credential)

    monkeypatch.setattr(client, "emulated_service", emulated_service)


@pytest.mark.usefixtures("_asking_the_emulator")
@pytest.mark.parametrize(("line", "message", "hint"), TABLE, ids=[line for line, _, _ in TABLE])
def test_the_message_says_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, message: str, hint: str
) -> None:
    (tmp_path / "text.txt").touch()
    monkeypatch.chdir(tmp_path)
    takes_a_service = any(word in line for word in ("recordings", "transcripts", "export"))
    ran = run(*line.split(), *(["--emulator"] if takes_a_service else []))
    assert ran.status in {1, 2}
    assert message in ran.err
    assert hint in ran.err
    assert "Traceback" not in ran.err
    assert ran.err.startswith("error: ")
    assert not ran.out
