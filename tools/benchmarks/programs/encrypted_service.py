"""The service over TLS: threads that send prepared bytes, because asyncio would take as long as what is measured.

Args:
    folder: folder with `meetings.json`.
    certificate: certificate and key in PEM.
"""

import re
import socket
import ssl
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Final

from tools.benchmarks.measuring.processes import answer_lines

_CONTENT: Final = re.compile(rb"/recordings/(\d+)/content")
_CHUNK: Final = memoryview(bytes(1 << 20))


def _serve(listener: socket.socket, context: ssl.SSLContext, page: bytes) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Thread(target=_answer, args=(connection, context, page), daemon=True).start()


def _answer(connection: socket.socket, context: ssl.SSLContext, page: bytes) -> None:
    with suppress(OSError), context.wrap_socket(connection, server_side=True) as encrypted:
        head = b""
        while chunk := encrypted.recv(1 << 16):
            head = b"".join((head, chunk))
            if head.endswith(b"\r\n\r\n"):  # they come one at a time
                _send(encrypted, head.split(b" ", 2)[1], page)
                head = b""


def _send(encrypted: ssl.SSLSocket, target: bytes, page: bytes) -> None:
    content = _CONTENT.search(target)
    size = int(content[1]) if content else len(page)
    kind = b"video/mp4" if content else b"application/json;odata.metadata=minimal;charset=utf-8"
    head = b'HTTP/1.1 200 OK\r\nContent-Type: %b\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % (kind, size)
    if content is None:
        encrypted.sendall(head + page)
        return
    encrypted.sendall(head)
    while size:
        sent = min(size, len(_CHUNK))
        encrypted.sendall(_CHUNK[:sent])
        size -= sent


def _main(folder: Path, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    page = b'{"value":' + (folder / "meetings.json").read_bytes() + b"}"
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        Thread(target=_serve, args=(listener, context, page), daemon=True).start()
        answer_lines(lambda: f"https://127.0.0.1:{listener.getsockname()[1]}/v1.0")


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
