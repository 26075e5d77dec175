"""How many requests are under way at once, who goes first, and what a pause stops."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime.asynchronous.limiter import Limiter
from graph_meetings_runtime.http.origin_limiters import OriginLimiters
from graph_meetings_runtime.origin import Origin


@given(st.integers(1, 5), st.lists(st.sampled_from(["answered", "throttled", "failed", "cancelled"]), max_size=40))
def test_whatever_becomes_of_requests_the_bound_holds_and_nobody_is_left_waiting(most: int, fates: list[str]) -> None:
    limiter = Limiter(most)
    under_way = 0

    async def request(fate: str) -> None:
        nonlocal under_way
        start = await limiter.acquire()
        under_way += 1
        assert under_way <= most
        try:
            await asyncio.sleep(0)
            if fate == "throttled":
                limiter.throttled(start, 0.0001)
            elif fate == "answered":
                limiter.answered(start)
        finally:
            under_way -= 1
            limiter.release(start)

    async def run() -> None:
        tasks = [asyncio.create_task(request(fate)) for fate in fates]
        for index, (task, fate) in enumerate(zip(tasks, fates, strict=True)):
            for _ in range(index % 4):  # while it is new, waits its turn, has its turn, or is under way
                await asyncio.sleep(0)
            if fate == "cancelled":
                task.cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        assert [task for task in tasks if not task.cancelled() and task.exception()] == []
        await asyncio.wait_for(limiter.acquire(), 10)

    asyncio.run(run())


async def test_no_more_requests_start_in_a_second_than_the_rate_says() -> None:
    limiter = Limiter(100, 50.0)

    async def request() -> None:
        limiter.release(await limiter.acquire())

    before = time.monotonic()
    await asyncio.wait_for(asyncio.gather(*(request() for _ in range(6))), 10)
    assert time.monotonic() - before >= 5 / 50.0


async def test_a_turn_that_is_given_up_is_the_next_ones() -> None:
    limiter = Limiter(1)
    start = await limiter.acquire()
    first = asyncio.create_task(limiter.acquire())
    second = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)
    limiter.throttled(start, 0.01)
    limiter.release(start)
    await asyncio.sleep(0)  # the first has its turn and waits for the pause to end
    first.cancel()
    await asyncio.wait_for(second, 10)


async def test_nothing_is_sent_during_a_pause() -> None:
    limiter = Limiter(4)
    start = await limiter.acquire()
    limiter.release(start)
    limiter.throttled(start, 0.1)
    resume_at = time.monotonic() + 0.1
    limiter.throttled(start, 0.01)  # a shorter one does not cut it

    async def request() -> float:
        start = await limiter.acquire()
        limiter.release(start)
        return time.monotonic()

    moments = await asyncio.wait_for(asyncio.gather(*[request() for _ in range(6)]), 10)
    assert min(moments) >= resume_at - 0.01


def test_a_bound_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        Limiter(0)


async def test_turns_go_round_although_each_asks_again_at_once() -> None:
    limiter = Limiter(2)
    turns: list[int] = []

    async def ask(who: int) -> None:
        for _ in range(20):
            start = await limiter.acquire()
            await asyncio.sleep(0)
            turns.append(who)
            limiter.release(start)

    await asyncio.wait_for(asyncio.gather(*map(ask, range(5))), 10)
    for begin in range(0, len(turns), 5):
        assert sorted(turns[begin : begin + 5]) == [0, 1, 2, 3, 4]


async def test_what_was_asked_for_first_starts_first() -> None:
    limiter = Limiter(1)
    start = await limiter.acquire()
    order: list[float] = []

    async def ask(since: float) -> None:
        start = await limiter.acquire(since)
        order.append(since)
        limiter.release(start)

    tasks = [asyncio.create_task(ask(since)) for since in (3.0, 1.0, 2.0)]
    await asyncio.sleep(0)
    limiter.release(start)
    await asyncio.wait_for(asyncio.gather(*tasks), 10)
    assert order == [1.0, 2.0, 3.0]


def test_a_limiter_works_in_a_second_event_loop() -> None:
    limiter = Limiter(1)

    async def given_up() -> None:
        await limiter.acquire()
        waiting = asyncio.create_task(limiter.acquire())
        await asyncio.sleep(0)
        assert not waiting.done()

    asyncio.run(given_up())
    asyncio.run(asyncio.wait_for(limiter.acquire(), 10))


def test_each_origin_has_a_limiter_of_its_own_and_old_ones_are_forgotten() -> None:
    limiters = OriginLimiters()
    first, second = (limiters.of(Origin.of(f"https://{name}.example")) for name in "ab")
    assert first is not second
    assert limiters.of(Origin.of("https://a.example/x")) is first
    for number in range(1000):
        limiters.of(Origin.of(f"https://{number}.example"))
    assert limiters.of(Origin.of("https://a.example")) is not first
