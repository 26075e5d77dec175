"""Content at an address that the service redirects to."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from graph_meetings import GraphMeetingsClient, Retry
from graph_meetings_runtime import ContentRequestBuilder
from tests.support.credentials import StaticCredential
from tests.support.raw_server import RawServer, answer, raw_server

TOKEN = "TOKEN-SECRET"
PATIENT = Retry(attempts=6, total_time=30, first_delay=0.05, longest_delay=0.5)


def redirecting(*locations: str) -> AbstractAsyncContextManager[RawServer]:
    """Run a service that answers with redirects, one after the other."""
    return raw_server(*(answer("302 Found", headers=[f"Location: {location}"]) for location in locations))


@asynccontextmanager
async def redirected_to(*locations: str, retry: Retry = PATIENT) -> AsyncGenerator[ContentRequestBuilder]:
    """Run such a service, and yield the content that a client sees there."""
    async with (
        redirecting(*locations) as service,
        GraphMeetingsClient(StaticCredential(TOKEN), base_url=service.base_url, retry=retry) as graph,
    ):
        yield graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
