"""A server that repeats the token in whatever spelling: no error shows it."""

import asyncio
import html
import json
import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph_meetings import GraphMeetingsClient, Retry
from graph_meetings_runtime import AccessDenied, GraphError, LinkRefused
from graph_meetings_runtime.http.responses.redaction import repeats_token, without_token
from tests.support.certificates import TRUSTED
from tests.support.credentials import StaticCredential
from tests.support.error_collector import everything, unescaped
from tests.support.raw_server import answer, json_answer, raw_server

pytestmark = pytest.mark.slow

# What base64url, opaque tokens and RFC 6750 have: letters, digits, and all of `-._~+/=`.
TOKEN = "eyJ0eXAiOiJKV1QifQ.fjxS-Z_a~b+c/9nT0bu.KrQ=="
NAMED = {".": "&period;", "+": "&plus;", "/": "&sol;", "_": "&lowbar;", "=": "&equals;"}
FIELDS = ("message", "code", "request-id", "client-request-id", "date")
SECONDS = 20.0


def spellings(letter: str) -> list[str]:
    """The ways in which JSON, HTML and URLs write a character."""
    code = ord(letter)
    found = [letter, f"\\u{code:04x}", f"\\u{code:04X}", f"%{code:02x}", f"%{code:02X}"]
    found += [f"&#{code};", f"&#{code:07};", f"&#x{code:x};", f"&#X{code:04X};"]
    return [*found, *([NAMED[letter]] if letter in NAMED else []), *(["\\/"] if letter == "/" else [])]


LAYERS: dict[str, Callable[[str], str]] = {
    "JSON": lambda text: json.dumps(text)[1:-1],
    "HTML": html.escape,
    "URL": lambda text: quote(text, safe=""),
}
SPELLED = st.builds("".join, st.tuples(*(st.sampled_from(spellings(letter)) for letter in TOKEN))) | st.just(
    TOKEN.replace("fj", "&fjlig;")
)


@st.composite
def echoes(draw: st.DrawFn) -> str:
    """The token in a spelling of each character's own, within further escapes, with anything around it."""
    text = draw(SPELLED)
    for layer in draw(st.lists(st.sampled_from(sorted(LAYERS)), max_size=3)):
        text = LAYERS[layer](text)
    around = st.text("abc \\%&#;\"'<>/=u0052", max_size=5)
    return draw(around) + text + draw(around)


def bodies(echo: str) -> st.SearchStrategy[str]:
    """Error objects with the echo in one of their texts."""

    def body(field: str, where: str, *, is_raw: bool) -> str:
        error: dict[str, object] = {"code": "Forbidden", "message": "no"}
        error |= {field: echo} if where == "error" else {where: {field: echo}}
        text = json.dumps({"error": error})
        # As it is, where JSON allows that: an escape of its own then.
        return text.replace(json.dumps(echo), f'"{echo}"') if is_raw else text

    places = st.sampled_from(["error", "innerError", "innererror"])
    return st.builds(body, st.sampled_from(FIELDS), places, is_raw=st.booleans())


async def answered(sent: bytes) -> GraphError:
    async with (
        raw_server(sent) as server,
        GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url, retry=Retry(attempts=1)) as graph,
    ):
        with pytest.raises(GraphError) as caught:
            await asyncio.wait_for(graph.me.online_meetings.get(), SECONDS)
    return caught.value


@settings(max_examples=2 * settings().max_examples)
@given(st.data(), echoes())
def test_an_error_shows_no_token_in_any_spelling(data: st.DataObject, echo: str) -> None:
    error = asyncio.run(answered(answer("403 No", data.draw(bodies(echo)).encode())))
    assert TOKEN not in unescaped(everything(error))


@given(echoes(), st.sampled_from(["request-id", "client-request-id", "Date", "Location", "Content-Type", "X-Sent"]))
def test_a_header_shows_no_token_in_any_spelling(echo: str, name: str) -> None:
    for status in ("403 No", "200 OK", "302 Found"):
        error = asyncio.run(answered(answer(status, b"[", [f"{name}: {echo}"])))
        assert TOKEN not in unescaped(everything(error))


@given(echoes())
@example(TOKEN.replace("e", "%65", 1).replace("f", "%66"))
@example("\\" + "n" + TOKEN)
@example("%2" + TOKEN)
def test_a_text_keeps_nothing_of_a_token(echo: str) -> None:
    assert TOKEN not in unescaped(without_token(echo, TOKEN))


