"""The application that notifications are for."""

import re
from dataclasses import dataclass
from typing import Final

from graph_meetings_archive.command.service.client import AsyncService
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.options import Connection
from graph_meetings_archive.token_facts import facts_of

_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Application:
    """The application that signs in; validation tokens must be for it.

    Args:
        id: of the app registration.
        tenant: the id of the tenant.
    """

    id: str
    tenant: str


def application_of(connection: Connection, service: AsyncService) -> Application:
    """Return the application of a token. What the token does not say is taken from the options.

    Raises:
        CommandFailed: neither of them says.
        AuthenticationFailed: there is no token.
    """
    facts = facts_of(service.credential, service.cloud.scope)
    if service.emulated is not None:
        app: str | None = service.emulated.app_id
    else:
        app = (facts and facts.app) or connection.client_id
    tenant = (facts and facts.tenant) or connection.tenant
    if not app:
        raise CommandFailed("the token does not name its application", hint="--client-id with its id")
    if not tenant or not _ID.fullmatch(tenant):
        raise CommandFailed("the token does not name its tenant", hint="--tenant with its id, not its domain")
    return Application(app, tenant.lower())
