"""Every Python block of the documentation runs, and reaches each of its prints.

The blocks of a page run in order and share their names, as a reader would run them. `<!-- given: … -->` before a block
names the circumstances that it needs; `<!-- not run: … -->` says why it does not run.
"""

import ast
import asyncio
import inspect
import re
import sys
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import azure.identity
import azure.identity.aio
import pytest

from codegen.blocking.examples import blocking_example
from graph_meetings import Cloud, GraphMeetingsClient, blocking
from graph_meetings_emulator import BlockingEmulatorCredential, Dataset, Emulator, EmulatorCredential
from graph_meetings_notifications import Inbox
from graph_meetings_notifications.events import StoredEvent
from tools.docs_hooks import PRELUDE, on_page_content, on_page_markdown, prelude_of

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
ORGANIZER = "8b081ef6-4792-4def-b2c9-c363a1bf41d5"  # of docs/index.md
COMPLETE = {"fastapi.md", "quick-start.md", "sign-in.md"}
"""Pages whose examples make their own client."""
WITH_OWN_CLIENTS = {
    "index.md",
    "blocking.md",
    "clouds-and-permissions.md",
    "coming-from-msgraph-sdk.md",
    "testing.md",
}
"""Pages some of whose examples make a client of a tenant or an emulator, beside those that take one for granted."""
SECONDS = 60

