"""What people get wrong in their first hour, as they write it, and the messages that tell them.

A message says what was wrong, where, and what to do. Some are Python's own; they stand here where nothing better can be
said. Mistakes on the command line are in `tests/command/test_mistakes.py`. More first contacts are tested in
`tests/runtime/test_other_libraries.py` (what libraries make of models), `tests/runtime/test_public_names.py` (what an
editor shows), `tests/runtime/test_hints.py`, `test_error_requests.py` and `tests/test_makefile.py`.
"""

import ast
import dataclasses
import inspect
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from azure.identity.aio import EnvironmentCredential

import graph_meetings
from graph_meetings import CallRecording, GraphMeetingsClient, User, blocking
from graph_meetings_emulator import Dataset, Emulator

CLIENTS = [
    ("GraphMeetingsClient()", TypeError, "missing 1 required positional argument: 'credential'"),
    ("GraphMeetingsClient(None)", TypeError, "such as DefaultAzureCredential(), not None"),
    ("GraphMeetingsClient('eyJ0…')", TypeError, "such as DefaultAzureCredential(), not str"),
    ("GraphMeetingsClient(type(credential))", TypeError, "write EmulatorCredential() instead of EmulatorCredential"),
    ("GraphMeetingsClient(credential, cloud='usgov')", TypeError, "one of Cloud.GLOBAL, Cloud.US_GOV_L4, "),
    ("GraphMeetingsClient(credential, tenant_id='t')", TypeError, "unexpected keyword argument 'tenant_id'"),
    ("GraphMeetingsClient(credential, timeout='5')", TypeError, "a number, the total of a request in seconds, not '5'"),
    ("GraphMeetingsClient(credential, retry=0)", ValueError, "it must be at least 1, not 0"),
    ("GraphMeetingsClient(credential, retry='3')", TypeError, "an integer, the number of attempts, not '3'"),
    ("GraphMeetingsClient(credential, concurrency='4')", TypeError, "concurrency must be an integer, not '4'"),
    (
        "GraphMeetingsClient(credential, base_url='graph.microsoft.com')",
        ValueError,
        "base_url must be a URL such as 'https://graph.microsoft.com/v1.0': not an absolute http or https URL",
    ),
    (
        "GraphMeetingsClient(credential, base_url='http://graph.microsoft.com/v1.0')",
        ValueError,
        "would get the token unprotected; use https, or http on this machine only",
    ),
    (
        "GraphMeetingsClient(credential, base_url='https://graph.microsoft.com')",
        ValueError,
        "base_url has no API version; use 'https://graph.microsoft.com/v1.0'",
    ),
    (
        (
            "async with EnvironmentCredential() as own:\n"
            "    async with GraphMeetingsClient(own, base_url=emulator.base_url) as graph: await graph.users.get()"
        ),
        graph_meetings.AuthenticationFailed,
        "the credential returned no token: EnvironmentCredential authentication unavailable. Environment variables are",
    ),
    ("with GraphMeetingsClient(credential): ...", TypeError, "asynchronous: use `async with`, not `with`"),
    (
        "from graph_meetings_archive import Archive\nwith Archive('archive', graph): ...",
        TypeError,
        "Archive is asynchronous: use `async with`, not `with`",
    ),
    (
        "async with blocking.GraphMeetingsClient(blocking_credential): ...",
        TypeError,
        "blocking: use `with`, not `async with`",
    ),
    (
        "blocking.GraphMeetingsClient(credential)",
        TypeError,
        (
            "credential is asynchronous (graph_meetings_emulator.credential.EmulatorCredential), but this client is "
            "blocking: use one whose get_token is a plain function, such as azure.identity.DefaultAzureCredential"
        ),
    ),
    (
        "async with GraphMeetingsClient(credential, base_url=emulator.base_url) as graph: ...\nawait graph.users.get()",
        RuntimeError,
        "the client is closed; create a new one, or send requests before closing it",
    ),
]

