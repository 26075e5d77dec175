"""The help of each command, as people see it on a terminal of 80 columns."""

import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from cyclopts import App

from graph_meetings_archive.command.app import new_app
from tests.command.conftest import Run

GOLDEN = Path(__file__).with_name("help.txt")


def commands(app: App, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name in app:
        if not name.startswith("-"):
            yield from commands(app[name], (*path, name))


def test_there_are_the_commands_that_the_design_names() -> None:
    found = {" ".join(path) for path in commands(new_app())}
    assert found >= {
        "check",
        "export",
        "status",
        "organizers list",
        "meetings list",
        "meetings find",
        "recordings list",
        "recordings download",
        "transcripts list",
        "transcripts show",
        "transcripts download",
        "attendance list",
        "webinars list",
        "townhalls list",
        "call-records list",
        "pstn-calls list",
        "subscriptions list",
        "subscriptions create",
        "subscriptions renew",
        "subscriptions delete",
        "watch",
    }


@pytest.mark.skipif(not version("cyclopts").startswith("5."), reason="the golden text was made with cyclopts 5")
def test_the_help_of_every_command_is_as_recorded(run: Run) -> None:
    texts: list[str] = []
    for path in commands(new_app()):
        ran = run(*path, "--help")
        assert (ran.status, ran.err) == (0, "")
        lines = [line.rstrip() for line in ran.out.splitlines()]
        assert max(map(len, lines)) <= 80
        texts.append("\n".join([f"$ {' '.join(['graph-meetings', *path, '--help'])}", *lines, ""]))
    text = "\n".join(texts)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_help_needs_no_colours_in_a_pipe(run: Run) -> None:
    assert "\x1b" not in run("recordings", "list", "--help").out