@pytest.mark.parametrize("before", ["\\", "%2", "%", "&#6", "&#x", "&", "\\u00", "\\u0", "\\u", '"\\'])
def test_what_precedes_a_token_does_not_hide_it(before: str) -> None:
    for first in "n5eAgl":
        token = first + TOKEN
        for letter in (0, 1, 5, -1):
            hidden = token.replace(token[letter], f"%{ord(token[letter]):02x}", 1)
            assert TOKEN[-8:] not in unescaped(without_token(before + hidden, token))
            assert repeats_token(before + hidden, token)


def test_escapes_within_escapes_without_end_are_withheld() -> None:
    deep = TOKEN
    for _ in range(200):
        deep = deep.replace("%", "%25").replace("J", "%4A")
    assert "withheld" in without_token(deep, TOKEN)


@pytest.mark.parametrize("escape", ["%25", "&amp;", "\\u005c", "<b>", "%25&amp;\\\\ ", "%41&#65;\\u0041"])
def test_a_long_text_takes_no_long_time(escape: str) -> None:
    started = time.process_time()
    repeats_token(escape * (75_000 // len(escape)) + "%", TOKEN)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "split",
    [
        f"{TOKEN[:20]}\n{TOKEN[20:]}",
        f"{TOKEN[:20]}<wbr>{TOKEN[20:]}",
        f"{TOKEN[:20]}&shy;{TOKEN[20:]}",
        f"{TOKEN[:9]}%0D%0A {TOKEN[9:]}",
        f"Bearer {TOKEN[:30]}…",
        f"… {TOKEN[15:]}",
    ],
)
def test_a_token_that_is_split_or_cut_is_withheld(split: str) -> None:
    assert without_token(split, TOKEN) == "[withheld: it repeats the token]"


async def test_a_token_that_is_divided_among_texts_is_withheld() -> None:
    body = json.dumps({"error": {"code": TOKEN[:22], "message": TOKEN[22:]}})
    error = await answered(answer("403 No", body.encode()))
    assert isinstance(error, AccessDenied)
    assert error.code == error.message == "[withheld: it repeats the token]"


@pytest.mark.parametrize(
    "text",
    [
        "Syntax error at position 88 in 'onlineMeetings/getAllRecordings(x=%27a%27,y=2026-01-01T00%3A00%3A00Z)'.",
        'The value "a\\b" of &lt;b&gt; is not allowed\n\tin https://graph.microsoft.com/v1.0/users?$filter=a%20eq%2520b',
        "eyJ0eXAi",
        "",
    ],
)
def test_a_text_that_does_not_repeat_the_token_stays_as_it_is(text: str) -> None:
    assert without_token(text, TOKEN) == text


def test_a_plain_echo_keeps_the_text_around_it() -> None:
    assert without_token(f"no access for Bearer {TOKEN}!", TOKEN) == "no access for Bearer [token]!"


@pytest.mark.parametrize("echo", [TOKEN, quote(TOKEN, safe=""), quote(quote(TOKEN, safe=""), safe="")])
async def test_a_link_that_repeats_the_token_is_not_followed(echo: str) -> None:
    def page(_: str) -> bytes:
        return json_answer(f'{{"value": [{{"id": "1"}}], "@odata.nextLink": "{server.base_url}/{echo}?{echo}"}}')

    async with (
        raw_server(page) as server,
        GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url, retry=Retry(attempts=1)) as graph,
    ):
        with pytest.raises(LinkRefused, match="repeats the token") as caught:
            _ = [item async for item in graph.me.online_meetings.list()]
    assert len(server.requests) == 1
    assert TOKEN not in unescaped(str(caught.value) + repr(caught.value) + repr(vars(caught.value)))


# Pieces, and what error collectors find beneath an error