AWAITING = [
    ("for r in meetings.get_all_recordings().list(): ...", TypeError, "asynchronous: use `async for`, not `for`"),
    ("for r in meetings.get_all_recordings(): ...", TypeError, "use `async for … in builder.list()`"),
    ("async for r in meetings.get_all_recordings(): ...", TypeError, "use `async for … in builder.list()`"),
    ("await meetings.get_all_recordings().list()", TypeError, "use `async for`, or `[x async for x in …]` for a list"),
    ("await meetings.get_all_recordings()", TypeError, "use `await builder.get()` for one page"),
    ("await graph.users", TypeError, "use `await builder.get()` for one page"),
    ("await graph.users.by_user_id(organizer)", TypeError, "cannot be awaited: call a method of it, such as get()"),
    ("async for c in meetings.get_all_recordings().delta(): ...", TypeError, "`async for`"),
    ("for c in meetings.get_all_recordings().delta().changes(): ...", TypeError, "use `async for`, not `for`"),
    ("async for u in blocking_graph.users.list(): ...", TypeError, "blocking: use `for`, not `async for`"),
    ("for u in blocking_graph.users: ...", TypeError, "use `for … in builder.list()`"),
    ("await blocking_graph.users.get()", TypeError, "object Page can't be used in 'await' expression"),
    (
        "async for chunk in graph.content_of(recording).stream(): ...",
        TypeError,
        "open it in a `with` block, and iterate",
    ),
    ("with graph.content_of(recording).stream(): ...", TypeError, "asynchronous: use `async with`, not `with`"),
    ("for chunk in blocking_graph.content_of(recording).stream(): ...", TypeError, "open it in a `with` block, and i"),
    (
        "async with graph.content_of(recording).stream() as stream:\n    for chunk in stream: ...",
        TypeError,
        "ContentStream is asynchronous: use `async for`, not `for`",
    ),
]

NAMES = [
    ("graph.user", AttributeError, "has no attribute 'user'; did you mean 'users'?"),
    ("graph.recordings", AttributeError, "it has close, communications, content_of, copilot, download_many, groups, "),
    ("graph.users[organizer]", TypeError, "UsersRequestBuilder takes no index: use builder.by_user_id(…)"),
    ("graph.users.by_id(organizer)", AttributeError, "did you mean 'by_user_id'?"),
    ("graph.users.by_user_id(organizer).onlineMeetings", AttributeError, "did you mean 'online_meetings'?"),
    ("graph.users.by_user_id(organizer).recordings", AttributeError, "it has adhoc_calls, expanded, get, online_m"),
    ("meetings.getAllRecordings()", AttributeError, "did you mean 'get_all_recordings'?"),
    ("meetings.by_meeting_id('MSo…')", AttributeError, "did you mean 'by_online_meeting_id'?"),
    ("meetings.delta()", AttributeError, "it has by_online_meeting_id, find, get, get_all_recordings, get_all_transc"),
    ("meetings.get_all_recordings().changes()", AttributeError, "it has by_call_recording_id, delta, get, list"),
    ("meetings.get_all_recordings().delta().list()", AttributeError, "it has changes, get"),
    ("graph.content_of(recording).save('x.mp4')", AttributeError, "it has download, get, stream"),
    ("graph.subscriptions.create()", AttributeError, "it has by_subscription_id, get, list, post"),
    ("(await meetings.get_all_recordings().get()).values", AttributeError, "did you mean 'value'?"),
    ("(await meetings.get_all_recordings().get()).next_link", AttributeError, "did you mean 'odata_next_link'?"),
    (
        "(await meetings.get_all_recordings().get()).created_date_time",
        AttributeError,
        "a page has value, odata_count, odata_next_link, odata_delta_link; fields are on its items, such as page[0]",
    ),
    ("recording.created", AttributeError, "'CallRecording' object has no attribute 'created'"),
    ("recording['created']", KeyError, "created"),
    ("CallRecording(creted_date_time=None)", TypeError, "has no field 'creted_date_time'; did you mean 'created_date_"),
    ("CallRecording(createdDateTime=None)", TypeError, "did you mean 'created_date_time'?"),
    ("recording.creatd_date_time = None", AttributeError, "did you mean 'created_date_time'?"),
    ("dataclasses.asdict(recording)", TypeError, "should be called on dataclass instances"),
    ("json.dumps(recording)", TypeError, "Object of type CallRecording is not JSON serializable"),
    ("CallRecording('1')", TypeError, "takes 1 positional argument but 2 were given"),
    ("import graph_meetings.foo", ModuleNotFoundError, "No module named 'graph_meetings.foo'"),
    ("from graph_meetings import GraphServiceClient", ImportError, "cannot import name 'GraphServiceClient'"),
]

