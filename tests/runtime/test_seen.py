"""What has been seen is remembered in memory that does not grow."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime.seen import Landmarks, RecentContents


def links_until_noticed(before: int, circle: int) -> int:
    """Go over links that lead into a circle, and count them until that is noticed."""
    landmarks = Landmarks()
    limit = 4 * (before + circle) + 10
    for number in range(limit):
        position = number if number < before else before + (number - before) % circle
        if landmarks.pass_by(f"https://graph.example/v1.0/x?$skiptoken={position}"):
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
    landmarks = Landmarks()
    assert not any(landmarks.pass_by(str(number)) for number in range(100_000))


def test_landmarks_take_the_same_memory_after_more_pages() -> None:
    assert abs(memory_of_links(100_000) - memory_of_links(20_000)) < 50_000


def memory_of_links(count: int) -> int:
    tracemalloc.start()
    landmarks = Landmarks()
    for number in range(count):
        landmarks.pass_by(str(number))
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used


def test_the_latest_contents_are_remembered_and_the_oldest_are_not() -> None:
    recent = RecentContents()
    for number in range(100_000):
        recent.remember(str(number), number)
        assert recent.has(str(max(0, number - 32_000)), max(0, number - 32_000))
    assert not recent.has("0", 0)


def test_the_last_content_of_an_item_counts() -> None:
    recent = RecentContents()
    for digest in (1, 2):
        recent.remember("a", digest)
    assert recent.has("a", 2)
    assert not recent.has("a", 1)
    assert not recent.has("b", 1)
