"""What a browser is shown: pages that open without a token, need nothing from elsewhere, and disturb no test."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from lxml import html

from graph_meetings_emulator import Dataset, Emulator
from tests.support.browser import browser

EVIL = """<script>alert(1)</script>"'&"""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    data = Dataset.generate(organizers=1, meetings=2, recordings=2, content_size=2_000)
    with Emulator(data, page_size=1) as running:
        yield running


@pytest.fixture
def page(emulator: Emulator) -> Iterator[httpx.Client]:
    """A client that asks as a browser does."""
    headers = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    with httpx.Client(base_url=emulator.origin, headers=headers) as client:
        yield client


def links(answer: httpx.Response) -> list[str]:
    found: list[str] = html.fromstring(answer.text).xpath("//a/@href")
    return [urljoin(str(answer.url), link) for link in found]


def test_the_root_says_how_to_connect_and_what_is_in_it(emulator: Emulator, page: httpx.Client) -> None:
    text = unescape(page.get("/").text)
    for part in (emulator.base_url, emulator.token, emulator.dataset.organizers[0], "print(record.start_date_time"):
        assert part in text
    counts = dict(
        html.fromstring(text).xpath("//tr[count(td)=2]") and re.findall(r"(\w+)(?:</a>)?</td><td>(\d+)<", text)
    )
    assert counts | {"users": "1", "meetings": "2", "recordings": "4", "transcripts": "2"} == counts


def test_what_was_requested_and_what_fails_is_shown(emulator: Emulator, page: httpx.Client) -> None:
    emulator.fail_next(503, times=3, path="/users")
    page.get("/v1.0/users?$top=7", headers={"Authorization": f"Bearer {emulator.token}"})
    emulator.start_chaos("throttling")
    text = unescape(page.get("/").text)
    assert "Requests: 1" in text
    assert "/v1.0/users?$top=7" in text
    assert re.search(r"To come:.*<td>2</td><td>/users</td>", text)
    assert "Chaos: throttling, " in text
    assert "Injected so far:" in text


def test_pages_are_no_requests_to_graph(emulator: Emulator, page: httpx.Client) -> None:
    emulator.fail_next(503)
    assert page.get("/").status_code == page.get("/browse/v1.0/users").status_code == 200
    assert not emulator.requests
    assert not emulator.faults_injected


def test_whatever_does_not_ask_for_a_page_is_answered_as_before(emulator: Emulator) -> None:
    for accept in ("*/*", "application/json", ""):
        assert httpx.get(emulator.origin, headers={"Accept": accept}).status_code in {400, 401}
    assert httpx.post(emulator.origin, headers={"Accept": "text/html"}).status_code in {400, 401}
    assert len(emulator.requests) == 4


def test_another_name_for_this_machine_opens_no_page(page: httpx.Client) -> None:
    for path in ("/", "/browse/v1.0/users"):
        for host in ("graph.example", "127.0.0.1.example:80", "user@localhost", ""):
            assert page.get(path, headers={"Host": host}).status_code in {400, 401}


def test_every_link_opens_as_do_those_behind_it(emulator: Emulator, page: httpx.Client) -> None:
    seen: set[str] = set()
    following = [f"{emulator.origin}/"]
    while following and len(seen) < 150:
        url = following.pop(0)
        if url in seen:
            continue
        seen.add(url)
        answer = page.get(url, follow_redirects=True)
        assert answer.status_code == 200, url
        if answer.headers["content-type"].startswith("text/html"):
            assert all(link.startswith(emulator.origin) for link in links(answer))
            following += links(answer)
    kinds = ("recordings", "/content", "participants_v2", "attendanceRecords", "skipToken", "delta")
    assert [kind for kind in kinds if not any(kind in url for url in seen)] == []


def test_the_json_is_what_the_service_sends(emulator: Emulator, page: httpx.Client) -> None:
    path = "v1.0/communications/callRecords"
    service = page.get(f"/{path}", headers={"Authorization": f"Bearer {emulator.token}"}).json()
    (text,) = html.fromstring(page.get(f"/browse/{path}").text).xpath("//pre")
    assert json.loads(text.text_content()) == service


def test_a_path_that_does_not_exist_says_so(page: httpx.Client) -> None:
    for path in (
        "v1.0/users/nobody",
        "v1.0/nothing",
        "v2.0/users",
        "",
        "v1.0/users/%3Cscript%3E",
        "v1.0/%FF",
        "v1.0/%",
    ):
        answer = page.get(f"/browse/{path}")
        assert answer.status_code in {400, 404}
        assert "<strong>4" in answer.text
        assert "<script" not in answer.text


def test_nothing_of_the_data_becomes_html(emulator: Emulator, page: httpx.Client) -> None:
    organizer = emulator.dataset.organizers[0]
    emulator.dataset.replace(("users", organizer), {"id": organizer, "displayName": EVIL})
    emulator.token = EVIL
    page.get(f"/v1.0/{EVIL}")
    for path in ("/", "/browse/v1.0/users", f"/browse/v1.0/users/{organizer}"):
        document = html.fromstring(page.get(path).text)
        assert not document.xpath("//script")
        assert EVIL.split('"', maxsplit=1)[0] in document.text_content()


def test_a_page_needs_nothing_else_and_runs_nothing(page: httpx.Client) -> None:
    for path in ("/", "/browse/v1.0/users"):
        answer = page.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        document = html.fromstring(answer.text)
        assert not document.xpath("//script|//img|//iframe|//form|//*[@style]|//*[@onclick]")
        assert document.xpath("//link/@href")[0].startswith("data:")


def test_chromium_shows_the_pages(emulator: Emulator, tmp_path: Path) -> None:
    with browser(tmp_path) as chromium:
        for width in (1280, 390):
            chromium.show(width)
            for path in ("/", f"/browse/v1.0/users/{emulator.dataset.organizers[0]}"):
                chromium.open(f"{emulator.origin}{path}")
                assert chromium.overflow() == 0, (path, width)
                is_styled = chromium.evaluate("getComputedStyle(document.querySelector('pre')).borderRadius")
                assert is_styled == "4px", "the policy refuses the style"
        chromium.open(f"{emulator.origin}/")
        first = chromium.evaluate("document.links[0].click(); document.links[0].href")
        assert first.endswith("/browse/v1.0/users")
    assert not chromium.complaints
    assert not emulator.requests, "a browser asks for an icon unless the page has one"
