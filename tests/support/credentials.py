"""Credentials for tests."""

import time
from types import TracebackType
from typing import Any, Self

from azure.core.credentials import AccessToken
from kiota_abstractions.authentication import AccessTokenProvider
from kiota_abstractions.authentication.allowed_hosts_validator import AllowedHostsValidator


class StaticCredential:
    """Gives one made-up token, and counts how often it was asked."""

    def __init__(self, token: str, *, lifetime: float = 3600, error: Exception | None = None) -> None:
        self.token = token
        self.lifetime = lifetime
        self.error = error
        self.scopes: list[tuple[str, ...]] = []
        self.claims: list[str | None] = []

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,  # noqa: ARG002  the interface
        enable_cae: bool = False,  # noqa: ARG002  the interface
        **_: Any,
    ) -> AccessToken:
        self.scopes.append(scopes)
        self.claims.append(claims)
        if self.error is not None:
            raise self.error
        return AccessToken(self.token, int(time.time() + self.lifetime))

    async def close(self) -> None:
        pass

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        pass


class StaticTokens(AccessTokenProvider):
    """The same for Kiota's stock adapter."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_authorization_token(
        self,
        uri: str,  # noqa: ARG002  the interface
        additional_authentication_context: dict[str, Any] | None = None,  # noqa: ARG002  the interface
    ) -> str:
        return self._token

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        return AllowedHostsValidator([])
