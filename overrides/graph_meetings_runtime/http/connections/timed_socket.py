"""A socket for http.client, each of whose waits is limited."""

import io
import os
import select
import socket
import ssl
from collections.abc import Callable
from typing import Final

_BUFFER_SIZE: Final = 1 << 16


class TimedSocket:
    """A connected socket. It belongs to the process that opened it: a forked child can only close it.

    Args:
        sock: plain or encrypted.
        limit: returns the seconds that a wait may take, `None` for no limit.
    """

    def __init__(self, sock: socket.socket, limit: Callable[[], float | None]) -> None:
        self._sock = sock
        self._process = os.getpid()
        self.limit = limit

    @property
    def is_inherited(self) -> bool:
        """Whether it is a parent process's, which goes on using it."""
        return self._process != os.getpid()

    @property
    def is_silent(self) -> bool:
        """Whether nothing has come, such as its end, that has not been read."""
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(self._sock, select.POLLIN)
            return not poll.poll(0)
        return not select.select([self._sock], [], [], 0)[0]

    def sendall(self, data: bytes) -> None:
        """Send everything."""
        self._prepare_wait()
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return a file that reads; the connection stays open until that is closed, too."""
        return io.BufferedReader(_SocketReader(self._sock, self._prepare_wait), _BUFFER_SIZE)

    def close(self) -> None:
        """Close the connection, without a word to the server: a parent process may go on using it."""
        self._sock.close()

    def _prepare_wait(self) -> None:
        if self.is_inherited:
            raise RuntimeError(
                "this response belongs to the parent process; a forked process must send requests of its own"
            )
        self._sock.settimeout(self.limit())


class _SocketReader(io.RawIOBase):
    """Reads what has come; waits only while nothing has."""

    def __init__(self, sock: socket.socket, prepare_wait: Callable[[], None]) -> None:
        self._sock = sock
        self._prepare_wait = prepare_wait
        self._keeps_open = sock.makefile("rb", buffering=0)
        self._failure: OSError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._prepare_wait()
        if self._failure is not None:
            raise self._failure
        received = self._sock.recv_into(buffer)
        if received and isinstance(self._sock, ssl.SSLSocket):
            received += self._further_records(memoryview(buffer)[received:])
        return received

    def _further_records(self, rest: memoryview) -> int:
        """Read those that are there; each call returns one of at most 16 KiB, and all else took as long again."""
        self._sock.settimeout(0)
        size = len(rest)
        try:
            while rest and (received := self._sock.recv_into(rest)):
                rest = rest[received:]
        except (ssl.SSLWantReadError, BlockingIOError):
            pass
        except OSError as error:
            self._failure = error  # the bytes before it count
        return size - len(rest)

    def close(self) -> None:
        self._keeps_open.close()
        super().close()