OPTIONS = [
    (
        "await graph.users.get(limit=3)",
        TypeError,
        "options are count, expand, filter, headers, orderby, prefer, search",
    ),
    ("await graph.users.get(tpo=3)", TypeError, "unknown option 'tpo'; did you mean 'top'?"),
    ("await graph.users.get(3)", TypeError, "not 3; options are keywords, such as top=50"),
    ("await graph.users.get({'top': 3})", TypeError, "not dict; options are keywords, such as top=50"),
    ("await graph.users.get(top='3')", TypeError, "top must be an integer, not '3'"),
    ("await graph.users.get(top=0)", graph_meetings.BadRequest, "Invalid value '0' for $top"),
    ("await graph.users.get(count='yes')", TypeError, "count must be True or False, not 'yes'"),
    ("await graph.users.get(headers='Prefer: x')", TypeError, "a dictionary, such as {'Prefer': '…'}, not str"),
    ("await graph.users.get(headers={'Prefer': 5})", TypeError, "the header Prefer must be a string, not int"),
    ("await graph.users.get(select=5)", TypeError, "must be property names, such as ['id', 'subject'], not 5"),
    ("await graph.users.get(select=['id', 5])", TypeError, "must be property names, such as ['id', 'subject'], not 5"),
    (
        "await graph.users.get(select='dispalyName')",
        graph_meetings.BadRequest,
        (
            "Could not find a property named 'dispalyName' on type 'microsoft.graph.user'. Hint: select, filter, "
            "orderby or expand names a property that the type does not have; check the spelling."
        ),
    ),
    ("Prefer(max_page_size=0)", ValueError, "max_page_size must be an integer of at least 1, not 0"),
    (
        "await meetings.get_all_recordings().get(filter=CallRecording.id == '1')",
        graph_meetings.UndocumentedOptionWarning,
        "Filter the items in Python instead.",
    ),
]

FILTERS = [
    ("await graph.users.get(filter=5)", TypeError, "filter must be a comparison, such as User.surname == 'Brandl', or"),
    ("await graph.users.get(filter=['surname eq 1'])", TypeError, "or OData's text for it, not list"),
    ("await graph.users.get(filter=lambda user: user.id)", TypeError, "or OData's text for it, not function"),
    ("await graph.users.get(filter=User.surname)", TypeError, "not the field surname alone: compare it, as in surname"),
    ("User.surname == 5", TypeError, "surname: expected str, got 5"),
    ("User.surname == 'A' and User.mail == 'B'", TypeError, "combine filters with &, | and ~, not `and`, `or`, `not`"),
    ("User.surname in ['A', 'B']", TypeError, "combine filters with &, | and ~, not `and`, `or`, `not`"),
    ("CallRecord.startDateTime >= yesterday", AttributeError, "has no attribute 'startDateTime'"),
    (
        "CallRecord.start_date_time >= datetime(2026, 1, 1)",
        ValueError,
        "is naive; add a timezone, for example datetime",
    ),
    ("CallRecord.start_date_time >= 'yesterday'", ValueError, "not an RFC 3339 date or time like 2026-01-15T09:30:00Z"),
    ("CallRecord.start_date_time >= 1767225600", TypeError, "expected an aware datetime, a date or an RFC 3339 string"),
    (
        "await meetings.get()",
        graph_meetings.BadRequest,
        (
            "Hint: Find the meeting with find(join_url), or by filter=\"joinMeetingIdSettings/joinMeetingId eq '…'\"; "
            "the service does not list meetings without one."
        ),
    ),
]

