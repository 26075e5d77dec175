"""Every shell block of docs/command-line.md runs over the made-up service, and its tables are true."""

import re
import shlex
from pathlib import Path

import pytest
from cyclopts import App

from graph_meetings_archive.command.__main__ import main
from graph_meetings_archive.command.app import new_app

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```shell\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]


def test_every_line_of_a_shell_block_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert len(LINES) > 10
    for line in LINES:
        name, *arguments = shlex.split(re.split(r"[|>]", line)[0])
        assert name == "graph-meetings"
        assert main(arguments) == 0, line
        captured = capsys.readouterr()
        assert captured.out, line
        assert "error" not in captured.err, line
    assert len(list((tmp_path / "videos").iterdir())) > 1


def test_the_table_of_commands_has_them_all() -> None:
    section = PAGE.partition("## Commands")[2].partition("\n## ")[0]
    named = {" ".join(re.findall(r"^[a-z -]+", text)[0].split()) for text in re.findall(r"`([a-z][^`]*)`", section)}
    assert {name for name in commands(new_app()) if name not in named} == set()


def commands(app: App, before: str = "") -> list[str]:
    names = [name for name in app if not name.startswith("-")]
    if not names:
        return [before.strip()]
    return [found for name in names for found in commands(app[name], f"{before} {name}")]
