"""How the command is called, and how it says that it was called wrong."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph_meetings_archive.command.app import new_app
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.moments import parse_moment, parse_span
from graph_meetings_runtime.version import VERSION
from tests.command.conftest import Run

MODULE = "graph_meetings_archive.command"


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version").out == f"{VERSION}\n"


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["chek"], 'Unknown command "chek". Did you mean "check"?', "graph-meetings --help"),
        (["--emulator", "check"], 'Unknown command "--emulator"', "options go after the command"),
        (
            ["check", "--emulater"],
            "Unknown option: --emulater. Did you mean --emulator?",
            "graph-meetings check --help",
        ),
        (["check", "--auth", "magic"], '"magic"', "graph-meetings check --help"),
        (["check", "--auth", "secret"], "--auth secret needs --tenant", ""),
        (["check", "--auth", "secret", "--tenant", "a"], "--auth secret needs --client-id", ""),
        (["check", "--auth", "browser"], "--auth browser needs --client-id", ""),
        (["check", "--tenant", "a"], "--auth default ignores --tenant", "AZURE_TENANT_ID"),
        (["check", "--auth", "cli", "--base-url", "http://graph.example"], "--base-url: ", ""),
    ],
)
def test_wrong_use_is_said_in_words_with_status_2(run: Run, arguments: list[str], message: str, hint: str) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err
    assert hint in ran.err
    assert "Traceback" not in ran.err


def test_a_secret_is_never_an_argument(run: Run) -> None:
    assert "--secret " not in run("check", "--help").out
    assert "Unknown option" in run("check", "--secret", "s3cret").err


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_file_of_a_secret_is_wrong_use(run: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "secret"
    file.write_text(content)
    ran = run("check", "--auth", "secret", "--tenant", "t", "--client-id", "c", "--secret-file", str(file))
    assert ran.status == 2
    assert "is empty" in ran.err


def test_no_token_is_wrong_set_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    ran = run("check", "--auth", "cli")
    assert ran.status == 2
    assert ran.err.startswith("error: the credential returned no token: Azure CLI not found")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_offered(run: Run, shell: str) -> None:
    ran = run("completion", shell)
    assert ran.status == 0
    assert "emulator" in ran.out


@pytest.mark.parametrize(
    ("missing", "arguments", "message"),
    [
        ("cyclopts", [], "error: graph-meetings needs more packages: pip install 'graph-meetings[archive]'\n"),
        (
            "starlette",
            ["organizers", "list", "--emulator"],
            "error: --emulator needs more packages\nhint: pip install 'graph-meetings[archive,emulator]'\n",
        ),
    ],
)
def test_without_an_extra_the_command_says_what_to_install(
    missing: str, arguments: list[str], message: str, tmp_path: Path
) -> None:
    program = f"""
import sys
sys.modules[{missing!r}] = None
from {MODULE}.__main__ import main
sys.exit(main({arguments!r}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


def test_a_closed_pipe_is_silent() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", MODULE, "--help"]
    done = subprocess.run(command, check=False, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=30)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 128 + signal.SIGPIPE


def test_ctrl_c_ends_with_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("graph_meetings_archive.command.checks.inspection.inspect", interrupted)
    ran = run("check", "--emulator")
    assert (ran.status, ran.err) == (130, "error: interrupted\n")


def test_every_command_has_a_help_that_fits_80_columns(run: Run) -> None:
    for name in new_app():
        if not name.startswith("-"):
            ran = run(name, "--help")
            assert ran.status == 0
            assert max(map(len, ran.out.splitlines())) <= 80


# Moments


def test_a_date_is_midnight_where_the_user_is() -> None:
    moment = parse_moment("2026-01-31", "--since")
    assert (moment.astimezone().hour, moment.astimezone().day) == (0, 31)
    assert parse_moment("2026-01-31T14:00Z", "--since").isoformat() == "2026-01-31T14:00:00+00:00"
    assert parse_moment("2026-01-31T14:00+02:00", "--since").isoformat() == "2026-01-31T12:00:00+00:00"


def test_yesterday_is_the_day_before_today_where_the_user_is() -> None:
    yesterday, today = (parse_moment(text, "--since").astimezone() for text in ("yesterday", "today"))
    assert (yesterday.hour, today.hour) == (0, 0)
    assert today.date() - yesterday.date() == timedelta(days=1)
    assert timedelta() <= datetime.now(UTC) - today < timedelta(hours=25)  # a day may have 25


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "7y", "-7d", "\u0667d"])
def test_what_is_not_a_moment_is_wrong_use(text: str) -> None:
    with pytest.raises(CommandFailed, match=r"--since: .* is not a date or a time"):
        parse_moment(text, "--since")


def test_a_span_needs_a_unit() -> None:
    assert parse_span("90m", "--watch").total_seconds() == 5400
    with pytest.raises(CommandFailed, match="--watch: '15' is not a span of time"):
        parse_span("15", "--watch")


def test_a_second_command_with_its_own_service_takes_another_port(run: Run) -> None:
    with socket.socket() as other:
        with suppress(OSError):  # a third one has it
            other.bind(("127.0.0.1", 8765))
            other.listen()
        ran = run("organizers", "list", "--emulator")
    assert (ran.status, ran.err) == (0, "")
