"""When and after how long a request is sent again."""

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime import Retry
from graph_meetings_runtime.http.options.retry import retry_after


@pytest.mark.parametrize(("text", "seconds"), [("10", 10.0), ("2.128", 2.128), ("0", 0.0), (" 3 ", 3.0), ("-5", 0.0)])
def test_retry_after_in_seconds(text: str, seconds: float) -> None:
    assert retry_after({"retry-after": text}) == seconds


def test_retry_after_as_a_date() -> None:
    found = retry_after({"retry-after": formatdate(time.time() + 60, usegmt=True)})
    assert found is not None
    assert 55 < found <= 60
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "1e999"])
def test_a_retry_after_that_says_nothing_is_none(text: str) -> None:
    assert retry_after({"retry-after": text}) is None


@given(st.integers(1, 50), st.floats(0, 1000))
def test_backoff_is_bounded(attempt: int, elapsed: float) -> None:
    policy = Retry(attempts=10, total_time=120, first_delay=0.5, longest_delay=8)
    delay = policy.delay(attempt, elapsed, {})
    if attempt >= 10:
        assert delay is None
    if delay is not None:
        assert 0 <= delay <= min(8, 0.5 * 2 ** (attempt - 1))
        assert elapsed + delay <= 120


def test_the_services_word_counts_even_when_it_is_longer() -> None:
    assert Retry(longest_delay=1).delay(1, 0, {"retry-after": "17"}) == 17
    assert Retry(total_time=10).delay(1, 0, {"retry-after": "17"}) is None


def test_one_attempt_means_no_retry() -> None:
    assert Retry(attempts=1).delay(1, 0, {"retry-after": "0"}) is None
    with pytest.raises(ValueError, match="at least 1"):
        Retry(attempts=0)
