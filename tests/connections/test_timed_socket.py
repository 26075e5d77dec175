"""A socket that waits only for what is not there yet, and never for longer than it may."""

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from unittest.mock import Mock

import pytest

from graph_meetings_runtime.http.connections.timed_socket import TimedSocket
from tests.support.certificates import HOST, Certificate

SECONDS = 10.0
LARGE = bytes(range(256)) * 20_000
RECORD = 1 << 14


@pytest.fixture
def plain() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(SECONDS)
    with ours, theirs:
        yield ours, theirs


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def encrypted(
    plain: tuple[socket.socket, socket.socket], certificate: Certificate
) -> Iterator[tuple[ssl.SSLSocket, ssl.SSLSocket]]:
    context = ssl.create_default_context(cafile=str(certificate.path))
    accepted: list[ssl.SSLSocket] = []
    accept = threading.Thread(
        target=lambda: accepted.append(certificate.server_context().wrap_socket(plain[1], server_side=True))
    )
    accept.start()
    plain[0].settimeout(SECONDS)
    with context.wrap_socket(plain[0], server_hostname=HOST) as ours:
        accept.join(SECONDS)
        with accepted[0] as theirs:
            yield ours, theirs


@pytest.fixture(params=["plain", "encrypted"])
def pair(request: pytest.FixtureRequest) -> tuple[socket.socket, socket.socket]:
    pair: tuple[socket.socket, socket.socket] = request.getfixturevalue(request.param)
    return pair


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Count the waits."""
    polls = Mock(wraps=select.poll)
    monkeypatch.setattr(select, "poll", polls)
    return polls


def received(source: TimedSocket, length: int) -> bytes:
    pieces = b""
    while len(pieces) < length:
        pieces += source.receive(1 << 16)
    return pieces


def test_what_has_come_is_read_and_sent_without_a_wait(pair: tuple[socket.socket, socket.socket], waits: Mock) -> None:
    ours, theirs = pair
    timed = TimedSocket(ours, lambda: SECONDS)
    theirs.sendall(b"ok")
    received(timed, 2)
    timed.send(b"ok")
    assert not waits.called
    assert ours.gettimeout() == 0  # or else Python itself would wait


def test_records_are_read_up_to_a_short_one(
    encrypted: tuple[ssl.SSLSocket, ssl.SSLSocket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = encrypted
    theirs.sendall(bytes(2 * RECORD + 9))
    timed = TimedSocket(ours, lambda: SECONDS)
    read = Mock(wraps=ours.recv)
    monkeypatch.setattr(ours, "recv", read)
    select.select([ours], [], [], SECONDS)
    assert len(timed.receive(1 << 16)) == 2 * RECORD + 9
    assert read.call_count == 3


def test_what_does_not_fit_is_sent_as_the_other_side_reads_it(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    sending = threading.Thread(target=TimedSocket(ours, lambda: SECONDS).send, args=(LARGE,))
    sending.start()
    found = b""
    while len(found) < len(LARGE):
        found += theirs.recv(1 << 20)
    sending.join(SECONDS)
    assert found == LARGE


def test_waiting_for_bytes_ends_with_its_limit(pair: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(TimeoutError):
        TimedSocket(pair[0], lambda: 0.01).receive(1)


def test_waiting_for_room_ends_with_its_limit(pair: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(TimeoutError):
        TimedSocket(pair[0], lambda: 0.01).send(LARGE)


def test_the_rest_of_a_record_breaks_the_silence(encrypted: tuple[ssl.SSLSocket, ssl.SSLSocket]) -> None:
    ours, theirs = encrypted
    timed = TimedSocket(ours, lambda: SECONDS)
    theirs.sendall(b"body, and what nobody asked for")
    assert timed.receive(4) == b"body"
    assert not timed.is_silent
    received(timed, 27)
    assert timed.is_silent


def test_closing_it_ends_the_wait_of_another_thread_with_an_error_of_the_system(
    plain: tuple[socket.socket, socket.socket],
) -> None:
    ours, _ = plain
    limit = Mock()
    limit.side_effect = lambda: ours.close() if limit.call_count > 1 else None  # just before the wait
    with pytest.raises(OSError, match="descriptor"):
        TimedSocket(ours, limit).receive(1)


def test_the_limit_may_be_longer_than_the_system_can_wait(plain: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = plain
    limits: Iterator[Callable[[], float]] = iter(
        [lambda: 1, lambda: theirs.send(b"x")]
    )  # the second one is asked for just before the wait
    assert TimedSocket(ours, lambda: next(limits)() * 1e9).receive(1) == b"x"


def test_a_socket_that_cannot_but_wait_gets_the_limit() -> None:
    nested = Mock(spec=["recv", "settimeout"])
    TimedSocket(nested, lambda: 5.0).receive(1)
    assert nested.settimeout.call_args.args == (5.0,)
