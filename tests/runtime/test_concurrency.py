"""Something done for each of many, a bounded number at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings import concurrently


async def numbers(count: int, taken: list[int] | None = None) -> AsyncIterator[int]:
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield number


@given(st.lists(st.integers(0, 3), max_size=30), st.integers(1, 6))
def test_results_come_in_order_and_no_more_than_allowed_are_worked_on(turns: list[int], concurrency: int) -> None:
    under_way = most = 0

    async def work(item: tuple[int, int]) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(item[1]):
            await asyncio.sleep(0)
        under_way -= 1
        return item[0]

    results = asyncio.run(concurrently(work, list(enumerate(turns)), concurrency=concurrency))
    assert results == list(range(len(turns)))
    assert most <= concurrency


async def test_items_are_taken_when_there_is_room() -> None:
    taken: list[int] = []
    done: list[int] = []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        assert len(taken) - len(done) <= 2
        done.append(number)

    await asyncio.wait_for(concurrently(work, numbers(50, taken), concurrency=2), 10)
    assert len(done) == 50


async def test_the_first_failure_comes_out_and_the_others_are_cancelled() -> None:
    cancelled: list[int] = []

    async def work(number: int) -> None:
        if number == 1:
            raise KeyError("mine")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    with pytest.raises(KeyError, match="mine"):
        await asyncio.wait_for(concurrently(work, numbers(10), concurrency=3), 10)
    assert 0 in cancelled


async def test_a_source_that_fails_ends_all() -> None:
    def broken() -> AsyncIterator[int]:
        async def items() -> AsyncIterator[int]:
            yield 1
            raise OSError("gone")

        return items()

    with pytest.raises(OSError, match="gone"):
        await concurrently(asyncio.sleep, (item * 0 async for item in broken()), concurrency=4)


async def test_nobody_works_on_nothing() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        await concurrently(asyncio.sleep, [0], concurrency=0)


async def test_wrong_use_is_an_error_that_names_the_right_word() -> None:
    untyped: Any = concurrently

    async def work(item: int) -> int:
        return item

    with pytest.raises(TypeError, match=r"work must be an async function: define it with `async def`, not `def`"):
        await untyped(str, [1])
    with pytest.raises(TypeError, match=r"work must be an async function \(`async def`\), not \[1\]"):
        await untyped([1], work)
    with pytest.raises(TypeError, match="pass it without parentheses"):
        await untyped(work(1), [1])
    with pytest.raises(TypeError, match="concurrency must be an integer, not '4'"):
        await untyped(work, [1], concurrency="4")

    def plain(item: int) -> Awaitable[int]:
        return work(item)

    assert await concurrently(plain, [1, 2]) == [1, 2]


async def test_an_error_keeps_its_cause() -> None:
    cause = KeyError("cause")

    async def work(_: int) -> None:
        raise ValueError("error") from cause

    with pytest.raises(ValueError, match="error") as raised:
        await concurrently(work, [1])
    assert raised.value.__cause__ is cause


@pytest.mark.parametrize("is_source", [False, True])
async def test_an_awaited_task_that_was_cancelled_does_not_pass_for_the_end(*, is_source: bool) -> None:
    async def cancelled(item: int) -> int:
        if item == 2:
            task = asyncio.ensure_future(asyncio.sleep(0))
            task.cancel()
            await task
        return item

    async def source() -> AsyncIterator[int]:
        for item in (1, 2, 3):
            yield await cancelled(item) if is_source else item

    with pytest.raises(RuntimeError, match="has been cancelled"):
        await concurrently(cancelled, source(), concurrency=1)
