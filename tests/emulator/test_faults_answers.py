"""Faulty responses and pages as a plain HTTP client sees them."""

import base64
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from graph_meetings_emulator.faults import (
    Answer,
    BrokenGateway,
    Duplicate,
    EmptyPage,
    Gone,
    RepeatedLink,
    Replay,
    RetryAfter,
    Shuffled,
    Throttled,
    TokenExpired,
    Unauthorized,
)
from tests.emulator.support import Site, ids
from tests.emulator.wire import receive

NEXT = "@odata.nextLink"
DELTA = "@odata.deltaLink"


@pytest.mark.parametrize(
    ("form", "delay", "expected"),
    [
        (RetryAfter.SECONDS, 2.7, "2"),
        (RetryAfter.SECONDS, 0.0, "0"),
        (RetryAfter.FRACTION, 0.125, "0.125"),
        (RetryAfter.ABSENT, 5.0, None),
    ],
)
def test_throttling_says_when_to_come_back(site: Site, form: RetryAfter, delay: float, expected: str | None) -> None:
    site.emulator.inject(Throttled(form, delay))
    response = site.get(site.recordings)
    assert (response.status_code, response.headers.get("retry-after")) == (429, expected)
    assert response.json()["error"]["code"] == "TooManyRequests"


def test_throttling_can_name_a_date(site: Site) -> None:
    site.emulator.inject(Throttled(RetryAfter.DATE, 60))
    date = site.get(site.recordings).headers["retry-after"]
    assert date.endswith(" GMT")
    assert timedelta(seconds=50) < parsedate_to_datetime(date) - datetime.now(UTC) <= timedelta(seconds=60)


def test_throttling_left_open_takes_every_form(site: Site) -> None:
    site.emulator.inject(Throttled(), times=60)
    values = [site.get(site.recordings).headers.get("retry-after") for _ in range(60)]
    assert None in values
    assert "0" in values
    assert any(value and "GMT" in value for value in values)
    fractions = [float(value) for value in values if value and "." in value]
    assert fractions
    assert max(fractions) <= 0.05


@pytest.mark.parametrize(
    ("status", "content_type", "beginning"),
    [
        (500, "application/json", b'{"error":'),
        (502, "text/html", b"<!DOCTYPE html>"),
        (503, "text/html", b"<!DOCTYPE html>"),
        (504, "text/html", b""),
    ],
)
def test_a_gateway_breaks(site: Site, status: int, content_type: str, beginning: bytes) -> None:
    site.emulator.inject(BrokenGateway(status))
    received = receive(site.emulator, site.recordings, keep_alive=False)
    assert received.status == status
    assert received.header("content-type").startswith(content_type)
    assert received.head.count("content-type:") == 1
    assert received.body.startswith(beginning)
    assert (received.body == b"") == (beginning == b"")


def test_a_gateway_left_open_breaks_in_every_way(site: Site) -> None:
    site.emulator.inject(BrokenGateway(), times=40)
    assert {site.get(site.recordings).status_code for _ in range(40)} == {500, 502, 503, 504}


def test_other_statuses_are_no_gateways() -> None:
    with pytest.raises(ValueError, match="use Answer"):
        BrokenGateway(418)


def test_a_claims_challenge_has_the_claims(site: Site) -> None:
    site.emulator.inject(Unauthorized(claims='{"access_token":{}}'))
    response = site.get(site.recordings)
    challenge = response.headers["www-authenticate"]
    encoded = challenge.partition('claims="')[2].partition('"')[0]
    assert response.status_code == 401
    assert 'error="insufficient_claims"' in challenge
    assert base64.b64decode(encoded) == b'{"access_token":{}}'
    assert site.json(site.recordings)


@pytest.mark.parametrize("query", ["?$top=2", "?%24top=2"])
def test_a_token_expires_in_the_middle_of_paging(site: Site, query: str) -> None:
    site.emulator.inject(TokenExpired())
    link = site.json(f"{site.all_recordings}{query}")[NEXT]
    assert site.refused(link, 401, "InvalidAuthenticationToken") == "Lifetime validation failed, the token is expired."
    assert site.json(link)["value"]


def test_a_token_expires_where_paging_goes_by_skip(site: Site) -> None:
    path = "/communications/callRecords/getPstnCalls(fromDateTime=2026-02-01,toDateTime=2026-04-01)"
    site.emulator.inject(TokenExpired())
    assert site.json(path)["value"]
    assert site.get(f"{path}?%24skip=1").status_code == 401


