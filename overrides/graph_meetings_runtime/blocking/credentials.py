"""The source of tokens."""

import inspect
from typing import TYPE_CHECKING, Any

from graph_meetings_runtime.token_call import token_call

if TYPE_CHECKING:
    from typing import TypeAlias

    from azure.core.credentials import AccessToken, AccessTokenInfo, TokenCredential

    Credential: TypeAlias = TokenCredential


class TokenSource:
    """A credential, and what tokens are requested for.

    Args:
        credential: an azure-identity credential, synchronous.
        scopes: of the token, such as `https://graph.microsoft.com/.default`.
        enable_cae: whether the token may be revoked before it expires (continuous access evaluation).

    Raises:
        TypeError: the credential is asynchronous.
    """

    def __init__(self, credential: "Credential", scopes: tuple[str, ...], *, enable_cae: bool) -> None:
        if inspect.iscoroutinefunction(token_call(credential, scopes, None, enable_cae=enable_cae)):
            raise _is_asynchronous(credential)
        self._credential = credential
        self._scopes = scopes
        self._enable_cae = enable_cae

    def fetch(self, claims: str | None) -> "AccessToken | AccessTokenInfo":
        """Ask the credential for a token.

        Args:
            claims: the claims that the token must have, as JSON.
        """
        # Only the newer method tells when to replace the token, which can be half a day before it expires.
        found: Any = token_call(self._credential, self._scopes, claims, enable_cae=self._enable_cae)()
        if inspect.iscoroutine(found):
            found.close()
            raise _is_asynchronous(self._credential)
        token: AccessToken | AccessTokenInfo = found
        return token


def _is_asynchronous(credential: object) -> TypeError:
    kind = type(credential)
    package, is_azures, _ = kind.__module__.partition(".aio")
    right = f"{package}.{kind.__name__}" if is_azures and package.startswith("azure.") else ""
    advice = f"use {right}" if right else "use one whose get_token is a plain function"
    return TypeError(
        f"credential is asynchronous ({kind.__module__}.{kind.__name__}), but this client is blocking: {advice}"
        + (", not the one of .aio" if right else ", such as azure.identity.DefaultAzureCredential")
    )
