"""The call that asks a credential for a token."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.credentials_async import AsyncTokenCredential


def token_call(
    credential: "TokenCredential | AsyncTokenCredential",
    scopes: tuple[str, ...],
    claims: str | None,
    *,
    enable_cae: bool,
) -> Callable[[], Any]:
    """Return the call that asks a credential for a token.

    Args:
        credential: an azure-identity credential, synchronous or asynchronous.
        scopes: of the token.
        claims: the claims that the token must have, as JSON.
        enable_cae: whether the token may be revoked before it expires (continuous access evaluation).
    """
    # Only the newer method tells when to replace the token, which can be half a day before it expires.
    get_token_info: Callable[..., Any] | None = getattr(credential, "get_token_info", None)
    if get_token_info is not None:
        options = {"enable_cae": enable_cae} | ({"claims": claims} if claims else {})
        return partial(get_token_info, *scopes, options=options)
    return partial(credential.get_token, *scopes, claims=claims, tenant_id=None, enable_cae=enable_cae)