ARGUMENTS = [
    ("meetings.by_online_meeting_id()", TypeError, "missing 1 required positional argument: 'online_meeting_id'"),
    ("meetings.by_online_meeting_id(None)", TypeError, "online_meeting_id must be a string or a UUID, not None"),
    ("meetings.by_online_meeting_id('')", ValueError, "online_meeting_id cannot be ''"),
    ("meetings.by_online_meeting_id(recording)", TypeError, "a string or a UUID, not a CallRecording; pass its id"),
    ("graph.users.by_user_id(user)", TypeError, "user_id must be a string or a UUID, not a User; pass its id"),
    ("meetings.get_all_recordings(start=yesterday)", TypeError, "unexpected keyword argument 'start'"),
    ("meetings.get_all_recordings(yesterday)", TypeError, "takes 1 positional argument but 2 were given"),
    (
        "meetings.get_all_recordings(start_date_time=datetime(2026, 1, 1))",
        ValueError,
        (
            "start_date_time: the datetime 2026-01-01T00:00:00 is naive; add a timezone, for example "
            "datetime(2026, 1, 15, tzinfo=UTC)"
        ),
    ),
    (
        "meetings.get_all_recordings(start_date_time='01/15/2026')",
        ValueError,
        "start_date_time: '01/15/2026' is not an RFC 3339 date or time like 2026-01-15T09:30:00Z",
    ),
    (
        "graph.communications.call_records.get_pstn_calls()",
        TypeError,
        "missing 2 required keyword-only arguments: 'from_date_time' and 'to_date_time'",
    ),
    (
        (
            "await graph.communications.call_records.get_pstn_calls(from_date_time='2025-01-01', "
            "to_date_time='2026-01-01').get()"
        ),
        graph_meetings.BadRequest,
        "Hint: The dates may be at most 90 days apart; split the range.",
    ),
    ("await graph.me.online_meetings.get_all_recordings().get()", ValueError, "/me/onlineMeetings has no user id, so "),
    ("await meetings.find(None)", TypeError, "such as join_web_url of a call record, not None"),
    ("await meetings.find('123 456 789 01')", ValueError, "join_url is the id of an invitation, not its URL; to find"),
    ("await meetings.find('teams.microsoft.com/meet/1')", ValueError, "is not a join URL like https://teams.microso"),
    ("await graph.meeting_of(recording)", TypeError, "expected a CallRecord, got CallRecording"),
    ("organizer_of(recording)", TypeError, "expected a CallRecord, got CallRecording"),
    ("read_cues(recording)", TypeError, "transcript must be what content.get() returns, not a CallRecording"),
    ("CallRecording(created_date_time='yesterday')", TypeError, "created_date_time: expected datetime, got 'yester"),
    ("recording.created_date_time = datetime(2026, 1, 1)", ValueError, "created_date_time: the datetime 2026-01-01T"),
    ("await graph.subscriptions.post({'resource': 'x'})", TypeError, "such as Subscription(…), not a dict"),
]

CHANGES = [
    (
        "meetings.get_all_recordings().delta().changes(since=date(2026, 1, 1))",
        TypeError,
        "for the items since a date, pass start_date_time to the function before delta()",
    ),
    (
        "meetings.get_all_recordings().delta().changes(since='2026-01-01')",
        TypeError,
        "for the items since a date, pass start_date_time to the function before delta()",
    ),
    (
        "meetings.get_all_recordings().delta().changes(since='https://graph.microsoft.com/v1.0/me')",
        graph_meetings.LinkRefused,
        "since is a link to https://graph.microsoft.com, but this client only sends requests to http://127.0.0.1",
    ),
    ("await sync(meetings.get_all_recordings(), store, handle)", TypeError, "pass get_all_recordings(…).delta(), for"),
    (
        "await sync(meetings.get_all_recordings().delta(), 'x.db', handle)",
        TypeError,
        "such as DeltaStore('meetings.db')",
    ),
    ("await sync(meetings.get_all_recordings().delta(), store, print)", TypeError, "define it with `async def`, not `"),
    ("DeltaStore(folder)", graph_meetings.DeltaStoreError, "is a folder; name a file in it"),
    ("DeltaStore(folder / 'none' / 'x.db')", FileNotFoundError, "No such file or directory"),
    ("DeltaStore(folder / 'text.txt')", graph_meetings.DeltaStoreError, "file is not a database; use another file"),
]

DOWNLOADS = [
    ("await graph.content_of(recording).download()", TypeError, "missing 1 required positional argument: 'path'"),
    ("await graph.content_of(recording).download(folder)", IsADirectoryError, "is a folder; name a file in it"),
    ("await graph.content_of(recording).download(folder / 'text.txt')", FileExistsError, "or pass overwrite=True"),
    (
        "await graph.content_of(recording).download(folder / 'none/x.mp4')",
        FileNotFoundError,
        "none does not exist; cre",
    ),
    ("graph.content_of(recording.id)", TypeError, "a recording or a transcript as the service returned it, not str"),
    ("graph.content_of(None)", TypeError, "a recording or a transcript as the service returned it, not None"),
    ("graph.content_of(user)", TypeError, "a graph_meetings.models.User has no content that this client can address"),
    ("graph.content_of(CallRecording(id='1'))", ValueError, "has no meeting_organizer.user.id, which the URL of its"),
    (
        "await graph.download_many(recording, folder)",
        TypeError,
        "or what list() returns, not a CallRecording; for one, ",
    ),
    (
        "await graph.download_many([recording.id], folder)",
        TypeError,
        "must be recordings or transcripts themselves, not",
    ),
    (
        "await graph.download_many(meetings.get_all_recordings(), folder)",
        TypeError,
        "use `async for … in builder.list()",
    ),
    ("await graph.download_many([recording], folder / 'none')", NotADirectoryError, "is not a folder; create it first"),
    ("await graph.download_many([recording], folder, concurrency=0)", ValueError, "must be at least 1, not 0"),
]

