"""One batch of SIGKILLs; `make soak` has two hundred."""

from tools.soak.delivery import kills


def test_a_batch_of_kills_loses_nothing_repeats_nothing_and_leaves_no_half_file() -> None:
    figures = kills.run(1, 1, 0.0)
    assert not figures.failures, figures.failures
    assert figures.kills >= 5, "most were done before they were killed, which shows nothing"
    assert figures.recordings > 20
