"""Fetch the first meeting with our client, from process start to exit.

Args:
    base_url: base URL of the service.
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
    """An access token.

    Importing azure-core's own class takes 20 ms, which the program for kiota_http does not spend either.
    """

    token: str
    expires_on: int


class Credential:
    """A credential with a fixed token."""

    async def get_token(self, *_: str, **__: Any) -> "AccessToken":
        """Return the token."""
        return cast("AccessToken", Token("made-up", _NEVER))


async def _first(base_url: str) -> None:
    credential = cast("AsyncTokenCredential", Credential())
    async with GraphMeetingsClient(credential, base_url=base_url) as graph:
        page = await graph.users.by_user_id("u").online_meetings.get(top=10)
        assert page.value[0].id


if __name__ == "__main__":
    asyncio.run(_first(sys.argv[1]))