EMULATORS = [
    ("Emulator('data')", TypeError, "dataset must be a Dataset, such as Dataset.generate(), not 'data'"),
    ("async with Emulator(): ...", TypeError, "an Emulator runs in a thread of its own: use `with`, not `async with`"),
    ("emulator.start()", RuntimeError, "the emulator is already running at http://127.0.0.1:"),
    ("emulator.fail_next('404')", TypeError, "status must be a number, such as 404, not '404'"),
]

WRONG_IDS = [
    (
        "await meetings.by_online_meeting_id('abc').recordings.get()",
        graph_meetings.BadRequest,
        "pass the object's id as the service gave it, not a join URL or the meeting id of an invitation",
    ),
    ("await graph.users.by_user_id('nobody@example.com').get()", graph_meetings.NotFound, "check them"),
    (
        (
            "meeting = meetings.by_online_meeting_id(recording.meeting_id)\n"
            "await meeting.transcripts.by_call_transcript_id(recording.id).get()"
        ),
        graph_meetings.NotFound,
        "There is no such object, or not any more",
    ),
    (
        "await graph.communications.call_records.by_call_record_id('3cf3bbc8-b21d-4f2e-bfd0-b13603ae6c65').get()",
        graph_meetings.NotFound,
        "There is no call record with this id, or not any more: the service keeps them for 30 days.",
    ),
]

TABLE = (
    *CLIENTS,
    *AWAITING,
    *NAMES,
    *OPTIONS,
    *FILTERS,
    *ARGUMENTS,
    *CHANGES,
    *DOWNLOADS,
    *EMULATORS,
    *WRONG_IDS,
)
GET = "await meetings.get_all_recordings().get()"


@contextmanager
def no_access_policy(emulator: Emulator) -> Generator[None]:
    missing = emulator.tenant.access_policy_missing_for
    missing.update(emulator.dataset.organizers)
    yield
    missing.clear()


@contextmanager
def another_token(emulator: Emulator) -> Generator[None]:
    token, emulator.token = emulator.token, "another"
    yield
    emulator.token = token


def answering(status: int, *, code: str = "", times: int = 1) -> Callable[[Emulator], AbstractContextManager[None]]:
    @contextmanager
    def given(emulator: Emulator) -> Generator[None]:
        body: Any = {"error": {"code": code, "message": "…"}} if code else None
        emulator.fail_next(status, times=times, body=body, headers={"Retry-After": "0"})
        yield

    return given


@contextmanager
def expired_links(emulator: Emulator) -> Generator[None]:
    emulator.delta.expire_tokens()
    yield


CIRCUMSTANCES: list[tuple[Callable[[Emulator], AbstractContextManager[None]], str, type[Exception], str]] = [
    (no_access_policy, GET, graph_meetings.AccessDenied, "application access policy"),
    (answering(403), GET, graph_meetings.AccessDenied, "OnlineMeetingRecording.Read.All"),
    (another_token, GET, graph_meetings.AuthenticationFailed, "Hint: Sign in again, and check that the credential's"),
    (answering(429), GET, graph_meetings.Throttled, "Send fewer requests at a time, or give the client a more patient"),
    (answering(500), GET, graph_meetings.ServiceUnavailable, "The service failed; try again later"),
    (answering(503), GET, graph_meetings.ServiceUnavailable, "The service is overloaded or down; try again later"),
    (
        expired_links,
        "async for _ in meetings.get_all_recordings().delta().changes(since=delta_link): ...",
        graph_meetings.DeltaTokenExpired,
        "resync=True",
    ),
    (Emulator.offline, GET, graph_meetings.ConnectionFailed, "cannot connect to 127.0.0.1:"),
    (
        Emulator.offline,
        GET,
        graph_meetings.ConnectionFailed,
        "Connection refused. Hint: Nothing listens there; check b",
    ),
]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """One for all mistakes: none of them changes what is in it."""
    with Emulator(Dataset.generate(meetings=1, recordings=2, content_size=10_000)) as running:
        yield running


