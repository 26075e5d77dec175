"""Memory over thousands of pages and over 512 MiB; `make soak` has 100,000 pages and 4 GiB."""

import time
from pathlib import Path
from unittest.mock import patch

import pytest

from graph_meetings_runtime.requests.visited_links import VisitedLinks
from tools.soak.memory import memory
from tools.soak.memory.endless_service import page, serving, user_with
from tools.soak.processes import alone

BEYOND_WARM_UP = 3_000
SECONDS = 120.0

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says what memory there is")


@pytest.mark.parametrize("way", memory.WAYS)
def test_pages_leave_nothing_behind(way: str) -> None:
    pages = memory.WAYS[way].warm_up + BEYOND_WARM_UP
    figures = memory.over_pages(way, pages, time.monotonic() + SECONDS)
    assert figures.pages == pages
    assert figures.growth <= memory.MOST_OVER_PAGES


def test_what_is_kept_of_each_page_is_noticed() -> None:
    """Each page keeps 4 KiB: as much as the smallest answer has."""
    with serving() as base_url:
        assert alone(_growth_with_a_leak, base_url) > memory.MOST_OVER_PAGES


def test_a_content_leaves_nothing_behind() -> None:
    assert memory.over_content(512 << 20) <= memory.MOST_OVER_A_CONTENT


def test_pages_end_where_the_user_says() -> None:
    first, last = (
        page(b"/users/%s/x/delta?$skiptoken=%d" % (user_with(2, 1).encode(), n), b"http://h") for n in (1, 2)
    )
    assert b'"@odata.nextLink":"http://h/users/2x1/x/delta?$skiptoken=2"' in first
    assert b'"@odata.deltaLink"' in last


def _growth_with_a_leak(base_url: str) -> int:
    kept: list[bytearray] = []
    visit = VisitedLinks.visit

    def leaking(visited: VisitedLinks, link: str) -> bool:
        kept.append(bytearray(b"x" * 4096))
        return visit(visited, link)

    with patch.object(VisitedLinks, "visit", leaking):
        return memory.pass_through("list()", base_url, 5_000, time.monotonic() + SECONDS).growth
