"""What a token says about itself. It is not verified, which is up to the service, and never shown."""

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from graph_meetings_runtime.errors import AuthenticationFailed
from graph_meetings_runtime.log import printable

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_PARTS: Final = 3
"""Of a signed token: header, claims, signature."""


class TokenFacts(Struct, frozen=True):
    """What a token says about itself.

    Args:
        tenant: the id of the tenant.
        app: the id of the app registration.
        app_name: the name of the app registration.
        user: who is signed in; `None` for an app on its own.
        is_app: whether it acts for an app on its own.
        permissions: application permissions of an app, delegated ones of a user.
        expires: when it ends, in UTC.
    """

    tenant: str | None
    app: str | None
    app_name: str | None
    user: str | None
    is_app: bool
    permissions: frozenset[str]
    expires: datetime | None


class _Claims(Struct, frozen=True):
    tid: str | None = None
    appid: str | None = None
    azp: str | None = None
    app_displayname: str | None = None
    upn: str | None = None
    preferred_username: str | None = None
    unique_name: str | None = None
    oid: str | None = None
    roles: tuple[str, ...] = ()
    scp: str | None = None
    exp: int | None = None


def facts_of(credential: "TokenCredential", scope: str) -> TokenFacts | None:
    """Return what a credential's token says; `None` if it is not readable.

    Raises:
        AuthenticationFailed: there is no token.
    """
    from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415  known once a credential was made

    try:
        return read_token(credential.get_token(scope).token)
    except ClientAuthenticationError as error:
        raise AuthenticationFailed(f"the credential returned no token: {error.message}") from None


def read_token(token: str) -> TokenFacts | None:
    """Return what a token says; `None` if it is not readable, which is up to the service."""
    claims = _claims(token)
    if claims is None:
        return None
    is_app = claims.scp is None
    user = claims.upn or claims.preferred_username or claims.unique_name or claims.oid
    return TokenFacts(
        tenant=_shown(claims.tid),
        app=_shown(claims.appid or claims.azp),
        app_name=_shown(claims.app_displayname),
        user=None if is_app else _shown(user),
        is_app=is_app,
        permissions=frozenset(claims.roles if claims.scp is None else claims.scp.split()),
        expires=_moment(claims.exp),
    )


def _claims(token: str) -> _Claims | None:
    parts = token.split(".")
    if len(parts) != _PARTS:
        return None
    payload = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(payload), type=_Claims)
    except ValueError:
        return None


def _shown(text: str | None) -> str | None:
    return printable(text) if text else None


def _moment(seconds: int | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
