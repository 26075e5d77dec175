"""Credentials for tests."""

import time
from typing import Any

from azure.core.credentials import AccessToken
from kiota_abstractions.authentication import AccessTokenProvider
from kiota_abstractions.authentication.allowed_hosts_validator import AllowedHostsValidator

from graph_meetings_emulator import EmulatorCredential


class StaticCredential(EmulatorCredential):
    """A credential whose token lasts as long as a test says; it can also fail.

    Attributes:
        scopes: the scopes of each call.
        claims: the claims of each call.
    """

    def __init__(self, token: str, *, lifetime: float = 3600, error: Exception | None = None) -> None:
        super().__init__(token)
        self.token = token
        self.lifetime = lifetime
        self.error = error

    @property
    def scopes(self) -> list[tuple[str, ...]]:
        return [scopes for scopes, _ in self.requests]

    @property
    def claims(self) -> list[str | None]:
        return [claims for _, claims in self.requests]

    async def get_token(self, *scopes: str, claims: str | None = None, **options: Any) -> AccessToken:
        await super().get_token(*scopes, claims=claims, **options)
        if self.error is not None:
            raise self.error
        return AccessToken(self.token, int(time.time() + self.lifetime))


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
