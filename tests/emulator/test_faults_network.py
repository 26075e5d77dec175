"""Network faults as seen over the wire from a bare socket."""

import json
import socket
import threading
import time
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_emulator import Emulator, Mp4
from graph_meetings_emulator.faults import Moment, Reset, Slow, Stall, WrongLength
from graph_meetings_emulator.http import server
from tests.emulator.support import Json, Site
from tests.emulator.wire import receive

pytestmark = pytest.mark.slow

SIZE = 3_000_000


@pytest.fixture
def content(site: Site) -> tuple[str, bytes]:
    """The path of a download and its bytes."""
    recording: Json = dict(site.emulator.dataset.add_recording(site.organizer, content_size=SIZE))
    media = site.emulator.dataset.content(site.organizer, recording["meetingId"], recording["id"])
    assert isinstance(media, Mp4)
    return site.content_path(recording), media.read()


def test_without_a_fault_the_connection_ends_in_order(site: Site) -> None:
    received = receive(site.emulator, site.recordings, keep_alive=False)
    assert not received.was_reset
    assert len(received.body) == received.content_length
    assert json.loads(received.body)["value"]


def test_a_reset_before_the_headers_sends_nothing(site: Site) -> None:
    site.emulator.inject(Reset(Moment.BEFORE_HEADERS))
    received = receive(site.emulator, site.recordings)
    assert received.was_reset
    assert received.content == b""


def test_a_reset_in_json_comes_after_some_bytes(site: Site) -> None:
    site.emulator.inject(Reset(Moment.IN_BODY, after=100))
    received = receive(site.emulator, site.recordings)
    assert received.was_reset
    assert (received.status, len(received.body)) == (200, 100)
    assert received.content_length > 100


def test_a_reset_in_a_download_comes_after_some_bytes(site: Site, content: tuple[str, bytes]) -> None:
    path, expected = content
    site.emulator.inject(Reset(Moment.IN_BODY, after=50_000))
    received = receive(site.emulator, path)
    assert received.was_reset
    assert received.body == expected[:50_000]
    assert received.content_length == SIZE


def test_a_reset_waits_for_an_answer_that_is_long_enough(site: Site) -> None:
    site.emulator.inject(Reset(Moment.IN_BODY, after=100_000))
    assert site.json(site.recordings)
    assert not site.emulator.faults_injected


def test_bytes_can_be_missing(site: Site, content: tuple[str, bytes]) -> None:
    path, expected = content
    site.emulator.inject(WrongLength(-7), times=2)
    received = receive(site.emulator, path)
    assert (received.body, received.content_length, received.was_reset) == (expected[:-7], SIZE, False)
    received = receive(site.emulator, site.recordings)
    assert (received.content_length - len(received.body), received.was_reset) == (7, False)


def test_bytes_can_be_too_many(site: Site, content: tuple[str, bytes]) -> None:
    path, expected = content
    site.emulator.inject(WrongLength(7), times=2)
    started = time.monotonic()
    received = receive(site.emulator, path)
    assert time.monotonic() - started < 4, "the connection was kept alive, five seconds"
    assert (received.body, received.content_length) == (expected + b"\n" * 7, SIZE)
    received = receive(site.emulator, site.recordings)
    assert len(received.body) - received.content_length == 7
    assert json.loads(received.body)["value"]


def test_a_length_that_is_right_is_no_fault() -> None:
    with pytest.raises(ValueError, match="must not be 0"):
        WrongLength(0)


def test_slow_bytes_come_in_pieces(site: Site, content: tuple[str, bytes]) -> None:
    site.emulator.inject(Slow(pieces=4, pause=0.05), times=2)
    for path, body in ((site.recordings, None), content):
        received = receive(site.emulator, path, keep_alive=False)
        assert sum(gap > 0.03 for gap in received.gaps) >= 3
        assert len(received.body) == received.content_length
        assert body in {None, received.body}


def test_pauses_are_between_pieces(site: Site) -> None:
    site.emulator.inject(Slow(pieces=2, pause=1.0))
    assert 0.9 < sum(receive(site.emulator, site.recordings, keep_alive=False).gaps) < 1.9


def test_one_piece_is_not_slow() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        Slow(pieces=1)


