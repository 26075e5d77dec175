"""Which items were delivered lately is remembered in memory that does not grow."""

from graph_meetings_runtime.delta.recent_items import RecentItems


def test_the_latest_contents_are_remembered_and_the_oldest_are_not() -> None:
    recent = RecentItems()
    for number in range(100_000):
        recent.remember(number, number)
        assert recent.has(max(0, number - 32_000), max(0, number - 32_000))
    assert not recent.has(0, 0)


def test_the_last_content_of_an_item_counts() -> None:
    recent = RecentItems()
    for digest in (1, 2):
        recent.remember(1, digest)
    assert recent.has(1, 2)
    assert not recent.has(1, 1)
    assert not recent.has(2, 1)
