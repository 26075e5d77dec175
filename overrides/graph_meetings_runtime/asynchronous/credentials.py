"""The source of tokens."""

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

from graph_meetings_runtime.asynchronous.threads import called_in_thread
from graph_meetings_runtime.token_call import token_call

if TYPE_CHECKING:
    from typing import TypeAlias

    from azure.core.credentials import AccessToken, AccessTokenInfo, TokenCredential
    from azure.core.credentials_async import AsyncTokenCredential

    Credential: TypeAlias = TokenCredential | AsyncTokenCredential


class TokenSource:
    """A credential, and what tokens are requested for.

    Args:
        credential: an azure-identity credential, synchronous or asynchronous; a synchronous one runs in a thread.
        scopes: of the token, such as `https://graph.microsoft.com/.default`.
        enable_cae: whether the token may be revoked before it expires (continuous access evaluation).
    """

    def __init__(self, credential: "Credential", scopes: tuple[str, ...], *, enable_cae: bool) -> None:
        self._credential = credential
        self._scopes = scopes
        self._enable_cae = enable_cae

    async def fetch(self, claims: str | None) -> "AccessToken | AccessTokenInfo":
        """Ask the credential for a token.

        Args:
            claims: the claims that the token must have, as JSON.
        """
        call = token_call(self._credential, self._scopes, claims, enable_cae=self._enable_cae)
        found: Any = call() if inspect.iscoroutinefunction(call) else await asyncio.to_thread(called_in_thread, call)
        token: AccessToken | AccessTokenInfo = await found if inspect.isawaitable(found) else found
        return token
