"""Every shell block of the pages runs over the made-up service, and the tables of docs/command-line.md are true."""

import re
import shlex
from pathlib import Path

import pytest
from cyclopts import App

from graph_meetings_archive.command.__main__ import main
from graph_meetings_archive.command.app import new_app

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "command-line.md").read_text(encoding="utf-8")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
BLOCKS = {name: re.findall(r"^```shell\n(.*?)^```$", page, re.MULTILINE | re.DOTALL) for name, page in PAGES.items()}
LINES = {name: [line for block in blocks for line in block.splitlines()] for name, blocks in BLOCKS.items() if blocks}


@pytest.mark.parametrize("page", LINES)
def test_every_line_of_a_shell_block_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for line in LINES[page]:
        name, *arguments = shlex.split(re.split(r"[|>]", line)[0])
        assert name == "graph-meetings"
        assert main(arguments) == 0, line
        captured = capsys.readouterr()
        assert captured.out, line
        assert "error" not in captured.err, line
    if page == "command-line.md":
        assert len(LINES[page]) > 10
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
