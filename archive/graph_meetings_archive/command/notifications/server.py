"""The endpoint for notifications: uvicorn in a separate thread, so that nothing delays its responses."""

import asyncio
import re
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_notifications import Receiver
from graph_meetings_runtime.asynchronous.threads import outcome_of

_ADDRESS: Final = re.compile(r"(?:(?P<host>\[[0-9a-fA-F:]+\]|[^\s:\[\]]+):)?(?P<port>\d{1,5})", re.ASCII)
_LARGEST_PORT: Final = 65_535
_SECONDS_TO_STOP: Final = 5


def bind(address: str) -> socket.socket:
    """Start listening. Clients that connect before the server has started wait.

    Args:
        address: host and port, or a port of this machine's loopback address.

    Raises:
        CommandFailed: it is not an address, or it is not possible to listen there.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None or int(match["port"]) > _LARGEST_PORT:
        raise CommandFailed(f"--listen: {address!r} is not an address", hint="write 127.0.0.1:8000")
    host = (match["host"] or "127.0.0.1").strip("[]")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, int(match["port"])), family=family)
    except OSError as error:
        raise CommandFailed(
            f"--listen: cannot listen on {address}: {error.strerror}", hint="choose another port", status=1
        ) from None


@asynccontextmanager
async def serving(receiver: Receiver, listener: socket.socket) -> AsyncGenerator[None]:
    """Serve for the duration of the block.

    Raises:
        CommandFailed: the server does not start.
    """
    try:
        import uvicorn  # noqa: PLC0415  it needs an extra
    except ModuleNotFoundError:
        raise CommandFailed(
            "watch needs a server", hint="pip install 'graph-meetings[archive,notifications]'"
        ) from None
    server = uvicorn.Server(
        uvicorn.Config(
            receiver.asgi(),
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=_SECONDS_TO_STOP,
        )
    )
    # Not in the main thread, where uvicorn would handle Ctrl-C.
    running = asyncio.get_running_loop().run_in_executor(None, server.run, [listener])
    try:
        yield
    finally:
        server.should_exit = True
        await outcome_of(running)
