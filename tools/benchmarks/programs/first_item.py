"""From nothing to the first meeting, with ours.

Args:
    base_url: of the service.
"""

import asyncio
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from graph_meetings import GraphMeetingsClient

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from azure.core.credentials_async import AsyncTokenCredential

_NEVER = 1 << 40


class Token(NamedTuple):
    """What a credential gives.

    azure-core's own class would be 20 ms of importing, which the program for kiota_http has no part in either.
    """

    token: str
    expires_on: int


class Credential:
    """Has the token at hand."""

    async def get_token(self, *_: str, **__: Any) -> "AccessToken":
        """Give the token."""
        return cast("AccessToken", Token("made-up", _NEVER))


async def _first(base_url: str) -> None:
    credential = cast("AsyncTokenCredential", Credential())
    async with GraphMeetingsClient(credential, base_url=base_url) as graph:
        page = await graph.users.by_user_id("u").online_meetings.get(top=10)
        assert page.value[0].id


if __name__ == "__main__":
    asyncio.run(_first(sys.argv[1]))
