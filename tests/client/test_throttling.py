"""Bursts of requests against a token bucket over a real socket: none fails, and few are sent in vain.

How long they take is checked on a simulated clock, in tests/runtime/test_pace.py.
"""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field

import pytest

from graph_meetings import GraphMeetingsClient, OnlineMeeting, concurrently
from tests.support.credentials import StaticCredential
from tests.support.raw_server import answer, json_answer, raw_server

pytestmark = pytest.mark.slow

MEETING = json_answer('{"id": "m"}')
REFUSED = answer("429 Too Many Requests", b'{"error": {"code": "TooManyRequests"}}', ["Retry-After: 1"])


@dataclass
class Bucket:
    """Takes `rate` requests a second, one at a time."""

    rate: float
    tokens: float = 1.0
    refilled_at: float = field(default_factory=time.monotonic)

    def answer(self, _: str) -> bytes:
        now = time.monotonic()
        self.tokens = min(1.0, self.tokens + (now - self.refilled_at) * self.rate)
        self.refilled_at = now
        if self.tokens < 1.0:
            return REFUSED
        self.tokens -= 1.0
        return MEETING


@pytest.mark.parametrize(("count", "rate"), [(12, 20.0), pytest.param(64, 20.0, marks=pytest.mark.long)])
async def test_a_burst_against_a_token_bucket_loses_no_request(count: int, rate: float) -> None:
    credential = StaticCredential("made-up-token")
    async with (
        raw_server(Bucket(rate).answer) as server,
        GraphMeetingsClient(credential, base_url=server.base_url) as graph,
    ):
        meetings = graph.me.online_meetings

        def get(number: int) -> Awaitable[OnlineMeeting]:
            return meetings.by_online_meeting_id(str(number)).get()

        found = await asyncio.wait_for(concurrently(get, range(count), concurrency=count), 60)
    assert [meeting.id for meeting in found] == ["m"] * count
    assert len(server.requests) <= 3 * count
