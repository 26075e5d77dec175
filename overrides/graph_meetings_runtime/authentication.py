"""The bearer token: fetched from an azure-identity credential, kept until it ages, sent to one origin only."""

import asyncio
import inspect
import re
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.errors import AuthenticationFailed, LinkRefused
from graph_meetings_runtime.origin import Origin

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential
    from azure.core.credentials_async import AsyncTokenCredential
    from kiota_authentication_azure.azure_identity_access_token_provider import AzureIdentityAccessTokenProvider

_REFRESH_BEFORE_EXPIRY = 300.0
# RFC 6750, section 2.1. Anything else ends in an error of a library beneath, which quotes it.
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


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
        if self._token is not None and fingerprint(f"Bearer {self._token.token}") == rejected:
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
        self._refuse_elsewhere(url)
        try:
            context = dict(additional_authentication_context or {})
            token = await self._provider().get_authorization_token(url, context)
        except ValueError as error:  # Kiota decodes the claims of a challenge, which the service may have garbled
            raise AuthenticationFailed(f"the claims challenge is none: {error}") from error
        if not _TOKEN.fullmatch(token):
            is_empty = not token
            del token  # error collectors show local variables
            reason = "no token" if is_empty else "what is no bearer token: it has other characters than RFC 6750 allows"
            raise AuthenticationFailed(f"the credential gave {reason}")
        request.headers.remove("Authorization")
        request.headers.add("Authorization", f"Bearer {token}")

    def forget(self, rejected: int) -> None:
        """Ask the credential again for the next request: the service does not take the token of that fingerprint."""
        self._credential.forget(rejected)

    def _refuse_elsewhere(self, url: str) -> None:
        try:
            origin = Origin.of(url)
        except ValueError as error:
            raise LinkRefused(f"the request has no URL that may see the token: {error}") from None
        if origin != self._origin:
            raise LinkRefused(f"{origin} is not {self._origin}, the only place that may see the token")

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


def fingerprint(authorization: str) -> int:
    """Tell `Authorization` headers apart without holding one, because error collectors show local variables."""
    return hash(authorization)
