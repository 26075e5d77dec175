"""Pages that bring nothing new are noticed in bounded memory, and no others."""

import random
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime.requests.page_progress import PageProgress

BOUND = 16
MOST = 4096


def ids(*numbers: int) -> list[Any]:
    return [{"id": f"item-{number}"} for number in numbers]


def pages_until_the_end(size: int, circle: int, most: int) -> int | None:
    """How many pages a circle of items takes until it is noticed."""
    progress = PageProgress(BOUND)
    for page in range(most):
        if progress.has_ended:
            return page
        progress.count(ids(*((page * size + number) % circle for number in range(size))))
        assert len(progress._remembered) <= MOST  # pyright: ignore[reportPrivateUsage]  its size is the point
    return None


@pytest.mark.parametrize(
    ("size", "circle"), [(1, 1), (7, 100), (100, 4000), (1000, 4096), (50, 20_000), (500, 100_000)]
)
def test_a_circle_of_any_length_is_noticed_soon_after_it_has_closed(size: int, circle: int) -> None:
    closed = -(-circle // size)
    found = pages_until_the_end(size, circle, 3 * closed + 2 * BOUND)
    assert found is not None
    assert closed + BOUND <= found <= 1.3 * closed + BOUND + 1


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_a_long_list_in_which_items_repeat_does_not_end(share: float) -> None:
    chance = random.Random(7)  # noqa: S311  no secret depends on it
    progress, fresh = PageProgress(BOUND), iter(range(10**9))
    seen = [0]
    for _ in range(3000):
        new = list(islice(fresh, sum(chance.random() >= share for _ in range(50)) or 1))
        seen += new
        progress.count(ids(*new, *chance.choices(seen, k=50 - len(new))))
        assert not progress.has_ended


def test_single_empty_pages_between_the_items_of_a_long_list_do_not_end_it() -> None:
    progress = PageProgress(BOUND)
    for number in range(10 * MOST):
        progress.count(ids(number))
        progress.count([])
        assert not progress.has_ended


def test_a_long_list_ends_at_empty_pages_even_behind_a_page_that_repeats() -> None:
    progress = PageProgress(BOUND)
    for number in range(3 * MOST // 100):
        progress.count(ids(*range(100 * number, 100 * number + 100)))
    progress.count(ids(*range(100)))
    for _ in range(BOUND):
        assert not progress.has_ended
        progress.count([])
    assert progress.has_ended
    assert not progress.is_repeating


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=60), st.integers(1, 20))
def test_it_ends_exactly_after_so_many_pages_in_a_row_with_nothing_new(pages: list[list[int]], bound: int) -> None:
    progress, seen, idle = PageProgress(bound), set[int](), 0
    for page in pages:
        progress.count(ids(*page))
        idle = 0 if set(page) - seen else idle + 1
        seen |= set(page)
        assert progress.has_ended == (idle >= bound)


@pytest.mark.parametrize("value", [None, {}, "x", 5, True, []])
def test_what_is_no_list_of_items_is_an_empty_page(value: object) -> None:
    progress = PageProgress(1)
    progress.count(value)
    assert progress.has_ended
    assert not progress.is_repeating


def test_items_without_an_id_are_known_by_all_of_their_content() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    progress = PageProgress(1)
    for item in ({"a": 1}, {"a": 2}, {"id": None}, {"id": 5}, 5, None, {"deep": deep}):
        progress.count([item])
        assert not progress.has_ended
        progress.count([item])
        assert progress.has_ended
