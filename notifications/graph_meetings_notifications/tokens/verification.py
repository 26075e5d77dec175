"""Validation tokens: each certifies that the service sent a batch to one application, about one tenant.

Source: https://learn.microsoft.com/graph/change-notifications-with-resource-data#validation-tokens
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

import jwt
from msgspec import Struct

from graph_meetings_notifications.errors import TokenRefused
from graph_meetings_notifications.tokens.remembered import SignedClaims
from graph_meetings_notifications.tokens.signing_keys import SigningKeys
from graph_meetings_runtime import Cloud

PUBLISHER: Final = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""The id of the application that sends change notifications."""

MAX_TOKEN_CHARACTERS: Final = 16 << 10
MAX_TOKENS: Final = 1_000

# The claim that names the sender, and the issuers, of tokens in version 1.0 and in version 2.0.
_WINDOWS: Final = ("https://sts.windows.net/{}/",)
_ISSUERS: Final[Mapping[Cloud, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        Cloud.GLOBAL: {"appid": _WINDOWS, "azp": ("https://login.microsoftonline.com/{}/v2.0",)},
        Cloud.US_GOV_L4: {"appid": _WINDOWS, "azp": ("https://login.microsoftonline.us/{}/v2.0",)},
        Cloud.US_GOV_L5: {"appid": _WINDOWS, "azp": ("https://login.microsoftonline.us/{}/v2.0",)},
        Cloud.CHINA: {
            "appid": ("https://sts.chinacloudapi.cn/{}/",),
            "azp": ("https://login.partner.microsoftonline.cn/{}/v2.0", "https://login.chinacloudapi.cn/{}/v2.0"),
        },
    }
)
_REQUIRED: Final = ("exp", "aud", "iss", "tid")
_MALFORMED: Final = (jwt.PyJWTError, ValueError, TypeError, LookupError, RecursionError)


class VerifiedToken(Struct, frozen=True):
    """The claims of a validation token.

    Args:
        app_id: of the application that the notifications are for, in lower case.
        tenant_id: of the tenant that they are about, in lower case.
    """

    app_id: str
    tenant_id: str


def verify_tokens(
    tokens: Iterable[object],
    signing_keys: SigningKeys,
    *,
    app_ids: Collection[str],
    tenants: Collection[str] | None = None,
    leeway: timedelta = timedelta(minutes=5),
) -> tuple[VerifiedToken, ...]:
    """Verify the validation tokens of a batch. If one of them is invalid, all of them are refused.

    Args:
        tokens: the `validationTokens` of a batch, as decoded from JSON.
        signing_keys: the keys of the cloud that sends the notifications.
        app_ids: ids of your applications; a token must be for one of them.
        tenants: ids of the tenants that you serve; `None` for any, if your application is open to all tenants.
        leeway: how much your clock may differ from the service's.

    Returns:
        The claims of each token. Accept a notification only if one of them names its tenant.

    Raises:
        TokenRefused: a token is malformed, expired, for another application or tenant, or from another sender.
        SigningKeysUnavailable: the keys cannot be fetched, so no token can be verified.

    Source: https://learn.microsoft.com/graph/change-notifications-with-resource-data#validation-tokens
    """
    given = list(tokens)
    if len(given) > MAX_TOKENS:
        raise TokenRefused(f"the batch has more than {MAX_TOKENS} validation tokens")
    apps = frozenset(map(str.lower, app_ids))
    allowed = None if tenants is None else frozenset(map(str.lower, tenants))
    return tuple(_verified(token, signing_keys, apps, allowed, leeway) for token in given)


def _verified(
    token: object,
    signing_keys: SigningKeys,
    app_ids: frozenset[str],
    tenants: frozenset[str] | None,
    leeway: timedelta,
) -> VerifiedToken:
    claims = _claims(token, signing_keys, leeway)
    app_id, tenant_id = _text(claims, "aud"), _text(claims, "tid")
    _require_sender(claims, tenant_id, _ISSUERS[signing_keys.cloud])
    if app_id not in app_ids:
        raise TokenRefused("a validation token is for another application")
    if tenants is not None and tenant_id not in tenants:
        raise TokenRefused("a validation token is for another tenant")
    return VerifiedToken(app_id, tenant_id)


def _claims(token: object, signing_keys: SigningKeys, leeway: timedelta) -> Mapping[str, Any]:
    if not isinstance(token, str) or not token.isascii() or len(token) > MAX_TOKEN_CHARACTERS:
        raise TokenRefused("a validation token is not a text, or too long")
    known = signing_keys.remembered.find(token)
    # Only while the key is valid: if it was withdrawn, the token is verified again, and refused.
    if known is not None and signing_keys.find(known.key_id) is known.key:
        return known.claims
    key_id = _attempt(lambda: jwt.get_unverified_header(token)).get("kid")
    key = signing_keys.find(key_id) if isinstance(key_id, str) else None
    if key is None or not isinstance(key_id, str):
        raise TokenRefused("a validation token is not signed with a key of the cloud")
    # `aud` and `iss` are compared below, more strictly.
    options: Any = {"require": list(_REQUIRED), "verify_aud": False}
    # Only RS256, whatever the token says: with HS256, the public key would be the secret.
    claims = _attempt(lambda: jwt.decode(token, key, algorithms=["RS256"], options=options, leeway=leeway))
    signing_keys.remembered.add(token, SignedClaims(key_id, key, claims))
    return claims


def _attempt(decode: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    refusal = "it is malformed"
    try:
        return decode()
    except jwt.ExpiredSignatureError:
        refusal = "it has expired; is this machine's clock right?"
    except jwt.ImmatureSignatureError:
        refusal = "it is not valid yet; is this machine's clock right?"
    except jwt.InvalidSignatureError:
        refusal = "its signature is wrong"
    except _MALFORMED:
        pass
    # Outside the handler, because PyJWT's errors can quote the token.
    raise TokenRefused(f"a validation token is refused: {refusal}")


def _require_sender(claims: Mapping[str, Any], tenant_id: str, issuers: Mapping[str, tuple[str, ...]]) -> None:
    issuer = _text(claims, "iss")
    for claim, forms in issuers.items():
        if issuer in {form.format(tenant_id) for form in forms}:
            if _text(claims, claim) == PUBLISHER:
                return
            raise TokenRefused("a validation token was not made for the service that sends notifications")
    raise TokenRefused("a validation token has an issuer other than its tenant in this cloud")


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim in lower case. All claims that are compared are ids, or URLs of ids."""
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise TokenRefused(f"a validation token has no {name}")
    return value.lower()