def test_a_connection_goes_on_after_slow_bytes(site: Site) -> None:
    site.emulator.inject(Slow(pause=0.001))
    site.json(site.recordings)
    ports = {request.port for request in site.emulator.requests}
    site.json(site.recordings)
    assert len(ports) == 1
    assert len(site.emulator.requests) == 2


@pytest.mark.parametrize(("when", "before"), [(Moment.BEFORE_HEADERS, 0), (Moment.IN_BODY, 40)])
def test_a_read_can_stall_and_go_on(site: Site, when: Moment, before: int) -> None:
    site.emulator.inject(Stall(when, seconds=0.2, after=before))
    received = receive(site.emulator, site.recordings, keep_alive=False)
    assert max(received.gaps) > 0.15
    assert (received.gaps[0] > 0.15) == (when is Moment.BEFORE_HEADERS)
    assert json.loads(received.body)["value"]


def test_a_stall_ends_with_its_client(site: Site) -> None:
    site.emulator.inject(Stall(Moment.BEFORE_HEADERS, seconds=3600))
    with pytest.raises(httpx.ReadTimeout):
        site.http.get(site.recordings, timeout=0.1)
    started = time.monotonic()
    site.emulator.stop()
    assert time.monotonic() - started < 1, "the server had to cancel it, after a second"


@given(st.integers(0, 400), st.booleans())
def test_a_reset_comes_after_any_byte(shared: Site, after: int, streamed: bool) -> None:
    path = shared.content_path(shared.items(shared.all_recordings)[0]) if streamed else shared.recordings
    shared.emulator.inject(Reset(Moment.IN_BODY, after=after))
    received = receive(shared.emulator, path)
    assert (received.was_reset, len(received.body)) == (True, after)


def test_offline_refuses_and_comes_back_at_the_same_ports(site: Site) -> None:
    site.emulator.downloads.redirects = True
    path = site.content_path(site.items(site.all_recordings)[0])
    before = site.emulator.base_url
    location = site.get(path).headers["location"]
    with site.emulator.offline():
        for url in (site.emulator.base_url, site.emulator.download_origin, site.emulator.foreign_origin):
            with pytest.raises(httpx.ConnectError):
                httpx.get(url)
    assert site.emulator.base_url == before
    assert site.json(site.recordings)["value"]
    assert httpx.get(location).status_code == 200


def test_offline_ends_the_connections_that_are_open(site: Site) -> None:
    url = httpx.URL(site.emulator.base_url)
    with (
        socket.create_connection((url.host, url.port), timeout=10) as connection,
        site.emulator.offline(),
        suppress(ConnectionResetError),
    ):
        assert connection.recv(1) == b""


def test_offline_leaves_no_thread(site: Site) -> None:
    before = threading.active_count()
    with site.emulator.offline():
        assert threading.active_count() == before - 1
    assert threading.active_count() == before


def test_what_does_not_run_cannot_be_offline(site: Site) -> None:
    site.emulator.stop()
    with pytest.raises(RuntimeError, match="not running"), site.emulator.offline():
        pass


def test_nobody_answers_where_another_port_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        ports = iter([taken])
        bind = server.bind

        def at_a_taken_port(host: str, port: int) -> socket.socket:
            return bind(host, next(ports, 0) if host == "127.0.0.2" else port)

        # The kernel may give a port at one address that somebody has at another one.
        monkeypatch.setattr(server, "bind", at_a_taken_port)
        with Emulator() as emulator:
            foreign = httpx.URL(emulator.foreign_origin)
            if foreign.host == "127.0.0.1":
                pytest.skip("this machine has no second address, so that the foreign origin is another port itself")
            assert foreign.port != taken
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", foreign.port), timeout=10)
            with pytest.raises(OSError, match="in use"):
                bind("127.0.0.1", foreign.port or 0)
    assert next(ports, None) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_the_foreign_origin_is_another_one_wherever_the_service_is(host: str) -> None:
    with Emulator(host=host) as emulator:
        origins = {emulator.origin, emulator.download_origin, emulator.foreign_origin}
        assert len(origins) == 3
        assert httpx.get(f"{emulator.foreign_origin}/x").status_code == 200
