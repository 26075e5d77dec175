"""Send replies over ASGI: bodies in one piece, streams in blocks until the client disconnects, scripts in steps."""

import asyncio
import os
import socket
import struct
from collections.abc import Iterator
from http import HTTPStatus

from starlette.types import Receive, Scope, Send

from graph_meetings_emulator.http.messages import ByteRange, Reply, encode_header
from graph_meetings_emulator.http.script import Pause, ResetConnection, SendBody, SendHead, SendSurplus
from graph_meetings_emulator.http.server import transport_of

_RESET_SECONDS = 1
_CLOSE_SECONDS = 10
_BUFFERED = 1 << 20
_DRAIN_INTERVAL = 0.001
_RESET_ON_CLOSE = struct.pack("HH" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER on with a timeout of zero, which makes closing send a RST."""


async def transmit(reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a reply."""
    if reply.script:
        await _ScriptRun(reply, scope, receive, send).run()
        return
    await _send_head(reply, send)
    if reply.media is None:
        await send({"type": "http.response.body", "body": reply.body})
    else:
        await _stream(reply.media, receive, send)


async def _send_head(reply: Reply, send: Send) -> None:
    has_body = reply.status != HTTPStatus.NO_CONTENT
    headers = [*reply.headers, encode_header("content-length", str(reply.length))] if has_body else reply.headers
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})


async def _stream(media: ByteRange, receive: Receive, send: Send) -> None:
    # uvicorn silently drops what is sent to a disconnected client; without this, the stream would run to its end.
    disconnected = asyncio.create_task(_wait_for_disconnect(receive))
    try:
        for chunk in media.media.chunks(media.start, media.stop):
            if disconnected.done():
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b""})
    finally:
        disconnected.cancel()


class _ScriptRun:
    """Run a script; it ends early if the client disconnects."""

    def __init__(self, reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
        self._reply = reply
        self._transport = transport_of(scope)
        self._receive = receive
        self._send = send
        self._sent = 0
        self._is_started = False
        self._is_overlong = False
        self._is_raw = False

    async def run(self) -> None:
        disconnected = asyncio.create_task(_wait_for_disconnect(self._receive))
        try:
            for step in self._reply.script:
                if disconnected.done():
                    return
                match step:
                    case SendHead(framing=(str() as name, value)):
                        self._is_raw = True
                        self._transport.write(_raw_head(self._reply, name, value))
                    case SendHead():
                        self._is_started = True
                        await _send_head(self._reply, self._send)
                    case SendBody(upto):
                        await self._send_body(self._reply.length if upto is None else upto, disconnected)
                    case SendSurplus(content):
                        self._is_overlong = True
                        self._transport.write(content)
                    case Pause(seconds):
                        await asyncio.wait({disconnected}, timeout=seconds)
                    case ResetConnection():
                        await self._reset(disconnected)
            await self._end(disconnected)
        finally:
            disconnected.cancel()

    async def _end(self, disconnected: asyncio.Task[None]) -> None:
        if self._is_raw:
            await self._close(disconnected)
        elif self._is_started and self._sent == self._reply.length and not self._is_overlong:
            await self._send({"type": "http.response.body", "body": b""})

    async def _send_body(self, stop: int, disconnected: asyncio.Task[None]) -> None:
        for chunk in _body(self._reply, self._sent, stop):
            if disconnected.done():
                return
            self._sent += len(chunk)
            if self._is_raw:
                await self._write(chunk, disconnected)
            else:
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
            await asyncio.sleep(0)

    async def _write(self, chunk: bytes | memoryview, disconnected: asyncio.Task[None]) -> None:
        """Write past uvicorn, which would not send a reply that lies about its length."""
        self._transport.write(chunk)
        while self._transport.get_write_buffer_size() > _BUFFERED and not disconnected.done():
            await asyncio.wait({disconnected}, timeout=_DRAIN_INTERVAL)

    async def _close(self, disconnected: asyncio.Task[None]) -> None:
        self._transport.close()
        await asyncio.wait({disconnected}, timeout=_CLOSE_SECONDS)
        self._transport.abort()

    async def _reset(self, disconnected: asyncio.Task[None]) -> None:
        connection: socket.socket = self._transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()
        # Wait until uvicorn notices: it answers 500 for an application that returns without an answer.
        await asyncio.wait({disconnected}, timeout=_RESET_SECONDS)


def _raw_head(reply: Reply, name: str, value: str) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}".encode()]
    lines += [b"%s: %s" % header for header in [*reply.headers, encode_header(name, value)]]
    return b"\r\n".join([*lines, b"connection: close", b"", b""])


def _body(reply: Reply, start: int, stop: int) -> Iterator[bytes | memoryview]:
    if reply.media is None:
        yield reply.body[start:stop]
    else:
        media = reply.media
        yield from media.media.chunks(media.start + start, min(media.start + stop, media.stop))


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
