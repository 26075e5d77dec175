"""Replies over ASGI: small ones in one piece, streams block by block until the client goes away."""

import asyncio

from starlette.types import Receive, Send

from graph_meetings_emulator.messages import MediaRange, Reply, encoded


async def transmit(reply: Reply, receive: Receive, send: Send) -> None:
    """Send a reply.

    A reply that is to be cut ends without its last bytes; uvicorn then closes the connection.
    """
    length = len(reply.body) if reply.media is None else reply.media.stop - reply.media.start
    headers = [*reply.headers, encoded("content-length", str(length))]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if reply.media is None:
        await send({"type": "http.response.body", "body": reply.body})
    else:
        await _stream(reply.media, reply.cut_after, receive, send)


async def _stream(media: MediaRange, cut_after: int | None, receive: Receive, send: Send) -> None:
    # Without this, sending to a client that is gone would go on to the end: uvicorn takes the bytes and drops them.
    gone = asyncio.create_task(_disconnected(receive))
    is_cut = cut_after is not None and cut_after < media.stop - media.start
    stop = media.start + cut_after if is_cut and cut_after is not None else media.stop
    try:
        for chunk in media.media.chunks(media.start, stop):
            if gone.done():
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await asyncio.sleep(0)
        if not is_cut:
            await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
