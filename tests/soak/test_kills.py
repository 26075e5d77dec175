"""One batch of kills; `make soak` has two hundred kills."""

import pytest

from tools.soak.delivery import kills


# `make test` kills processes too, in tests/client.
@pytest.mark.long
def test_a_batch_of_kills_loses_nothing_repeats_nothing_and_leaves_no_half_file() -> None:
    result = kills.run(1, 1, 0.0)
    assert not result.failures, result.failures
    assert result.kills >= 5, "most finished before they were killed"
    assert result.recordings > 20