_BLOCK = re.compile(
    r"(?:^<!-- (?P<word>given|not run): (?P<text>.+) -->\n)?^```(?P<language>\w*).*\n(?P<code>(?:.*\n)*?)^```$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A Python block, and the line of the page on which it begins."""

    code: str
    line: int
    given: str | None


def blocks(page: str) -> list[Block]:
    text = (DOCS / page).read_text()
    return [
        Block(found["code"], text.count("\n", 0, found.start("code")) + 1, found["text"])
        for found in _BLOCK.finditer(text)
        if found["language"] == "python" and found["word"] != "not run"
    ]


def blocking_blocks(page: str) -> list[Block]:
    """Return the blocks as the site shows them beside the others; there are none if none of them waits."""
    turned = [replace(block, code=blocking_example(block.code)) for block in blocks(page)]
    if turned == blocks(page):
        return []
    return [block for block in turned if "asyncio" not in block.code and "await " not in block.code]


@contextmanager
def speakers_are_hidden(emulator: Emulator) -> Generator[None]:
    emulator.tenant.speaker_attribution_allowed = False
    yield
    emulator.tenant.speaker_attribution_allowed = True


@contextmanager
def no_access_policy(emulator: Emulator) -> Generator[None]:
    emulator.tenant.access_policy_missing_for.update(emulator.dataset.organizers)
    yield
    emulator.tenant.access_policy_missing_for.clear()


@contextmanager
def one_more_recording(emulator: Emulator) -> Generator[None]:
    emulator.dataset.add_recording(emulator.dataset.organizers[0])
    yield


@contextmanager
def a_call_yesterday(emulator: Emulator) -> Generator[None]:
    noon = datetime.now(UTC).replace(hour=12) - timedelta(days=1)
    emulator.dataset.add_call_record(start=noon, sessions=2)
    yield


@contextmanager
def expired_links(emulator: Emulator) -> Generator[None]:
    emulator.delta.expire_tokens()
    yield


@contextmanager
def a_recording_was_notified(emulator: Emulator) -> Generator[None]:
    recording = emulator.dataset.add_recording(emulator.dataset.organizers[0])
    data: Any = {"@odata.type": "#Microsoft.Graph.callRecording", **recording}
    with Inbox("notifications.db") as inbox:
        inbox.store.put(
            [
                StoredEvent(
                    subscription_id="1",
                    tenant_id="2",
                    received=datetime.now(UTC),
                    change_type="created",
                    resource="communications/onlineMeetings('3')/recordings('4')",
                    data=data,
                )
            ]
        )
    yield


@contextmanager
def the_endpoint_answers(emulator: Emulator) -> Generator[None]:
    def agree(url: str, token: str) -> None:
        pass

    emulator.subscriptions.shake_hands = agree
    yield


@contextmanager
def a_transcript_yesterday(emulator: Emulator) -> Generator[None]:
    organizer = emulator.dataset.organizers[0]
    recording = emulator.dataset.add_recording(organizer, created=datetime.now(UTC) - timedelta(days=1))
    emulator.dataset.add_transcript(organizer, recording=recording)
    yield


@contextmanager
def nobody_has_subscribed(emulator: Emulator) -> Generator[None]:
    for subscriber in emulator.notifications.subscribers:
        emulator.subscriptions.remove(subscriber.id)
    yield


GIVEN: dict[str, Callable[[Emulator], AbstractContextManager[None]]] = {
    "speakers are hidden": speakers_are_hidden,
    "no access policy": no_access_policy,
    "one more recording": one_more_recording,
    "a call yesterday": a_call_yesterday,
    "a transcript yesterday": a_transcript_yesterday,
    "expired links": expired_links,
    "a recording was notified": a_recording_was_notified,
    "the endpoint answers": the_endpoint_answers,
    "nobody has subscribed": nobody_has_subscribed,
}


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Start a service with one organizer, and replace every cloud and credential by it."""
    data = Dataset()
    ada = {"displayName": "Ada Brandl", "surname": "Brandl", "userPrincipalName": "ada@example.com"}
    data.add(("users",), {"id": ORGANIZER, **ada})
    for _ in range(2):
        meeting = data.add_meeting(ORGANIZER)
        data.add_attendance_report(("users", ORGANIZER, "onlineMeetings", meeting))
        for day in ("2026-01-14", "2026-01-20", "2026-01-25", "2026-02-01"):
            data.add_recording(ORGANIZER, meeting, created=f"{day}T12:00:00Z", content_size=300_000)
        data.add_transcript(ORGANIZER, meeting)
    data.add_adhoc_call(ORGANIZER)
    data.add_call_record(start="2026-01-15T10:00:00Z", sessions=70, participants=5)
    for log in ("getPstnCalls", "getDirectRoutingCalls", "getSmsLog"):
        data.add_log_rows(log, 3, start="2026-02-01T00:00:00Z")
    data.add_virtual_event()
    with Emulator(data, page_size=5) as running:
        for cloud in Cloud:
            monkeypatch.setattr(cloud, "root", running.origin)

        def credential(**_: object) -> EmulatorCredential:
            return running.credential

        monkeypatch.setattr(azure.identity.aio, "DefaultAzureCredential", credential)
        yield running


@pytest.fixture
async def names(emulator: Emulator) -> AsyncIterator[dict[str, Any]]:
    """Return the names that the pages take for granted."""
    data, credential = emulator.dataset, EmulatorCredential(emulator.token)
    meeting = data.meetings(ORGANIZER)[0]
    record = str(data.call_records[0]["id"])
    async with GraphMeetingsClient(credential, base_url=emulator.base_url) as graph:
        yield {
            "graph": graph,
            "credential": credential,
            "emulator": emulator,
            "GraphMeetingsClient": GraphMeetingsClient,
            "organizer": ORGANIZER,
            "meeting_id": meeting,
            "join_url": data.find(("users", ORGANIZER, "onlineMeetings", meeting)).properties["joinWebUrl"],
            "recording_id": data.recordings(ORGANIZER)[0]["id"],
            "transcript_id": data.transcripts(ORGANIZER)[0]["id"],
            "call_record_id": record,
            "user_id": data.descendants(("communications", "callRecords", record), "participants_v2")[1]["id"],
        }


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)])
async def test_blocks_run(
    page: str, names: dict[str, Any], emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await run_all(page, blocks(page), names, emulator)


@pytest.mark.long
@pytest.mark.parametrize("page", [page for page in PAGES if blocking_blocks(page)])
async def test_blocks_run_in_their_blocking_form(
    page: str, names: dict[str, Any], emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    credential = emulator.blocking_credential

    def signed_in(**_: object) -> BlockingEmulatorCredential:
        return credential

    monkeypatch.setattr(azure.identity, "DefaultAzureCredential", signed_in)
    with blocking.GraphMeetingsClient(credential, base_url=emulator.base_url) as graph:
        own = {"graph": graph, "credential": credential, "GraphMeetingsClient": blocking.GraphMeetingsClient}
        await run_all(page, blocking_blocks(page), names | own, emulator)


async def test_what_is_pasted_before_the_examples_defines_what_they_take_for_granted(names: dict[str, Any]) -> None:
    pasted: dict[str, Any] = {}
    exec(PRELUDE, pasted)  # noqa: S102  as below
    async with pasted["graph"] as graph:
        assert await graph.users.by_user_id(pasted["organizer"]).get()
        meeting = graph.users.by_user_id(pasted["organizer"]).online_meetings.by_online_meeting_id(pasted["meeting_id"])
        assert await meeting.recordings.by_call_recording_id(pasted["recording_id"]).get()
        assert await meeting.transcripts.by_call_transcript_id(pasted["transcript_id"]).get()
        assert await graph.communications.call_records.by_call_record_id(pasted["call_record_id"]).get()
    pasted["emulator"].stop()
    assert names.keys() <= pasted.keys()


@pytest.mark.long
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page) and page not in COMPLETE | WITH_OWN_CLIENTS])
@pytest.mark.usefixtures("emulator")
async def test_blocks_run_after_what_is_pasted(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pasted: dict[str, Any] = {}
    exec(prelude_of((DOCS / page).read_text()), pasted)  # noqa: S102  as below
    async with asyncio.timeout(SECONDS), pasted["graph"]:
        for block in blocks(page):
            with GIVEN[block.given](pasted["emulator"]) if block.given else nullcontext():
                await run(page, block, pasted)
    pasted["emulator"].stop()


def test_a_page_about_the_last_days_has_data_of_them() -> None:
    pasted: dict[str, Any] = {}
    exec(prelude_of((DOCS / "call-quality.md").read_text()), pasted)  # noqa: S102  as below
    pasted["emulator"].stop()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert any(str(call["startDateTime"]).startswith(yesterday) for call in pasted["data"].call_records)


def test_what_is_pasted_has_a_blocking_form() -> None:
    pasted: dict[str, Any] = {}
    exec(blocking_example(PRELUDE), pasted)  # noqa: S102  as below
    with pasted["graph"] as graph:
        assert graph.users.by_user_id(pasted["organizer"]).get()
    pasted["emulator"].stop()


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page) and "reference" not in page])
def test_a_page_says_what_to_paste_before_its_examples(page: str) -> None:
    assert page in COMPLETE or "Paste this before the examples" in on_page_markdown((DOCS / page).read_text())


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)])
def test_a_page_says_what_to_install_for_its_examples(page: str) -> None:
    text = (DOCS / page).read_text()
    named = " ".join(re.findall(r"pip install ([^`\n]*)", text))
    modules = {name.partition(".")[0] for block in blocks(page) for name in imported(block)}
    installed_anyway = {"azure", "kiota_abstractions", "pytest"}
    others = {name for name in modules if name not in sys.stdlib_module_names and not name.startswith("graph_meetings")}
    if ".to_excel(" in text:
        others.add("openpyxl")
    assert not {name for name in others - installed_anyway if name not in named}


def imported(block: Block) -> Iterator[str]:
    for node in ast.walk(parsed(block)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


async def run_all(page: str, given: list[Block], names: dict[str, Any], emulator: Emulator) -> None:
    printed = PrintedLines(page)
    shared: dict[str, Any] = {}
    async with asyncio.timeout(SECONDS):
        for block in given:
            # A block may rebind a name that the page takes for granted, for itself.
            shared |= names | {"print": printed}
            with GIVEN[block.given](emulator) if block.given else nullcontext():
                await run(page, block, shared)
    expected = {line for block in given for line in print_lines(block)}
    assert not [f"{page}:{line}" for line in sorted(expected - printed.lines)], "these prints were not reached"


async def run(page: str, block: Block, names: dict[str, Any]) -> None:
    code = compile(parsed(block), page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & inspect.CO_COROUTINE:
        await eval(code, names)  # noqa: S307  a page of this repository
    else:  # in a thread of its own, for `asyncio.run`
        await asyncio.to_thread(exec, code, names)


def parsed(block: Block) -> ast.Module:
    return ast.increment_lineno(ast.parse(block.code), block.line - 1)


def print_lines(block: Block) -> Iterator[int]:
    for node in ast.walk(parsed(block)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno


class PrintedLines:
    """A `print` that remembers which lines of a page have called it."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.lines: set[int] = set()

    def __call__(self, *values: object) -> None:
        sys.stdout.write(f"{' '.join(map(str, values))}\n")
        frame = inspect.currentframe()
        caller = frame and frame.f_back
        if caller and caller.f_code.co_filename == self.page:
            self.lines.add(caller.f_lineno)


def test_a_print_that_is_not_reached_is_found() -> None:
    assert list(print_lines(Block("for _ in []:\n    print()\n", 7, None))) == [8]


@pytest.mark.parametrize("page", PAGES)
def test_marks_are_known(page: str) -> None:
    marks = re.findall(r"^<!-- (.*) -->\n(.*)$", (DOCS / page).read_text(), re.MULTILINE)
    for mark, following in marks:
        word, _, text = mark.partition(": ")
        if word in {"table", "program", "data", "changelog"}:
            continue  # see test_tables.py, tests/examples/test_cookbook.py, tools/docs_hooks.py
        assert word == "given" or (word, page) == ("not run", "spark.md")  # pyspark has an environment of its own
        assert text in GIVEN or word == "not run"
        assert following.partition(" ")[0] == "```python"


def test_an_example_without_a_blocking_form_is_shown_as_it_is() -> None:
    for code in ("keeper = SubscriptionKeeper(graph)\nawait keeper.check()\n", "await reconcile(graph, keeper)\n"):
        assert blocking_example(code) == code
    lifespan = "from fastapi import FastAPI\nasync def lifespan(app: FastAPI) -> None:\n    await graph.close()\n"
    assert blocking_example(lifespan) == lifespan


def test_names_in_tables_break_at_joints_and_options_nowhere() -> None:
    cell = "<table><tr><td><code>/users/{id}/sessions_of --top</code> <code>str \\| None</code></td></tr></table>"
    shown = on_page_content(f"{cell}<code>--top a_very_long_name_of_something</code>")
    assert "<code>/<wbr>users/{id}/<wbr>sessions_<wbr>of <span" in shown
    assert "<code>str | None</code>" in shown
    assert shown.count('<span class="unbroken">--top</span>') == 2
    assert shown.endswith(" a_very_long_name_of_something</code>")


def test_code_that_is_longer_than_a_line_of_a_telephone_breaks_at_joints() -> None:
    call = "await graph.users.by_user_id(…).online_meetings.list(…)"
    assert "<wbr>.online_<wbr>meetings<wbr>.list(…)" in on_page_content(f"<li><code>{call}</code></li>")
    block = f"<pre><span></span><code>{call} --top\n</code></pre>"
    assert on_page_content(block) == block


def test_examples_that_follow_each_other_have_tabs_of_their_own() -> None:
    example = "```python\nawait graph.me.get()\n```\n"
    assert on_page_markdown(f"{example}\n{example}").count('===! "asyncio"') == 2
