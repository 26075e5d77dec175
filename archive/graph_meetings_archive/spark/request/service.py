"""The client of a task. It is created where it is used, because credentials are never sent."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import ClientAuthenticationError

from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.spark.request.options import CLOUDS, OptionError, Options
from graph_meetings_archive.token_facts import facts_of

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


def open_client(options: Options, *, shares: int = 1) -> GraphMeetingsClient:
    """Return a client with its own credential.

    Args:
        options: of the read.
        shares: the number of equal shares into which concurrency and rate are divided.

    Raises:
        OptionError: the credential cannot be created, or the base URL is malformed.
    """
    try:
        return GraphMeetingsClient(
            credential_of(options),
            cloud=CLOUDS[options.cloud],
            base_url=options.base_url,
            concurrency=threads_of(options, shares),
            rate=None if options.rate is None else options.rate / shares,
        )
    except ValueError as error:
        raise OptionError(f"option 'base_url': {error}") from None


def require_token(options: Options) -> None:
    """Check on the driver that there is a credential, instead of letting every task fail.

    Raises:
        OptionError: it cannot be created, or returns no token.
    """
    credential = credential_of(options)
    try:
        credential.get_token(CLOUDS[options.cloud].scope)
    except ClientAuthenticationError as error:
        raise OptionError(f"option 'credential': {options.credential} returned no token: {error.message}") from error


def tenant_of(options: Options) -> str | None:
    """Return the id of the credential's tenant, or `None` if its tokens do not name it.

    Raises:
        AuthenticationFailed: there is no token.
    """
    facts = facts_of(credential_of(options), CLOUDS[options.cloud].scope)
    return None if facts is None else facts.tenant


def threads_of(options: Options, shares: int) -> int:
    """Return the concurrency of one of several equal shares."""
    return max(1, options.concurrency // shares)


def credential_of(options: Options) -> "TokenCredential":
    """Call the function that the option `credential` names.

    Raises:
        OptionError: there is no such function, or it returns no credential.
    """
    module, _, name = options.credential.rpartition(".")
    try:
        factory: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise OptionError(
            f"option 'credential': {options.credential} cannot be imported ({error}); install its package on every "
            "node of the cluster"
        ) from error
    credential: TokenCredential = factory()
    if not callable(getattr(credential, "get_token", None)):
        raise OptionError(
            f"option 'credential': {options.credential}() returned {type(credential).__name__}, which has no get_token"
        )
    return credential
