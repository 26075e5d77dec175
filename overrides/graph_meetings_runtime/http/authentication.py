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
from graph_meetings_runtime.json_codec import decode_json
from graph_meetings_runtime.origin import Origin

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, AccessTokenInfo, TokenCredential
    from azure.core.credentials_async import AsyncTokenCredential

_REFRESH_BEFORE_EXPIRY: Final = 300.0
_PAUSE_AFTER_FAILURE: Final = 30.0
# RFC 6750, section 2.1. A library beneath would quote anything else in an error.
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
# RFC 9110, section 11: `Scheme name=value, name="value", Scheme …`.
_CHALLENGE_PART: Final = (
    r"""(?P<name>[\w!#$%&'*+.^`|~-]+) (?: \s*=\s* (?: "(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<plain>[^\s,"]+) ) )?"""
)
_LONGEST_CHALLENGE: Final = 1 << 16


class CachedCredential:
    """A credential that is asked again only when its token ages or the service sends a claims challenge.

    Args:
        credential: of azure-identity, synchronous or asynchronous; a synchronous one runs in a thread.
        scopes: what the token is for, such as `https://graph.microsoft.com/.default`.
        enable_cae: whether the token may be revoked before it expires (continuous access evaluation).
    """

    def __init__(
        self, credential: "TokenCredential | AsyncTokenCredential", scopes: tuple[str, ...], *, enable_cae: bool = True
    ) -> None:
        self._credential = credential
        self._scopes = scopes
        self._enable_cae = enable_cae
        self._token: AccessToken | AccessTokenInfo | None = None
        self._refresh_at = 0.0
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def get_token(self, claims: str | None = None) -> "AccessToken | AccessTokenInfo":
        """Return a token that is valid for some time.

        Args:
            claims: of a challenge, as JSON; the credential is asked for a token that has them.

        Raises:
            AuthenticationFailed: the credential returned no token, and the last one has expired.
        """
        async with self._lock_here():
            if self._token is not None and not claims and time.time() < self._refresh_at:
                return self._token
            try:
                self._token = await self._fetch(claims)
            except Exception as error:  # noqa: BLE001  credentials raise what they like
                if self._token is not None and not claims and time.time() < self._token.expires_on:
                    self._refresh_at = time.time() + _PAUSE_AFTER_FAILURE
                    return self._token
                # Its message says the same, and Azure's traceback is longer than what is to be read.
                raise AuthenticationFailed(f"the credential returned no token: {error}") from None
            self._refresh_at = _refresh_time(self._token)
            return self._token

    def forget(self, rejected: int) -> None:
        """Ask the credential again next time, unless another request has done so meanwhile.

        Args:
            rejected: fingerprint of the token that the service rejected.
        """
        if self._token is not None and fingerprint(f"Bearer {self._token.token}") == rejected:
            self._token = None

    def _lock_here(self) -> asyncio.Lock:
        """Return the lock of this event loop: once waited for, a lock belongs to the loop that it was waited for in."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._lock = loop, asyncio.Lock()
        return self._lock

    async def _fetch(self, claims: str | None) -> "AccessToken | AccessTokenInfo":
        # Only the newer method says when the token should be replaced, which can be half a day before it expires.
        get_token: Callable[..., Any] | None = getattr(self._credential, "get_token_info", None)
        if get_token is not None:
            options = {"enable_cae": self._enable_cae} | ({"claims": claims} if claims else {})
            call = partial(get_token, *self._scopes, options=options)
        else:
            get_token = self._credential.get_token
            call = partial(get_token, *self._scopes, claims=claims, tenant_id=None, enable_cae=self._enable_cae)
        found: Any = call() if inspect.iscoroutinefunction(get_token) else await asyncio.to_thread(call)
        token: AccessToken | AccessTokenInfo = await found if inspect.isawaitable(found) else found
        return token


def _refresh_time(token: "AccessToken | AccessTokenInfo") -> float:
    """Return when to ask for another token: when the login service says, at the latest some time before it expires."""
    now = time.time()
    latest = token.expires_on - min(_REFRESH_BEFORE_EXPIRY, (token.expires_on - now) / 5)
    refresh_on: float | None = getattr(token, "refresh_on", None)
    if refresh_on is None:
        return latest
    # Already past, it was asked for in vain: azure-identity then returns the token that it had.
    return min(latest, refresh_on if refresh_on > now else now + _PAUSE_AFTER_FAILURE)


class OriginAuthenticationProvider(AuthenticationProvider):
    """Adds a bearer token to requests to one origin, and refuses every other.

    Kiota's provider for azure-identity took a tenth of the time of a small GET and imports more.

    Args:
        credential: where tokens come from.
        origin: the only one that may see them.
        scopes: what the token is for, such as `https://graph.microsoft.com/.default`.
        enable_cae: whether the token may be revoked before it expires (continuous access evaluation).
    """

    def __init__(
        self,
        credential: "TokenCredential | AsyncTokenCredential",
        origin: Origin,
        scopes: tuple[str, ...],
        *,
        enable_cae: bool = True,
    ) -> None:
        self._credential = CachedCredential(credential, scopes, enable_cae=enable_cae)
        self.origin = origin

    async def authenticate_request(
        self, request: RequestInformation, additional_authentication_context: Mapping[str, Any] | None = None
    ) -> None:
        """Add the token to a request; Kiota's interface, where `claims` are in base64.

        Raises:
            LinkRefused: the request goes to another origin.
            AuthenticationFailed: the credential returned no token.
            ValueError: malformed claims.
        """
        encoded = (additional_authentication_context or {}).get("claims")
        await self.authenticate(request, request.url, decode_claims(encoded) if encoded else None)

    async def authenticate(self, request: RequestInformation, url: str, claims: str | None = None) -> None:
        """Add the token to a request.

        Args:
            request: gets the header.
            url: of the request.
            claims: that the service asks for, as JSON.

        Raises:
            LinkRefused: the request goes to another origin.
            AuthenticationFailed: the credential returned no token.
        """
        self._refuse_elsewhere(url)
        found = await self._credential.get_token(claims)
        token: str = found.token
        del found  # error collectors show local variables
        if not _TOKEN.fullmatch(token):
            is_empty = not token
            del token
            raise AuthenticationFailed(
                "the credential returned an empty token"
                if is_empty
                else "the credential returned a malformed token: it has characters that RFC 6750 does not allow"
            )
        request.headers.remove("Authorization")
        request.headers.add("Authorization", f"Bearer {token}")

    def forget(self, rejected: int) -> None:
        """Ask the credential again for the next request: the service rejected the token of that fingerprint."""
        self._credential.forget(rejected)

    def _refuse_elsewhere(self, url: str) -> None:
        try:
            origin = Origin.of(url)
        except ValueError as error:
            raise LinkRefused(f"only {self.origin} may see the token; {error}") from None
        if origin != self.origin:
            raise LinkRefused(f"only {self.origin} may see the token, not {origin}")


def claims_challenge(www_authenticate: str) -> str | None:
    """Return the claims, as JSON, that a `WWW-Authenticate` header asks for, `None` where it asks for none.

    The header may hold several challenges; only `Bearer` ones count.

    Raises:
        ValueError: malformed claims.

    Source: https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    is_bearer = False
    for part in re.finditer(_CHALLENGE_PART, www_authenticate[:_LONGEST_CHALLENGE], re.ASCII | re.VERBOSE):
        name = part["name"].lower()
        value = part["plain"] if part["quoted"] is None else re.sub(r"\\(.)", r"\1", part["quoted"])
        if value is None:
            is_bearer = name == "bearer"
        elif is_bearer and name == "claims":
            return decode_claims(value)
    return None


def decode_claims(encoded: str) -> str:
    """Decode the claims of a challenge: JSON in base64 of either alphabet, with or without padding.

    Raises:
        ValueError: malformed claims.
    """
    try:
        padded = encoded.translate({ord("-"): "+", ord("_"): "/"}).rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4)
        claims = base64.b64decode(padded, validate=True).decode()
        is_object = isinstance(decode_json(claims.encode()), dict)
    except ValueError:
        is_object, claims = False, ""
    if not is_object:
        raise ValueError("malformed claims challenge")
    return claims


def fingerprint(authorization: str) -> int:
    """Tell `Authorization` headers apart without keeping one, because error collectors show local variables."""
    return hash(authorization)