@pytest.fixture
async def names(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, Any]]:
    """What the snippets take for granted."""
    for name in list(os.environ):
        if name.startswith("AZURE_"):
            monkeypatch.delenv(name)
    (tmp_path / "text.txt").write_text("not a database, but longer than the header of one. " * 20)
    organizer = emulator.dataset.organizers[0]

    async def handle(change: object) -> None: ...

    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=1) as graph:
        with (
            blocking.GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url) as blocking_graph,
            graph_meetings.DeltaStore(tmp_path / "store.db") as store,
        ):
            yield {
                **{name: getattr(graph_meetings, name) for name in graph_meetings.__all__},
                "Emulator": Emulator,
                "EnvironmentCredential": EnvironmentCredential,
                "blocking": blocking,
                "blocking_credential": emulator.blocking_credential,
                "blocking_graph": blocking_graph,
                "credential": emulator.credential,
                "dataclasses": dataclasses,
                "date": date,
                "datetime": datetime,
                "emulator": emulator,
                "folder": tmp_path,
                "graph": graph,
                "handle": handle,
                "json": json,
                "meetings": graph.users.by_user_id(organizer).online_meetings,
                "organizer": organizer,
                "recording": CallRecording.from_raw(emulator.dataset.recordings(organizer)[0]),
                "store": store,
                "user": User(id=organizer, display_name="Ada"),
                "yesterday": datetime(2026, 1, 15, tzinfo=UTC),
            }


@pytest.mark.parametrize(("code", "error", "message"), TABLE, ids=[code for code, _, _ in TABLE])
async def test_the_message_says_what_to_do(
    names: dict[str, Any], code: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        await run(code, names)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 1000, "nobody reads that"


@pytest.mark.parametrize(("given", "code", "error", "message"), CIRCUMSTANCES)
async def test_an_error_says_what_to_do_about_the_circumstances(
    names: dict[str, Any],
    emulator: Emulator,
    given: Callable[[Emulator], AbstractContextManager[None]],
    code: str,
    error: type[Exception],
    message: str,
) -> None:
    names["changes"] = names["meetings"].get_all_recordings().delta().changes()
    names["delta_link"] = [_ async for _ in names["changes"]] and names["changes"].delta_link
    with given(emulator), pytest.raises(error) as caught:
        await run(code, names)
    assert message in str(caught.value)
    assert "(GET /users/" in str(caught.value), "which request it was"


@pytest.mark.parametrize(
    ("scheme", "port_of", "message"),
    [
        ("https", "encrypted", "SSL_CERT_FILE"),
        ("https", "plain", "The server does not speak https; check the scheme and the port of base_url."),
        ("http", "encrypted", "Server disconnected"),
    ],
)
async def test_an_error_says_what_is_wrong_with_the_encryption(
    emulator: Emulator, scheme: str, port_of: str, message: str
) -> None:
    with Emulator(emulator.dataset, tls=True) as encrypted:
        port = (encrypted if port_of == "encrypted" else emulator).base_url.rpartition(":")[2]
        base_url = f"{scheme}://127.0.0.1:{port}"
        async with GraphMeetingsClient(emulator.credential, base_url=base_url, retry=1) as graph:
            with pytest.raises(graph_meetings.ConnectionFailed, match=message):
                await graph.users.get()


@pytest.mark.parametrize(
    ("missing", "code", "message"),
    [
        ("starlette", "from graph_meetings_emulator import Emulator", "pip install 'graph-meetings[emulator]'"),
        (
            "starlette",
            "from graph_meetings_emulator.__main__ import main; raise SystemExit(main([]))",
            "graph-emulator: the emulator needs more packages: pip install 'graph-meetings[emulator]'",
        ),
        (
            "cyclopts",
            "from graph_meetings_archive.command.__main__ import main; raise SystemExit(main([]))",
            "error: graph-meetings needs more packages: pip install 'graph-meetings[archive]'",
        ),
        (
            "pyarrow",
            "from graph_meetings_archive.formats.extras import library; library('pyarrow', 'parquet')",
            "ModuleNotFoundError: this format needs pyarrow: pip install 'graph-meetings[parquet]'",
        ),
    ],
)
def test_an_extra_that_is_not_installed_is_named(missing: str, code: str, message: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; {code}"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode
    assert message in ran.stderr.splitlines()[-1]


async def run(code: str, names: dict[str, Any]) -> None:
    compiled = compile(code, "<mistake>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(compiled, names)  # noqa: S307  from the tables above
    if compiled.co_flags & inspect.CO_COROUTINE:
        await result
