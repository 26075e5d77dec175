"""The client that a command uses, and the credential behind it."""

import logging
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph_meetings import GraphMeetingsClient as AsyncClient
from graph_meetings.blocking import Cloud, GraphMeetingsClient
from graph_meetings_archive.command.service.emulated import EmulatedService, emulated_service
from graph_meetings_archive.command.service.sign_in import sign_in
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.options import CloudName, Connection, LogLevel

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_CLOUDS: Final[dict[CloudName, Cloud]] = {
    "global": Cloud.GLOBAL,
    "us-gov-l4": Cloud.US_GOV_L4,
    "us-gov-l5": Cloud.US_GOV_L5,
    "china": Cloud.CHINA,
}


@dataclass(frozen=True)
class Service:
    """A service that is being asked.

    Args:
        graph: the client.
        credential: that it uses.
        scope: what tokens are for.
    """

    graph: GraphMeetingsClient
    credential: "TokenCredential"
    scope: str


@dataclass(frozen=True)
class AsyncService:
    """A service that is being asked with asyncio.

    Args:
        graph: the client.
        credential: that it uses.
        cloud: of the tenant.
        emulated: the made-up service, if it is one.
    """

    graph: AsyncClient
    credential: "TokenCredential"
    cloud: Cloud
    emulated: EmulatedService | None = None


@contextmanager
def open_client(connection: Connection) -> Generator[GraphMeetingsClient]:
    """Open a client for the duration of the block.

    Raises:
        CommandFailed: the options do not fit together.
    """
    with open_service(connection) as service:
        yield service.graph


@contextmanager
def open_service(connection: Connection) -> Generator[Service]:
    """Open a client for the duration of the block, and say which credential it uses.

    Raises:
        CommandFailed: the options do not fit together.
    """
    _log(connection.log_level)
    cloud = _CLOUDS[connection.cloud]
    if connection.emulator:
        with (
            emulated_service(connection.base_url) as emulated,
            _client(emulated.credential, cloud, emulated.base_url) as graph,
        ):
            yield Service(graph, emulated.credential, cloud.scope)
        return
    credential = sign_in(connection, cloud.authority)
    with _client(credential, cloud, connection.base_url) as graph:
        yield Service(graph, credential, cloud.scope)


@asynccontextmanager
async def open_async_client(connection: Connection) -> AsyncGenerator[AsyncClient]:
    """Open a client for asyncio for the duration of the block.

    Raises:
        CommandFailed: the options do not fit together.
    """
    async with open_async_service(connection) as service:
        yield service.graph


@asynccontextmanager
async def open_async_service(connection: Connection) -> AsyncGenerator[AsyncService]:
    """Open a client for asyncio for the duration of the block, and say which service it asks.

    Raises:
        CommandFailed: the options do not fit together.
    """
    _log(connection.log_level)
    cloud = _CLOUDS[connection.cloud]
    if connection.emulator:
        with emulated_service(connection.base_url) as emulated:
            async with _async_client(emulated.credential, cloud, emulated.base_url) as graph:
                yield AsyncService(graph, emulated.credential, cloud, emulated)
        return
    credential = sign_in(connection, cloud.authority)
    async with _async_client(credential, cloud, connection.base_url) as graph:
        yield AsyncService(graph, credential, cloud)


def _async_client(credential: "TokenCredential", cloud: Cloud, base_url: str | None) -> AsyncClient:
    try:
        return AsyncClient(credential, cloud=cloud, base_url=base_url)
    except ValueError as error:
        raise CommandFailed(f"--base-url: {error}") from None


def _log(level: LogLevel) -> None:
    # DEBUG is for our own logger, of which we know that it shows nothing secret.
    others = "INFO" if level == "debug" else level.upper()
    logging.basicConfig(level=others, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("graph_meetings").setLevel(level.upper())
    if level == "warning":  # it warns of each way to sign in that is not set up, and then fails with the same words
        logging.getLogger("azure").setLevel(logging.ERROR)


def _client(credential: "TokenCredential", cloud: Cloud, base_url: str | None) -> GraphMeetingsClient:
    try:
        return GraphMeetingsClient(credential, cloud=cloud, base_url=base_url)
    except ValueError as error:
        raise CommandFailed(f"--base-url: {error}") from None
