# Made by codegen from overrides/graph_meetings_runtime/http/authentication.py; do not edit.
"""The bearer token: fetched from an azure-identity credential, cached, and sent to one origin only."""

import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.blocking.credentials import TokenSource
from graph_meetings_runtime.blocking.locks import Lock
from graph_meetings_runtime.errors import AuthenticationFailed, LinkRefused
from graph_meetings_runtime.http.responses.challenge import fingerprint
from graph_meetings_runtime.origin import Origin

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, AccessTokenInfo

    from graph_meetings_runtime.blocking.credentials import Credential

_REFRESH_BEFORE_EXPIRY: Final = 300.0
_PAUSE_AFTER_FAILURE: Final = 30.0
# RFC 6750, section 2.1. A library beneath would quote anything else in an error.
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
# RFC 9110, section 11: `Scheme name=value, name="value", Scheme …`.


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    """A token, the claims it was asked for with, and when to ask for another one."""

    token: "AccessToken | AccessTokenInfo"
    claims: str | None
    refresh_at: float


class CachedCredential:
    """A credential that is asked again only when its token ages or the service sends a claims challenge.

    Args:
        credential: an azure-identity credential.
        scopes: what the token is for, such as `https://graph.microsoft.com/.default`.
        enable_cae: whether the token may be revoked before it expires (continuous access evaluation).
    """

    def __init__(self, credential: "Credential", scopes: tuple[str, ...], *, enable_cae: bool = True) -> None:
        self._source = TokenSource(credential, scopes, enable_cae=enable_cae)
        self._kept: _Kept | None = None
        self._lock = Lock()

    def get_token(self, claims: str | None = None) -> "AccessToken | AccessTokenInfo":
        """Return a token that will not expire right away.

        Args:
            claims: of a challenge, as JSON. The credential is asked for a token with these claims, unless that has
                happened since the challenged token was forgotten.

        Raises:
            AuthenticationFailed: the credential returned no token, and the last one has expired, or a malformed one.
        """
        kept = self._fresh(claims)
        if kept is not None:
            return kept.token
        with self._lock.held():
            kept = self._fresh(claims) or self._renewed(claims)
            return kept.token

    def _renewed(self, claims: str | None) -> _Kept:
        last = self._kept
        try:
            token = self._source.fetch(claims)
        except Exception as error:  # noqa: BLE001  credentials raise what they like
            if last is not None and not claims and time.time() < last.token.expires_on:
                self._kept = replace(last, refresh_at=time.time() + _PAUSE_AFTER_FAILURE)
                return self._kept
            # The message says it all, and Azure's traceback is long.
            raise AuthenticationFailed(f"the credential returned no token: {error}") from None
        if problem := _problem_of(token.token):
            del token  # error collectors show local variables
            raise AuthenticationFailed(f"the credential returned {problem}")
        self._kept = _Kept(token, claims, _refresh_time(token))
        return self._kept

    def _fresh(self, claims: str | None) -> _Kept | None:
        kept = self._kept
        # When many requests are challenged at once, the first one makes the token be forgotten; the others bring the
        # same claims.
        if kept is None or (claims and claims != kept.claims) or kept.refresh_at <= time.time():
            return None
        return kept

    def forget(self, rejected: int) -> None:
        """Ask the credential again next time, unless another request has already done so.

        Args:
            rejected: fingerprint of the token that the service rejected.
        """
        kept = self._kept
        if kept is not None and fingerprint(f"Bearer {kept.token.token}") == rejected:
            self._kept = None


def _problem_of(token: str) -> str | None:
    if not token:
        return "an empty token"
    if not _TOKEN.fullmatch(token):
        return "a malformed token: it has characters that RFC 6750 does not allow"
    return None


def _refresh_time(token: "AccessToken | AccessTokenInfo") -> float:
    """Return when to fetch another token: when the login service says, or some time before this one expires."""
    now = time.time()
    latest = token.expires_on - min(_REFRESH_BEFORE_EXPIRY, (token.expires_on - now) / 5)
    refresh_on: float | None = getattr(token, "refresh_on", None)
    if refresh_on is None:
        return latest
    # If that moment is past, azure-identity has tried and failed, and returned the token that it had.
    return min(latest, refresh_on if refresh_on > now else now + _PAUSE_AFTER_FAILURE)


class OriginAuthentication:
    """Adds a bearer token to requests to one origin, and refuses all others.

    Kiota's provider for azure-identity takes a tenth of the time of a small GET, and longer to import.

    Args:
        credential: where tokens come from.
        origin: the only one that may see them.
        scopes: what the token is for, such as `https://graph.microsoft.com/.default`.
        enable_cae: whether the token may be revoked before it expires (continuous access evaluation).
    """

    def __init__(
        self,
        credential: "Credential",
        origin: Origin,
        scopes: tuple[str, ...],
        *,
        enable_cae: bool = True,
    ) -> None:
        self._credential = CachedCredential(credential, scopes, enable_cae=enable_cae)
        self.origin = origin

    def authenticate(self, request: RequestInformation, url: str, claims: str | None = None) -> None:
        """Add the token to a request.

        Args:
            request: gets the header.
            url: of the request.
            claims: the claims that the service asks for, as JSON.

        Raises:
            LinkRefused: the request goes to another origin.
            AuthenticationFailed: the credential returned no token.
        """
        self._refuse_elsewhere(url)
        token = self._credential.get_token(claims)
        request.headers.remove("Authorization")
        request.headers.add("Authorization", f"Bearer {token.token}")

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
