"""The receiver as an ASGI application, without any framework.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeAlias

from graph_meetings_notifications.receiving.answer import MALFORMED, TOO_LARGE, Answer

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Accept: TypeAlias = Callable[[bytes, bytes, Mapping[str, str]], Answer]

_SECONDS_FOR_BODY: Final = 10.0
_THREADS: Final = 4
_NOT_ALLOWED: Final = Answer(405, b"", {"Allow": "POST"})


class AsgiApp:
    """An ASGI application that answers each POST, on every path.

    Args:
        accept: called with the query, the body and the headers, in a thread.
        max_body_bytes: the largest body that is read.
    """

    def __init__(self, accept: Accept, max_body_bytes: int) -> None:
        self._accept = accept
        self._max_body_bytes = max_body_bytes
        # Separate threads, so that handlers that block those of the event loop do not delay responses.
        self._threads = ThreadPoolExecutor(_THREADS, "graph-meetings-notifications")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Respond to one request, or take part in the startup and shutdown of a server."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            answer = await self._answer(scope, receive)
            if answer is not None:
                await _send(answer, send)
        else:
            raise RuntimeError(f"this application speaks HTTP only, not {scope['type']}")

    async def _answer(self, scope: Message, receive: Receive) -> Answer | None:
        """Return the response, or `None` if the client has gone."""
        if scope["method"] != "POST":
            return _NOT_ALLOWED
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length[:20]) > self._max_body_bytes:
            return TOO_LARGE
        try:
            async with asyncio.timeout(_SECONDS_FOR_BODY):
                body = await self._body(receive)
        except TimeoutError:
            return MALFORMED
        if body is None:
            return None
        if len(body) > self._max_body_bytes:
            return TOO_LARGE
        call = partial(self._accept, bytes(scope["query_string"]), bytes(body), headers)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def _body(self, receive: Receive) -> bytearray | None:
        """Return the body, cut off soon after the limit, or `None` if the client has gone."""
        body = bytearray()
        while len(body) <= self._max_body_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        return body


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _send(answer: Answer, send: Send) -> None:
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
