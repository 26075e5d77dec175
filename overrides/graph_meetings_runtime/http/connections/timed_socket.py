"""A socket, each of whose waits is limited."""

import os
import select
import socket
import ssl
from collections.abc import Callable
from typing import Final

_RECORD: Final = 1 << 14


class TimedSocket:
    """A connected socket. It belongs to the process that opened it: a forked child can only close it.

    Args:
        sock: plain or encrypted.
        limit: returns the seconds that a wait may take, `None` for no limit.
    """

    def __init__(self, sock: socket.socket, limit: Callable[[], float | None]) -> None:
        self._sock = sock
        self._process = os.getpid()
        self._failure: OSError | None = None
        self._is_encrypted = isinstance(sock, ssl.SSLSocket)
        self._seconds = sock.gettimeout()
        self._poll: select.poll | None = None
        self.limit = limit

    @property
    def is_inherited(self) -> bool:
        """Whether it is a parent process's, which goes on using it."""
        return self._process != os.getpid()

    @property
    def is_silent(self) -> bool:
        """Whether nothing has come, such as its end, that has not been read."""
        if not hasattr(select, "poll"):
            return not select.select([self._sock], [], [], 0)[0]
        if self._poll is None:
            self._poll = select.poll()
            self._poll.register(self._sock, select.POLLIN)
        return not self._poll.poll(0)

    def send(self, data: bytes) -> None:
        """Send everything."""
        self._prepare_wait()
        self._sock.sendall(data)

    def receive(self, most: int) -> bytes:
        """Return what has come, or what comes next; nothing at the end of the connection."""
        self._prepare_wait()
        if self._failure is not None:
            raise self._failure
        if not self._is_encrypted:
            return self._sock.recv(most)
        received = self._sock.recv(min(most, _RECORD))
        if len(received) < _RECORD or len(received) == most:
            return received
        return b"".join([received, *self._further_records(most - len(received))])

    def close(self) -> None:
        """Close the connection, without a word to the server: a parent process may go on using it."""
        self._sock.close()

    def _prepare_wait(self) -> None:
        if self.is_inherited:
            raise RuntimeError(
                "this response belongs to the parent process; a forked process must send requests of its own"
            )
        self._set_seconds(self.limit())

    def _set_seconds(self, seconds: float | None) -> None:
        if seconds != self._seconds:  # each is a call of the system, at which another thread may take over
            self._sock.settimeout(seconds)
            self._seconds = seconds

    def _further_records(self, most: int) -> list[bytes]:
        """Return those that are there; each call returns one of at most 16 KiB, and all else took as long again."""
        self._set_seconds(0)
        records: list[bytes] = []
        try:
            while most and (record := self._sock.recv(min(most, _RECORD))):
                records.append(record)
                most -= len(record)
        except (ssl.SSLWantReadError, BlockingIOError):
            pass
        except OSError as error:
            self._failure = error  # the bytes before it count
        return records
