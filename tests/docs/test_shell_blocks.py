"""Every `shell` block of the documentation runs over the made-up service, for its organizer in place of the page's.

Commands of `bash` blocks are read, and not run.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import CycloptsError

from graph_meetings_archive.command.__main__ import main
from graph_meetings_archive.command.app import new_app

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


def commands(page: Path) -> Iterator[str]:
    """Yield the commands of blocks that do not run, because they need a tenant, another terminal or a long time."""
    for block in re.findall(r"^ *```bash\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        yield from re.findall(r"^ *graph-meetings (.+?)(?: [|>&#].*)?$", block.replace("\\\n", ""), re.MULTILINE)


def test_commands_that_do_not_run_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPH_MEETINGS_ORGANIZER", ORGANIZER)  # which a block of the quick start exports
    found = [(page.name, command) for page in sorted(DOCS.glob("*.md")) for command in commands(page)]
    assert len(found) > 8
    for name, command in found:
        try:
            new_app().parse_args(shlex.split(command), exit_on_error=False, print_error=False)
        except CycloptsError as error:
            pytest.fail(f"{name}: {command}: {error}")
