"""Next links that go round in a circle are noticed, in memory that does not grow."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime.requests.visited_links import VisitedLinks


def links_until_noticed(before: int, circle: int) -> int:
    """Go over links that lead into a circle, and count them until that is noticed."""
    visited = VisitedLinks()
    limit = 4 * (before + circle) + 10
    for number in range(limit):
        position = number if number < before else before + (number - before) % circle
        if visited.visit(f"https://graph.example/v1.0/x?$skiptoken={position}"):
            return number + 1
    raise AssertionError("the circle was not noticed")


@given(before=st.integers(0, 1000), circle=st.integers(1, 24))
def test_a_circle_among_the_first_pages_is_noticed_at_its_first_repeated_link(before: int, circle: int) -> None:
    assert links_until_noticed(before, circle) == before + circle + 1


@given(before=st.integers(0, 40_000), circle=st.integers(1, 40_000))
def test_a_circle_is_noticed_when_the_pages_have_become_one_in_256_more(before: int, circle: int) -> None:
    pages = before + circle
    assert pages < links_until_noticed(before, circle) <= pages + max(1, pages // 256)


def test_links_that_do_not_repeat_are_no_circle() -> None:
    visited = VisitedLinks()
    assert not any(visited.visit(str(number)) for number in range(100_000))


def test_visited_links_take_the_same_memory_after_more_pages() -> None:
    assert abs(memory_of_links(100_000) - memory_of_links(20_000)) < 50_000


def memory_of_links(count: int) -> int:
    tracemalloc.start()
    visited = VisitedLinks()
    for number in range(count):
        visited.visit(str(number))
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used
