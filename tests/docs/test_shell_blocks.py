"""Every `shell` block of the documentation runs over the made-up service, for its organizer in place of the page's."""

import re
import shlex
from pathlib import Path

import pytest

from graph_meetings_archive.command.__main__ import main

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS = {
    page.name: re.findall(r"^```shell\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for page in sorted(DOCS.glob("*.md"))
    if page.name != "command-line.md"  # see test_command_line.py
}
ORGANIZER = "noor.tanaka@lakeshore.example"


@pytest.mark.parametrize("page", [page for page, blocks in BLOCKS.items() if blocks])
def test_shell_blocks_run(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in "".join(BLOCKS[page]).replace("\\\n", "").splitlines():
        name, command, *arguments = shlex.split(re.split(r"[|>]", line)[0].replace("ann@contoso.com", ORGANIZER))
        assert name == "graph-meetings"
        if command != "status" and "--emulator" not in arguments:
            arguments.append("--emulator")
        assert main([command, *arguments]) == 0, line
        assert "error" not in capsys.readouterr().err, line
