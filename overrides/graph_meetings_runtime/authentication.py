"""The bearer token: fetched from an azure-identity credential, kept until it ages, sent to one origin only."""

import asyncio
import inspect
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.errors import AuthenticationFailed, LinkRefused
from graph_meetings_runtime.origin import Origin, without_query

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential
    from azure.core.credentials_async import AsyncTokenCredential
    from kiota_authentication_azure.azure_identity_access_token_provider import AzureIdentityAccessTokenProvider

_REFRESH_BEFORE_EXPIRY = 300.0


class CachedCredential:
    """A credential that is asked again only when its token ages or the service sends a claims challenge.

    Args:
        credential: of azure-identity, synchronous or asynchronous; a synchronous one runs in a thread.
    """

    def __init__(self, credential: "TokenCredential | AsyncTokenCredential") -> None:
        self._credential = credential
        self._token: AccessToken | None = None
        self._refresh_at = 0.0
        self._lock = asyncio.Lock()

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **options: Any,
    ) -> "AccessToken":
        """Get a token that is valid for some time.

        Raises:
            AuthenticationFailed: the credential gave none, and the last one has expired.
        """
        async with self._lock:
            if self._token is not None and not claims and time.time() < self._refresh_at:
                return self._token
            try:
                options.update(claims=claims, tenant_id=tenant_id, enable_cae=enable_cae)
                self._token = await self._fetch(*scopes, **options)
            except Exception as error:
                if self._token is not None and not claims and time.time() < self._token.expires_on:
                    return self._token
                raise AuthenticationFailed(f"the credential gave no token: {error}") from error
            lifetime = self._token.expires_on - time.time()
            self._refresh_at = self._token.expires_on - min(_REFRESH_BEFORE_EXPIRY, lifetime / 5)
            return self._token

    def forget(self, rejected: int) -> None:
        """Ask the credential again next time, unless another request has done so meanwhile.

        Args:
            rejected: fingerprint of the token that the service does not take.
        """
        if self._token is not None and _fingerprint(self._token.token) == rejected:
            self._token = None

    async def close(self) -> None:
        """Do nothing: the credential belongs to the caller."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()

    async def _fetch(self, *scopes: str, **options: Any) -> "AccessToken":
        get_token: Callable[..., Any] = self._credential.get_token
        is_async = bool(inspect.iscoroutinefunction(get_token))
        found: Any = (
            get_token(*scopes, **options) if is_async else await asyncio.to_thread(get_token, *scopes, **options)
        )
        token: AccessToken = await found if inspect.isawaitable(found) else found
        return token


class OriginAuthenticationProvider(AuthenticationProvider):
    """Puts a bearer token on requests to one origin, and refuses every other.

    Args:
        credential: where tokens come from.
        origin: the only one that may see them.
        scope: what the token is for, such as `https://graph.microsoft.com/.default`.
    """

    def __init__(self, credential: "TokenCredential | AsyncTokenCredential", origin: Origin, scope: str) -> None:
        self._credential = CachedCredential(credential)
        self._origin = origin
        self._scope = scope
        self._tokens: AzureIdentityAccessTokenProvider | None = None

    async def authenticate_request(
        self, request: RequestInformation, additional_authentication_context: Mapping[str, Any] | None = None
    ) -> None:
        """Put the token on a request.

        Raises:
            LinkRefused: the request goes to another origin.
            AuthenticationFailed: the credential gave no token.
        """
        url = request.url
        if Origin.of(url) != self._origin:
            raise LinkRefused(
                f"{without_query(url)} is not on {self._origin.scheme}://{self._origin.host}, the only place that may "
                "see the token"
            )
        try:
            context = dict(additional_authentication_context or {})
            token = await self._provider().get_authorization_token(url, context)
        except ValueError as error:  # Kiota decodes the claims of a challenge, which the service may have garbled
            raise AuthenticationFailed(f"the claims challenge is none: {error}") from error
        if not token:
            raise AuthenticationFailed("the credential gave no token")
        request.headers.remove("Authorization")
        request.headers.add("Authorization", f"Bearer {token}")

    def forget(self, rejected: int) -> None:
        """Ask the credential again for the next request: the service does not take the token of that fingerprint."""
        self._credential.forget(rejected)

    def _provider(self) -> "AzureIdentityAccessTokenProvider":
        if self._tokens is None:
            # Imported with the first request: azure.core takes a tenth of the time that kiota_http takes.
            from kiota_authentication_azure.azure_identity_access_token_provider import (  # noqa: PLC0415
                AzureIdentityAccessTokenProvider,
            )

            self._tokens = AzureIdentityAccessTokenProvider(
                self._credential, options=None, scopes=[self._scope], allowed_hosts=[self._origin.host]
            )
        return self._tokens


def fingerprint(request: RequestInformation) -> int:
    """Tell tokens of requests apart without holding one, because error collectors show local variables."""
    return hash(tuple(request.headers.get("Authorization")))


def _fingerprint(token: str) -> int:
    return hash((f"Bearer {token}",))
