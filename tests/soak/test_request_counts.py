"""A sync of thousands of recordings while one request in twenty fails."""

import pytest

from tools.soak.delivery import request_counts


@pytest.mark.parametrize("recordings", [2_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_sync_with_faults_takes_at_most_twice_the_requests(recordings: int) -> None:
    figures = request_counts.run(1, recordings)
    assert figures.clean == recordings // 20
    assert figures.faults.total() > recordings // 1_000
    assert figures.clean < figures.faulty <= request_counts.MOST * figures.clean
