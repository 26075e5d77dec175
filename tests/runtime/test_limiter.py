"""How many requests go at once, and how all of them slow down together."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime.http.limiter import Limiter


@given(st.integers(1, 5), st.lists(st.sampled_from(["answered", "throttled", "failed", "cancelled"]), max_size=40))
def test_whatever_becomes_of_requests_the_bound_holds_and_nobody_is_left_waiting(most: int, fates: list[str]) -> None:
    limiter = Limiter(most)
    under_way = 0

    async def request(fate: str) -> None:
        nonlocal under_way
        wave = await limiter.acquire()
        under_way += 1
        assert under_way <= most
        try:
            await asyncio.sleep(0)
            if fate == "throttled":
                limiter.throttled(wave, 0.0001)
            elif fate == "answered":
                limiter.answered()
        finally:
            under_way -= 1
            limiter.release()

    async def run() -> None:
        tasks = [asyncio.create_task(request(fate)) for fate in fates]
        for index, (task, fate) in enumerate(zip(tasks, fates, strict=True)):
            for _ in range(index % 4):  # while it is new, waits its turn, has its turn, or is under way
                await asyncio.sleep(0)
            if fate == "cancelled":
                task.cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        assert [task for task in tasks if not task.cancelled() and task.exception()] == []
        assert await asyncio.wait_for(limiter.acquire(), 10) >= 0

    asyncio.run(run())


async def test_a_turn_that_is_given_up_is_the_next_ones() -> None:
    limiter = Limiter(1)
    await limiter.acquire()
    first = asyncio.create_task(limiter.acquire())
    second = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)
    limiter.throttled(0, 0.01)
    limiter.release()
    await asyncio.sleep(0)  # the first has its turn and waits for the pause to end
    first.cancel()
    await asyncio.wait_for(second, 10)


async def test_one_wave_of_refusals_halves_the_bound_once_and_answers_give_it_back() -> None:
    limiter = Limiter(8)
    waves = [await limiter.acquire() for _ in range(8)]
    for wave in waves:
        limiter.throttled(wave, 0)
        limiter.release()
    assert limiter.allowed == 4
    limiter.throttled(await limiter.acquire(), 0)
    assert limiter.allowed == 2
    for _ in range(2 + 3 + 4 + 5 + 6 + 7):
        limiter.answered()
    assert limiter.allowed == 8


async def test_the_bound_is_never_less_than_one() -> None:
    limiter = Limiter(2)
    for _ in range(5):
        limiter.throttled(await limiter.acquire(), 0)
        limiter.release()
    assert limiter.allowed == 1


async def test_nothing_is_sent_during_a_pause() -> None:
    limiter = Limiter(4)
    limiter.throttled(0, 0.1)
    resume_at = time.monotonic() + 0.1
    limiter.throttled(0, 0.01)  # a shorter one does not cut it

    async def request() -> float:
        await limiter.acquire()
        limiter.release()
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
            await limiter.acquire()
            await asyncio.sleep(0)
            turns.append(who)
            limiter.release()

    await asyncio.wait_for(asyncio.gather(*map(ask, range(5))), 10)
    for begin in range(0, len(turns), 5):
        assert sorted(turns[begin : begin + 5]) == [0, 1, 2, 3, 4]
