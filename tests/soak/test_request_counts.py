"""A sync of 10,000 recordings while one request in twenty fails."""

from tools.soak.delivery import request_counts


def test_a_sync_with_faults_takes_at_most_twice_the_requests() -> None:
    figures = request_counts.run(1, 10_000)
    assert figures.clean == 500
    assert figures.faults.total() > 10
    assert figures.clean < figures.faulty <= request_counts.MOST * figures.clean