@pytest.mark.parametrize("location", [True, False])
def test_410_says_where_to_start_over_or_not(site: Site, location: bool) -> None:
    link = site.pages(site.delta)[-1][DELTA]
    site.emulator.inject(Gone(location=location))
    assert site.json(site.delta)["value"]
    response = site.get(link)
    assert (response.status_code, response.json()["error"]["code"]) == (410, "resyncRequired")
    assert ("location" in response.headers) == location
    if location:
        assert site.json(response.headers["location"])["value"]


def test_an_answer_replaces_headers_of_the_same_name(site: Site) -> None:
    site.emulator.inject(Answer(503, {"Content-Type": "text/plain", "X-Own": "1"}, b"no"))
    received = receive(site.emulator, site.recordings, keep_alive=False)
    assert (received.status, received.body) == (503, b"no")
    assert received.head.count("content-type:") == 1
    assert received.header("x-own") == "1"


def test_empty_pages_come_before_their_page(site: Site) -> None:
    expected = site.pages(site.all_recordings)
    site.emulator.inject(EmptyPage(), times=4, after=1)
    pages = site.pages(site.all_recordings)
    links = [page[NEXT] for page in pages[:-1]]
    assert [len(page["value"]) for page in pages] == [5, 0, 0, 0, 0, 5, 2]
    assert len(set(links)) == len(links)
    assert [page["value"] for page in pages if page["value"]] == [page["value"] for page in expected]


def test_an_empty_page_comes_before_a_page_without_a_query(site: Site) -> None:
    expected = ids(site.items(site.recordings))
    site.emulator.inject(EmptyPage(), times=2)
    pages = site.pages(site.recordings)
    assert [len(page["value"]) for page in pages] == [0, 0, 4]
    assert ids(pages[-1]["value"]) == expected


def test_a_page_of_changes_comes_again(site: Site) -> None:
    expected = ids(site.items(site.delta))
    site.emulator.inject(Replay(), after=1)
    pages = site.pages(site.delta)
    assert [len(page["value"]) for page in pages] == [5, 5, 5, 2]
    assert pages[1]["value"] == pages[2]["value"]
    assert DELTA not in pages[1]
    assert dict.fromkeys(ids([item for page in pages for item in page["value"]])) == dict.fromkeys(expected)


@pytest.mark.parametrize("fault", [EmptyPage(), Replay()], ids=lambda fault: str(fault.kind))
def test_the_last_page_of_a_round_is_the_last_one_still(site: Site, fault: Any) -> None:
    site.emulator.inject(fault, after=2)
    pages = site.pages(site.delta)
    assert len(pages) == 4
    assert [DELTA in page for page in pages] == [False, False, False, True]


def test_items_come_twice_in_a_page_of_changes(site: Site) -> None:
    expected = site.json(site.delta)
    site.emulator.inject(Duplicate())
    page = site.json(site.delta)
    counts = Counter(ids(page["value"]))
    assert set(counts) == set(ids(expected["value"]))
    assert set(counts.values()) == {1, 2} or set(counts.values()) == {2}
    assert page[NEXT] == expected[NEXT]


def test_changes_come_out_of_order(site: Site) -> None:
    expected = ids(site.json(site.delta)["value"])
    site.emulator.inject(Shuffled(), times=20)
    orders = [ids(site.json(site.delta)["value"]) for _ in range(20)]
    assert all(order != expected and sorted(order) == sorted(expected) for order in orders)
    assert len({tuple(order) for order in orders}) > 1


@pytest.mark.parametrize("fault", [Replay(), Duplicate(), Shuffled(), Gone()], ids=lambda fault: str(fault.kind))
def test_only_changes_are_replayed(site: Site, fault: Any) -> None:
    expected = site.items(site.all_recordings)
    site.emulator.inject(fault)
    assert site.items(site.all_recordings) == expected
    assert not site.emulator.faults_injected


@pytest.mark.parametrize("last", [False, True])
def test_a_link_leads_back_to_its_page(site: Site, last: bool) -> None:
    link = site.json(site.delta)[NEXT]
    own = site.pages(link)[-2][NEXT] if last else link
    site.emulator.inject(RepeatedLink())
    page = site.json(own)
    assert page[NEXT] == own
    assert DELTA not in page
