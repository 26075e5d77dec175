"""A socket whose waits are all limited.

It waits only if it must. A socket with a timeout waits before each system call, and each wait lets another Python
thread take over: 32 threads that share a client were a fifth slower.
"""

import os
import select
import socket
import ssl
from collections.abc import Callable
from typing import Final, TypeVar

A = TypeVar("A")
R = TypeVar("R")

_RECORD: Final = 1 << 14
_LONGEST_WAIT: Final = 2_000_000.0
"""In seconds, 23 days: `poll` accepts little more."""


class TimedSocket:
    """A connected socket. It belongs to the process that opened it: a forked child can only close it.

    Args:
        sock: plain or encrypted.
        limit: returns the seconds that a wait may take, or `None` for no limit.
    """

    def __init__(self, sock: socket.socket, limit: Callable[[], float | None]) -> None:
        self._sock = sock
        self._process = os.getpid()
        self._failure: OSError | None = None
        self._is_encrypted = isinstance(sock, ssl.SSLSocket)
        # urllib3's TLS within TLS lacks this method, and would lose bytes.
        self._waits_itself = not hasattr(sock, "setblocking")
        self.limit = limit
        sock.settimeout(0)

    @property
    def is_inherited(self) -> bool:
        """Whether it belongs to a parent process, which continues to use it."""
        return self._process != os.getpid()

    @property
    def is_silent(self) -> bool:
        """Whether nothing unread has arrived, not even the end of the connection."""
        is_decrypted = isinstance(self._sock, ssl.SSLSocket) and self._sock.pending() > 0  # the rest of a record
        return not is_decrypted and not _is_ready(self._sock, 0, is_read=True)

    def send(self, data: bytes) -> None:
        """Send everything."""
        self._prepare()
        unsent = memoryview(data)
        while unsent:
            unsent = unsent[self._waiting_for(self._sock.send, unsent, is_read=False) :]

    def receive(self, most: int) -> bytes:
        """Return the next bytes, waiting for them if necessary; none at the end of the connection."""
        self._prepare()
        if self._failure is not None:
            raise self._failure
        if not self._is_encrypted:
            return self._waiting_for(self._sock.recv, most, is_read=True)
        received = self._waiting_for(self._sock.recv, min(most, _RECORD), is_read=True)
        if len(received) < _RECORD or len(received) == most:
            return received
        return b"".join([received, *self._further_records(most - len(received))])

    def close(self) -> None:
        """Close the socket without notifying the server, because a parent process may still use the connection."""
        self._sock.close()

    def _prepare(self) -> None:
        if self.is_inherited:
            raise RuntimeError(
                "this response belongs to the parent process; a forked process must send requests of its own"
            )
        seconds = self.limit()
        if self._waits_itself:
            self._sock.settimeout(seconds)

    def _waiting_for(self, call: Callable[[A], R], argument: A, *, is_read: bool) -> R:
        """Call something until the socket is ready for it."""
        while True:
            try:
                return call(argument)
            except BlockingIOError:
                awaits_reading = is_read
            except ssl.SSLWantReadError:
                awaits_reading = True
            except ssl.SSLWantWriteError:
                awaits_reading = False
            if not _is_ready(self._sock, self.limit(), is_read=awaits_reading):
                raise TimeoutError("timed out")

    def _further_records(self, most: int) -> list[bytes]:
        """Return the records that have arrived, up to a number of bytes. Each call of `recv` returns one of them."""
        records: list[bytes] = []
        try:
            while most and (record := self._sock.recv(min(most, _RECORD))):
                records.append(record)
                most -= len(record)
                if len(record) < _RECORD:
                    break  # a server with more to send fills the record
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except OSError as error:
            self._failure = error  # the bytes before it are valid
        return records


def _is_ready(sock: socket.socket, seconds: float | None, *, is_read: bool) -> bool:
    seconds = None if seconds is None else min(seconds, _LONGEST_WAIT)
    try:
        if not hasattr(select, "poll"):
            return any(select.select([sock] if is_read else [], [] if is_read else [sock], [], seconds))
        poll = select.poll()
        poll.register(sock, select.POLLIN if is_read else select.POLLOUT)
    except ValueError:
        return True  # another thread has closed it; the next call raises the error
    return bool(poll.poll(None if seconds is None else seconds * 1000))
