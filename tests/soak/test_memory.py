"""Memory over thousands of pages and over a download; `make soak` has 100,000 pages and 4 GiB."""

import time
from pathlib import Path
from unittest.mock import patch

import pytest

from graph_meetings_runtime.requests.visited_links import VisitedLinks
from tools.benchmarks.loopback.service import user_with
from tools.soak.memory import memory_growth
from tools.soak.memory.endless_service import page, serving
from tools.soak.processes import in_new_process

BEYOND_WARM_UP = 3_000
SECONDS = 120.0

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="reads the memory from /proc, which only Linux has"
)


@pytest.mark.parametrize(
    "method",
    ["list()", pytest.param("changes()", marks=pytest.mark.long), pytest.param("sync", marks=pytest.mark.long)],
)
def test_pages_leave_nothing_behind(method: str) -> None:
    pages = memory_growth.METHODS[method].warm_up + BEYOND_WARM_UP
    result = memory_growth.over_pages(method, pages, time.monotonic() + SECONDS)
    assert result.pages == pages
    assert result.growth <= memory_growth.MOST_PER_PAGES


def test_every_method_is_tested() -> None:
    assert set(memory_growth.METHODS) == {"list()", "changes()", "sync"}


def test_what_is_kept_of_each_page_is_noticed() -> None:
    """A leak of 4 KiB per page, the size of the smallest response."""
    with serving() as base_url:
        assert in_new_process(_growth_with_a_leak, base_url) > memory_growth.MOST_PER_PAGES


@pytest.mark.parametrize("size", [128 << 20, pytest.param(1 << 30, marks=pytest.mark.long)])
def test_a_download_leaves_nothing_behind(size: int) -> None:
    assert memory_growth.over_download(size) <= memory_growth.MOST_PER_DOWNLOAD


def test_pages_end_where_the_user_says() -> None:
    first, last = (
        page(b"/users/%s/x/delta?$skiptoken=%d" % (user_with(2, 1).encode(), n), b"http://h") for n in (1, 2)
    )
    assert b'"@odata.nextLink":"http://h/users/2x1/x/delta?$skiptoken=2"' in first
    assert b'"@odata.deltaLink"' in last


def _growth_with_a_leak(base_url: str) -> int:
    kept: list[bytearray] = []
    visit = VisitedLinks.visit

    def leak(visited: VisitedLinks, link: str) -> bool:
        kept.append(bytearray(b"x" * 4096))
        return visit(visited, link)

    with patch.object(VisitedLinks, "visit", leak):
        return memory_growth.iterate("list()", base_url, 5_000, time.monotonic() + SECONDS).growth
