"""The bearer token: fetched from an azure-identity credential, kept until it ages, sent to one origin only."""

import asyncio
import base64
import inspect
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.errors import AuthenticationFailed, LinkRefused
from graph_meetings_runtime.origin import Origin

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential
    from azure.core.credentials_async import AsyncTokenCredential

_REFRESH_BEFORE_EXPIRY = 300.0
# RFC 6750, section 2.1. Anything else ends in an error of a library beneath, which quotes it.
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


class CachedCredential:
    """A credential that is asked again only when its token ages or the service sends a claims challenge.

    Args:
        credential: of azure-identity, synchronous or asynchronous; a synchronous one runs in a thread.
        scope: what the token is for, such as `https://graph.microsoft.com/.default`.
    """

    def __init__(self, credential: "TokenCredential | AsyncTokenCredential", scope: str) -> None:
        self._credential = credential
        self._scope = scope
        self._token: AccessToken | None = None
        self._refresh_at = 0.0
        self._lock = asyncio.Lock()

    async def get_token(self, claims: str | None = None) -> "AccessToken":
        """Get a token that is valid for some time.

        Args:
            claims: of a challenge, as JSON; the credential is asked for a token that has them.

        Raises:
            AuthenticationFailed: the credential gave none, and the last one has expired.
        """
        async with self._lock:
            if self._token is not None and not claims and time.time() < self._refresh_at:
                return self._token
            try:
                self._token = await self._fetch(claims)
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

    async def _fetch(self, claims: str | None) -> "AccessToken":
        get_token: Callable[..., Any] = self._credential.get_token
        call = partial(get_token, self._scope, claims=claims, tenant_id=None, enable_cae=True)
        found: Any = call() if inspect.iscoroutinefunction(get_token) else await asyncio.to_thread(call)
        token: AccessToken = await found if inspect.isawaitable(found) else found
        return token


class OriginAuthenticationProvider(AuthenticationProvider):
    """Puts a bearer token on requests to one origin, and refuses every other.

    Not by way of Kiota's provider for azure-identity, which took a tenth of the time of a small GET and imports more.

    Args:
        credential: where tokens come from.
        origin: the only one that may see them.
        scope: what the token is for, such as `https://graph.microsoft.com/.default`.
    """

    def __init__(self, credential: "TokenCredential | AsyncTokenCredential", origin: Origin, scope: str) -> None:
        self._credential = CachedCredential(credential, scope)
        self._origin = origin

    async def authenticate_request(
        self, request: RequestInformation, additional_authentication_context: Mapping[str, Any] | None = None
    ) -> None:
        """Put the token on a request; Kiota's interface.

        Raises:
            LinkRefused: the request goes to another origin.
            AuthenticationFailed: the credential gave no token.
        """
        await self.authenticate(request, request.url, (additional_authentication_context or {}).get("claims"))

    async def authenticate(self, request: RequestInformation, url: str, challenge: str | None = None) -> None:
        """Put the token on a request.

        Args:
            request: gets the header.
            url: of the request.
            challenge: the claims that the service wants, in base64.

        Raises:
            LinkRefused: the request goes to another origin.
            AuthenticationFailed: the credential gave no token.
        """
        self._refuse_elsewhere(url)
        found = await self._credential.get_token(_claims(challenge) if challenge else None)
        token: str = found.token
        del found  # error collectors show local variables
        if not _TOKEN.fullmatch(token):
            is_empty = not token
            del token
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


def _claims(challenge: str) -> str:
    try:
        return base64.b64decode(challenge).decode()
    except ValueError as error:  # the service may have garbled them
        raise AuthenticationFailed(f"the claims challenge is none: {error}") from error


def fingerprint(authorization: str) -> int:
    """Tell `Authorization` headers apart without holding one, because error collectors show local variables."""
    return hash(authorization)
