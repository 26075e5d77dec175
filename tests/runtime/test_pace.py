"""How fast requests start while a service throttles, simulated on a clock of its own."""

import heapq
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime.pace import Pace, Start

RETRY_AFTER = 1.0


@dataclass
class Bucket:
    """A service that takes `rate` requests a second and one at a time, and refuses the others."""

    rate: float
    tokens: float = 1.0
    refilled_at: float = 0.0

    def takes(self, now: float) -> bool:
        self.tokens = min(1.0, self.tokens + (now - self.refilled_at) * self.rate)
        self.refilled_at = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


@dataclass
class Simulation:
    """Requests that are all asked for at once, sent as a `Pace` says."""

    bucket: Bucket
    latency: float = 0.001
    concurrency: int = 64
    late_by: tuple[float, ...] = (0.0,)
    pace: Pace = field(default_factory=Pace)
    sent: int = 0
    most_refused: int = 0

    def run(self, count: int) -> float:
        """Send all of them, refused ones first, and return the seconds until the last answer."""
        waiting = [(number, 0) for number in range(count)]  # number, times refused
        under_way: list[tuple[float, bool, int, int, Start]] = []
        now = 0.0
        while waiting or under_way:
            assert self.sent < 10 * count
            start = max(now, self.pace.next_start) + self.late_by[self.sent % len(self.late_by)]
            if waiting and len(under_way) < self.concurrency and (not under_way or start <= under_way[0][0]):
                now = start
                number, refused = heapq.heappop(waiting)
                self.sent += 1
                is_taken = self.bucket.takes(now)
                heapq.heappush(under_way, (now + self.latency, is_taken, number, refused, self.pace.started(now)))
                continue
            now, is_taken, number, refused, start_of_it = heapq.heappop(under_way)
            if is_taken:
                self.pace.answered(now, start_of_it)
            else:
                self.most_refused = max(self.most_refused, refused + 1)
                self.pace.throttled(now, start_of_it, RETRY_AFTER)
                heapq.heappush(waiting, (number, refused + 1))
        return now


@pytest.mark.parametrize(("count", "rate"), [(12, 5.0), (64, 20.0), (500, 50.0)])
@pytest.mark.parametrize("latency", [0.001, 0.01, 0.05])
@pytest.mark.parametrize("concurrency", [8, 64, 1000])
def test_a_burst_takes_little_longer_than_the_service_needs_for_it(
    count: int, rate: float, latency: float, concurrency: int
) -> None:
    simulation = Simulation(Bucket(rate), latency, concurrency)
    assert simulation.run(count) <= 1.5 * count / rate + 3.0
    assert simulation.sent <= 3 * count
    assert simulation.most_refused < 6  # as many attempts as a request has by default


@given(
    rate=st.floats(1.0, 500.0),
    count=st.integers(1, 300),
    latency=st.floats(0.0005, 1.0),
    concurrency=st.integers(1, 300),
    late_by=st.lists(st.floats(0.0, 0.05), min_size=1, max_size=7).map(tuple),
)
def test_no_request_is_refused_often_and_few_are_sent_in_vain(
    rate: float, count: int, latency: float, concurrency: int, late_by: tuple[float, ...]
) -> None:
    simulation = Simulation(Bucket(rate), latency, concurrency, late_by)
    simulation.run(count)
    assert simulation.most_refused < 6
    assert simulation.sent <= 3 * count + 8


def test_nothing_limits_requests_until_one_is_refused() -> None:
    pace = Pace()
    for _ in range(1000):
        pace.answered(1.0, pace.started(1.0))
    assert pace.rate is None
    assert pace.next_start <= 1.0


def test_a_rate_spaces_requests_from_the_beginning_and_a_slower_one_counts_more() -> None:
    pace = Pace(most=4.0)
    assert pace.next_start <= 10.0
    start = pace.started(10.0)
    assert pace.next_start == 10.25
    pace.throttled(10.1, start, 2.0)
    assert pace.rate is not None
    pace.answered(12.1, pace.started(12.1))
    assert pace.next_start == 12.1 + 1.0 / min(4.0, pace.rate)


def test_nothing_starts_while_the_service_asks_to_wait() -> None:
    pace = Pace()
    first, second = pace.started(9.0), pace.started(9.0)
    pace.throttled(10.0, first, 7.0)
    pace.throttled(10.0, second, 0.5)  # a shorter wait does not end the longer one
    assert pace.next_start == 17.0


def test_requests_under_way_together_slow_the_client_down_once() -> None:
    pace = Pace()
    starts = [pace.started(9.0) for _ in range(51)]
    for start in starts[:50]:
        pace.throttled(10.0, start, 1.0)
    assert pace.started(11.0).round == 1
    rate = pace.rate
    pace.answered(11.0, starts[50])  # sent before the 429: it says nothing about the rate after it
    assert pace.rate == rate


def test_a_limit_that_is_gone_is_forgotten() -> None:
    pace = Pace()
    pace.throttled(0.0, pace.started(0.0), 1.0)
    pace.throttled(1.0, pace.started(1.0), 1.0)
    now = 2.0
    while pace.rate is not None:
        now += 1.0 / pace.rate
        assert now < 200.0
        pace.answered(now, pace.started(now))


def test_a_service_that_refuses_at_random_is_not_waited_for_longer_than_it_asks() -> None:
    pace = Pace()
    for number in range(200):
        pace.throttled(float(number), pace.started(float(number)), 0.1)
    assert pace.rate == pytest.approx(10.0)
