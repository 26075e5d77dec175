"""Bursts of requests against the emulator's token buckets, over a real socket and by the clock on the wall."""

import asyncio
import time
from statistics import quantiles

import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import Dataset, Emulator, Limit, Throttle

pytestmark = pytest.mark.long

TICK = 0.01
MOST_LATE = 0.1  # of the time between two requests


@pytest.mark.parametrize(("count", "rate"), [(200, 50)])
async def test_a_burst_is_done_in_little_more_than_the_buckets_own_time(count: int, rate: int) -> None:
    dataset = Dataset.generate(organizers=1, meetings=1, recordings=0, call_records=0)
    with Emulator(dataset) as emulator:
        emulator.throttle = Throttle((Limit(rate, burst=1, retry_after=1),))
        async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as graph:
            meetings = graph.users.by_user_id(dataset.organizers[0]).online_meetings
            meeting = dataset.meetings(dataset.organizers[0])[0]
            late: list[float] = []
            watching = asyncio.create_task(watch_timers(late))
            began = time.monotonic()
            found = await asyncio.gather(*(meetings.by_online_meeting_id(meeting).get() for _ in range(count)))
            seconds = time.monotonic() - began
            watching.cancel()
        sent = len(emulator.requests)
        assert emulator.throttle.taken.total() == count
    assert [one.id for one in found] == [meeting] * count
    print(f"{count} at {rate}/s: {seconds:.1f} s, bucket {(count - 1) / rate:.1f} s, {sent} requests")  # noqa: T201  measured, for whoever looks
    assert sent <= 3 * count
    usual = quantiles(late, n=20)[-1]
    if usual > MOST_LATE / rate:
        pytest.skip(f"too busy to measure: timers are {1000 * usual:.0f} ms late, requests {1000 / rate:.0f} ms apart")
    assert seconds <= 1.5 * (count - 1) / rate + 3


async def watch_timers(late: list[float]) -> None:
    """Collect by how much timers are late, in seconds: requests that start late come in bunches, which are refused."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(TICK)
        late.append(time.monotonic() - began - TICK)


async def test_the_documented_limits_lose_no_request() -> None:
    """40 requests in 20 seconds for the list of call records, all at once: a client that waits gets every answer."""
    with Emulator(Dataset.generate(organizers=1, meetings=1, recordings=0)) as emulator:
        emulator.throttle = Throttle.documented()
        async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as graph:
            records = graph.communications.call_records
            pages = await asyncio.wait_for(asyncio.gather(*(records.get() for _ in range(60))), 120)
        print(f"60 lists of call records: {len(emulator.requests)} requests")  # noqa: T201  measured, for whoever looks
    assert [len(page.value) for page in pages] == [3] * 60
