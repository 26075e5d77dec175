"""The receiver under servers and within frameworks, over real sockets."""

import asyncio
import contextlib
import json
import socket
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from graph_meetings_notifications import Certificates, Event, Inbox, InTransaction, Receiver
from tests.notifications.publisher import APP, TENANT
from tests.support.asgi_server import serving

SECONDS = 30.0
STATE = "a long and random client state"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.folder(tmp_path_factory.mktemp("keys") / "certs")


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with Inbox(tmp_path / "inbox.db") as opened:
        yield opened


@pytest.fixture
def receiver(certificates: Certificates, inbox: Inbox) -> Receiver:
    return Receiver(certificates, app_ids={APP}, tenants={TENANT}, inbox=inbox, client_states={STATE})


def batch(*ids: str) -> bytes:
    items = [
        {
            "subscriptionId": "sub",
            "changeType": "created",
            "clientState": STATE,
            "tenantId": TENANT,
            "resource": f"communications/callRecords/{id_}",
            "resourceData": {"@odata.type": "#microsoft.graph.callRecord", "id": id_},
        }
        for id_ in ids
    ]
    return json.dumps({"value": items}).encode()


@asynccontextmanager
async def served(app: Any) -> AsyncGenerator[str]:
    """Serve an application in a thread, without blocking this loop, and yield its origin."""
    server = serving(app)
    origin = await asyncio.to_thread(server.__enter__)
    try:
        yield origin
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)


@pytest.mark.parametrize("mounted", ["alone", "Starlette", "FastAPI"])
async def test_it_answers_under_uvicorn(receiver: Receiver, inbox: Inbox, mounted: str) -> None:
    apps: dict[str, Any] = {
        "alone": receiver.asgi,
        "Starlette": lambda: Starlette(routes=[Mount("/graph", receiver.asgi())]),
        "FastAPI": lambda: mounted_in_fastapi(receiver),
    }
    async with served(apps[mounted]()) as origin, httpx.AsyncClient(base_url=f"{origin}/graph/notifications") as client:
        asked = await client.post("", params={"validationToken": "Validation: <b>+%41"})
        assert (asked.status_code, asked.text) == (200, "Validation: &lt;b&gt;+%41")
        assert asked.headers["content-type"] == "text/plain; charset=utf-8"
        assert (await client.post("", content=batch("1", "2"))).status_code == 202
        assert (await client.post("", content=batch("2", "3"))).status_code == 202
        assert (await client.post("", content=b"nonsense")).status_code == 400
        assert (await client.post("", content=b" " * (1 << 20) + batch("4"))).status_code == 413
        refused = await client.get("", params={"validationToken": "x"})
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert inbox.waiting() == 3


def mounted_in_fastapi(receiver: Receiver) -> Any:
    app = pytest.importorskip("fastapi", reason="FastAPI is not installed").FastAPI()
    app.mount("/graph", receiver.asgi())
    return app


async def test_it_answers_under_hypercorn(receiver: Receiver, inbox: Inbox) -> None:
    hypercorn = pytest.importorskip("hypercorn.asyncio", reason="hypercorn is not installed")
    config = pytest.importorskip("hypercorn.config").Config()
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    config.bind = [f"127.0.0.1:{port}"]
    config.accesslog = config.errorlog = None
    stop = asyncio.Event()
    task = asyncio.create_task(hypercorn.serve(receiver.asgi(), config, shutdown_trigger=stop.wait))
    async with asyncio.timeout(SECONDS), httpx.AsyncClient() as client:
        while True:
            with contextlib.suppress(httpx.ConnectError):
                answer = await client.post(f"http://127.0.0.1:{port}/", content=batch("1"))
                break
            await asyncio.sleep(0.02)
        asked = await client.post(f"http://127.0.0.1:{port}/?validationToken=a%20b")
    stop.set()
    await asyncio.wait_for(task, SECONDS)
    assert (answer.status_code, asked.text) == (202, "a b")
    assert inbox.waiting() == 1


async def test_a_body_without_an_end_is_refused_once_it_is_too_long(receiver: Receiver, inbox: Inbox) -> None:
    async with served(receiver.asgi()) as origin, asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(origin.rpartition(":")[2]))
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        answer = asyncio.ensure_future(reader.readline())
        while not answer.done():
            writer.write(chunk)
            await writer.drain()
            await asyncio.wait({answer}, timeout=0.001)
        assert answer.result().startswith(b"HTTP/1.1 413")
        writer.close()
    assert inbox.waiting() == 0


async def test_a_handler_that_blocks_keeps_no_answer_waiting(receiver: Receiver, inbox: Inbox) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def write(_: Event, __: sqlite3.Connection) -> None:
        inside.set()
        assert go_on.wait(SECONDS)

    async with served(receiver.asgi()) as origin, httpx.AsyncClient() as client:
        await client.post(origin, content=batch("0"))
        delivering = asyncio.create_task(receiver.deliver(InTransaction(write), wait=False))
        assert await asyncio.to_thread(inside.wait, SECONDS)
        slowest = 0.0
        for number in range(20):
            began = time.monotonic()
            answers = await asyncio.gather(*(client.post(origin, content=batch(f"{number} {i}")) for i in range(5)))
            slowest = max(slowest, time.monotonic() - began)
            assert {answer.status_code for answer in answers} == {202}
        assert slowest < 3
        go_on.set()
        await asyncio.wait_for(delivering, SECONDS)
    assert inbox.waiting() == 0


async def test_a_body_that_does_not_come_is_given_up(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph_meetings_notifications.receiving.asgi._SECONDS_FOR_BODY", 0.1)
    async with served(receiver.asgi()) as origin:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(origin.rpartition(":")[2]))
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert (await asyncio.wait_for(reader.readline(), SECONDS)).startswith(b"HTTP/1.1 400")
        writer.close()
        await writer.wait_closed()


async def test_a_web_socket_is_refused(receiver: Receiver) -> None:
    async def never(*_: object) -> Any:
        raise AssertionError

    with pytest.raises(RuntimeError, match="speaks HTTP only, not websocket"):
        await receiver.asgi()({"type": "websocket"}, never, never)