HALF, REST = TOKEN[:24], TOKEN[-24:]
OK = "HTTP/1.1 200 OK\r\n"
SECRETIVE: dict[str, bytes] = {
    "half of it in a header of an error": answer("403 No", b"{}", [f"X-Sent: Bearer {HALF}"]),
    "half of it in a header of what is not JSON": answer("200 OK", b"[", [f"X-Sent: Bearer {HALF}"]),
    "the end of it as a request id": answer("403 No", b"{}", [f"request-id: {REST}"]),
    "half of it as a date": answer("403 No", b"{}", [f"Date: {HALF}"]),
    "half of it as a type": answer("200 OK", b"[", [f"Content-Type: {HALF}"]),
    "half of it as an encoding": answer("200 OK", b"[", [f"Content-Encoding: {HALF}"]),
    "half of it as a transfer coding": f"{OK}Transfer-Encoding: {HALF}\r\n\r\n[".encode(),
    "halves in two headers": answer("403 No", b"{}", [f"X: {HALF}", f"X: {TOKEN[24:]}"]),
    "halves in two lines of a header": answer("403 No", b"{}", [f"X: {HALF}\r\n {TOKEN[24:]}"]),
    "half of it in a challenge": answer("401 No", headers=[f'WWW-Authenticate: Bearer realm="{HALF}"']),
    "half of it where a round begins again": answer("410 No", headers=[f"Location: {HALF}"]),
    "half of it in a redirect": answer("302 No", headers=[f"Location: ftp://{HALF}/"]),
    "halves as a user in a redirect": answer("302 No", headers=[f"Location: https://{HALF}:{REST}@x.example/"]),
    "bad chunk": f"{OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabcBearer {TOKEN}\r\n".encode(),
    "extension of a chunk": f"{OK}Transfer-Encoding: chunked\r\n\r\n3;{TOKEN}\r\nabc\r\n{TOKEN}\r\n\r\n".encode(),
    "bad trailer": f"{OK}Transfer-Encoding: chunked\r\n\r\n3\r\n[]x\r\n0\r\n{TOKEN}\r\n\r\n".encode(),
    "half of it in the path of a link": json_answer(f'{{"value": [], "@odata.nextLink": "ROOT/{HALF}"}}'),
    "half of it in a link elsewhere": json_answer(f'{{"value": [], "@odata.nextLink": "https://x.example/{HALF}"}}'),
    "as a user in a link": json_answer(f'{{"value": [], "@odata.nextLink": "https://{TOKEN}@x.example/"}}'),
    "in a link of its own": json_answer(f'{{"value": [], "@odata.nextLink": "ROOT/{TOKEN}"}}'),
    "instead of items": json_answer(f'{{"value": "{TOKEN}"}}'),
}


async def listed(graph: GraphMeetingsClient) -> object:
    return [item async for item in graph.me.online_meetings.list()]


async def changed(graph: GraphMeetingsClient) -> object:
    delta = graph.users.by_user_id("u").online_meetings.get_all_recordings().delta()
    return [change async for change in delta.changes(resync=True)]


async def streamed(graph: GraphMeetingsClient) -> object:
    content = graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
    async with content.stream() as stream:
        return [chunk async for chunk in stream]


@pytest.mark.parametrize("own_client", [True, False], ids=["our client", "the caller's client"])
@pytest.mark.parametrize("use", [listed, changed, streamed])
@pytest.mark.parametrize("secretive", SECRETIVE.values(), ids=SECRETIVE)
async def test_no_piece_of_it_is_in_an_error_or_beneath_one(
    secretive: bytes, use: Callable[[GraphMeetingsClient], Awaitable[object]], *, own_client: bool
) -> None:
    def sent(_: str) -> bytes:
        head, gap, body = secretive.partition(b"\r\n\r\n")
        whole = body.replace(b"ROOT", server.base_url.encode())
        return head.replace(b"Length: %d" % len(body), b"Length: %d" % len(whole)) + gap + whole

    async with (
        raw_server(sent) as server,
        httpx.AsyncClient(verify=TRUSTED) as mine,
        GraphMeetingsClient(
            StaticCredential(TOKEN),
            base_url=server.base_url,
            retry=Retry(attempts=1),
            http_client=None if own_client else mine,
        ) as graph,
    ):
        try:
            await asyncio.wait_for(use(graph), SECONDS)
        except GraphError as error:
            shown = unescaped(everything(error))
            assert not [TOKEN[at : at + 12] for at in range(len(TOKEN) - 11) if TOKEN[at : at + 12] in shown]
        else:
            assert use is streamed  # any bytes are content


async def test_no_piece_of_it_is_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    page = answer("200 OK", b'{"value": []}', [f"request-id: {HALF}"])
    async with (
        raw_server(page) as server,
        GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url) as graph,
    ):
        await graph.me.online_meetings.get()
    assert "answered 200" in caplog.text
    assert HALF[:12] not in caplog.text
