"""Credentials for the emulator with the interfaces of azure-identity's credentials."""

import time
from types import TracebackType
from typing import Any, Self

from azure.core.credentials import AccessToken


class EmulatorCredential:
    """Return the emulator's token on every request.

    Args:
        token: the bearer token.

    Attributes:
        requests: the scopes and claims of every call.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self.requests: list[tuple[tuple[str, ...], str | None]] = []

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,  # noqa: ARG002  azure-core's protocol
        enable_cae: bool = False,  # noqa: ARG002  azure-core's protocol
        **_: Any,
    ) -> AccessToken:
        """Return the token, valid for an hour."""
        self.requests.append((scopes, claims))
        return AccessToken(self._token, int(time.time()) + 3600)

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()


class BlockingEmulatorCredential:
    """Return the emulator's token on every request of a blocking client.

    Args:
        token: the bearer token.

    Attributes:
        requests: the scopes and claims of every call.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self.requests: list[tuple[tuple[str, ...], str | None]] = []

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,  # noqa: ARG002  azure-core's protocol
        enable_cae: bool = False,  # noqa: ARG002  azure-core's protocol
        **_: Any,
    ) -> AccessToken:
        """Return the token, valid for an hour."""
        self.requests.append((scopes, claims))
        return AccessToken(self._token, int(time.time()) + 3600)

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()
