"""docs/troubleshooting.md has every error and every hint, and the service's messages lead to them."""

import re
from pathlib import Path
from types import ModuleType

import pytest

import graph_meetings
import graph_meetings_archive
import graph_meetings_notifications
from graph_meetings.operations import OPERATIONS
from graph_meetings_archive import tables
from graph_meetings_runtime.http.responses import hints
from graph_meetings_runtime.http.responses.hint_rule import Rule

RULES: tuple[Rule, ...] = vars(hints)["_RULES"]
PAGE = (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
TABLES, _, HINTS = PAGE.partition("## What the service says")
ROWS = [re.split(r" *(?<!\\)\| *", line)[1:-1] for line in TABLES.splitlines() if line.startswith("| `")]
HINT_ROWS = [re.split(r" *(?<!\\)\| *", line)[1:-1] for line in re.findall(r"^\| \d.*$", HINTS, re.MULTILINE)]


def errors(module: ModuleType) -> set[str]:
    values = ((name, getattr(module, name)) for name in dir(module))
    return {name for name, value in values if isinstance(value, type) and issubclass(value, BaseException)}


@pytest.mark.parametrize(
    "module", [graph_meetings, graph_meetings_archive, graph_meetings_notifications, tables], ids=lambda it: it.__name__
)
def test_every_error_is_in_a_table_with_what_to_do(module: ModuleType) -> None:
    listed = {name for cells in ROWS if len(cells) > 2 and cells[-1] for name in re.findall(r"`(\w+)`", cells[0])}
    assert errors(module) - listed - {"GraphError"} == set()


def test_every_hint_is_in_the_table() -> None:
    assert [cells[2].replace(r"\|", "|") for cells in HINT_ROWS] == [rule.hint for rule in RULES]


@pytest.mark.parametrize(("status", "says", "hint"), HINT_ROWS)
def test_the_message_of_a_row_gets_its_hint(status: str, says: str, hint: str) -> None:
    code = re.match(r"`(.+?)`", says)
    message = re.sub(r"^`.+?`(<br>)?", "", says).replace(r"\*", "*")
    given = {hints.hint_for(int(status), code[1] if code else None, message, operation) for operation in OPERATIONS}
    assert hint in given
