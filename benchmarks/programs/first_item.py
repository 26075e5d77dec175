"""From nothing to the first meeting, with ours.

Args:
    base_url: of the service.
"""

import asyncio
import sys

from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator.credential import EmulatorCredential


async def _first(base_url: str) -> None:
    async with GraphMeetingsClient(EmulatorCredential("made-up"), base_url=base_url) as graph:
        page = await graph.users.by_user_id("u").online_meetings.get(top=10)
        assert page.value[0].id


if __name__ == "__main__":
    asyncio.run(_first(sys.argv[1]))
