"""Hooks of MkDocs: what to paste before examples, examples in both of their forms, programs, and the changelog."""

import re
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Final

from codegen.blocking.examples import with_tabs

PRELUDE: Final = """\
from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import Emulator

emulator = Emulator()
emulator.start()
credential = emulator.credential
graph = GraphMeetingsClient(credential, base_url=emulator.base_url)

data = emulator.dataset
organizer = data.organizers[0]
meeting_id = data.meetings(organizer)[0]
join_url = str(data.find(("users", organizer, "onlineMeetings", meeting_id)).properties["joinWebUrl"])
recording_id = str(data.recordings(organizer)[0]["id"])
transcript_id = str(data.transcripts(organizer)[0]["id"])
call_record_id = str(data.call_records[0]["id"])
user_id = str(data.descendants(("communications", "callRecords", call_record_id), "participants_v2")[1]["id"])
"""
"""Defines the names that pages take for granted."""

_CHANGELOG: Final = "<!-- changelog -->"
"""Marks the place of CHANGELOG.md, without its heading."""

_UNTIL_NOW: Final = "<!-- data: until now -->"
"""Marks a page about yesterday: the usual data end in June 2026."""

_ROOT: Final = Path(__file__).parents[1]
COOKBOOK: Final = _ROOT / "examples" / "cookbook"
PROGRAM: Final = re.compile(r"^<!-- program: (.+) -->$", re.MULTILINE)
"""Marks the place of a program of the cookbook, which is shown as it is: linted, type-checked and run by the tests."""

_INTRODUCTION: Final = re.compile(r"`graph` is a client\b.*\n(?:.+\n)*")
_TABLE: Final = re.compile(r"<table>.*?</table>", re.DOTALL)
_CODE: Final = re.compile(r"(?<!<span></span>)<code>((?:[^<]|<wbr>)*)</code>")  # not that of blocks
_HYPHENATED: Final = re.compile(r"-{0,2}\w+(?:-\w+)+|--?[A-Za-z]\w*")
_JOINT: Final = re.compile(r"(?<=[/_])(?=\w)|(?=[.(]\w)")
_LONGEST_WORD: Final = 16
_LONGEST_LINE: Final = 40
_NOTE: Final = """\

??? note "Paste this before the examples"

    Start `python -m asyncio`, or `python` for the blocking form. This is the [emulator](testing.md), with made-up data:
    `pip install 'graph-meetings[emulator]'` has it.

{prelude}

    With a tenant, `graph` is `GraphMeetingsClient(DefaultAzureCredential())`, and the ids are your own:
    [Sign in](sign-in.md).
"""


def on_page_markdown(markdown: str, **_: object) -> str:
    """Return the Markdown of a page as it is shown."""
    prelude = indent(with_tabs(f"```python\n{prelude_of(markdown)}```"), "    ")
    note = _NOTE.format(prelude=prelude)
    introduced = _INTRODUCTION.sub(lambda found: found[0] + note, with_tabs(markdown), count=1)
    with_programs = PROGRAM.sub(lambda found: _program(found[1]), introduced)
    return re.sub(_CHANGELOG, lambda _: _changelog(), with_programs)


def prelude_of(page: str) -> str:
    """Return what defines the names that a page takes for granted."""
    if _UNTIL_NOW not in page:
        return PRELUDE
    with_dataset = PRELUDE.replace("import Emulator\n", "import Dataset, Emulator\n")
    until_now = with_dataset.replace("Emulator()", "Emulator(Dataset.generate(until=datetime.now(UTC)))")
    return f"from datetime import UTC, datetime\n\n{until_now}"


def _program(name: str) -> str:
    return f'```python title="{name}"\n{(COOKBOOK / name).read_text(encoding="utf-8")}```'


def _changelog() -> str:
    text = (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return text.partition("\n")[2].replace("](docs/", "](")


def on_page_content(html: str, **_: object) -> str:
    """Return the HTML of a page with lines that break where they should.

    The long names in tables can break at their joints: a column would otherwise be as wide as its longest name, and
    hide those to the right of it. So can code that is longer than a line of a telephone. Options and other words with
    hyphens do not break at these.
    """
    in_tables = _TABLE.sub(lambda table: _CODE.sub(partial(_breakable, beyond=_LONGEST_WORD), table[0]), html)
    breakable = _CODE.sub(partial(_breakable, beyond=_LONGEST_LINE), in_tables)
    return _CODE.sub(lambda code: _HYPHENATED.sub(r'<span class="unbroken">\g<0></span>', code[0]), breakable)


def _breakable(code: re.Match[str], *, beyond: int) -> str:
    text = code[1].replace(r"\|", "|")  # escaped for GitHub's tables, which MkDocs' do not need
    if len(text) <= beyond or "<wbr>" in text:
        return f"<code>{text}</code>"
    return f"<code>{_JOINT.sub(r'<wbr>', text)}</code>"
