"""How answers travel: compressed where the client asks for it, and over https."""

import gzip
import ssl
import stat
from pathlib import Path

import httpx
import pytest

from graph_meetings import GraphMeetingsClient, Retry
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import BrokenGateway, ForeignLink, Link, Moment, Reset, Spoof, WrongLength
from tests.emulator.support import Site
from tests.emulator.wire import receive

ENCODINGS = ["gzip", "GZIP", "deflate, gzip;q=0.5, br", "*", "gzip, deflate"]
FAST = Retry(first_delay=0.01, longest_delay=0.02)
OTHERS = ["identity", "deflate, br", "gzip;q=0", "*;q=0", "gzip;q=0, *"]


@pytest.mark.parametrize("accept", ENCODINGS)
def test_json_is_compressed_where_the_client_asks_for_it(shared: Site, accept: str) -> None:
    plain = receive(shared.emulator, shared.recordings, keep_alive=False)
    sent = receive(shared.emulator, shared.recordings, keep_alive=False, **{"Accept-Encoding": accept})
    assert (sent.header("content-encoding"), sent.header("vary")) == ("gzip", "accept-encoding")
    assert sent.content_length == len(sent.body) < len(plain.body)
    assert gzip.decompress(sent.body) == plain.body


@pytest.mark.parametrize("accept", [None, *OTHERS])
def test_json_is_plain_where_it_does_not(shared: Site, accept: str | None) -> None:
    emulator, path = shared.emulator, shared.recordings
    if accept is None:
        received = receive(emulator, path, keep_alive=False)
    else:
        received = receive(emulator, path, keep_alive=False, **{"Accept-Encoding": accept})
    assert "content-encoding" not in received.head
    assert received.body.startswith(b'{"@odata.context"')


def test_errors_and_metadata_are_compressed_too(shared: Site) -> None:
    for path, start in (("/me/nonsense", b'{"error"'), ("/$metadata", b"<?xml")):
        received = receive(shared.emulator, path, keep_alive=False, **{"Accept-Encoding": "gzip"})
        assert gzip.decompress(received.body).startswith(start)


def test_streams_are_never_compressed(shared: Site) -> None:
    recording = shared.items(shared.all_recordings)[0]
    response = shared.get(shared.content_path(recording), accept_encoding="gzip", range="bytes=0-9")
    assert response.status_code == 206
    assert "content-encoding" not in response.headers


def test_faults_change_what_is_then_compressed(site: Site) -> None:
    site.emulator.inject(BrokenGateway(502))
    assert "Our services are down" in site.get(site.recordings).text
    site.emulator.inject(WrongLength(-3))
    received = receive(site.emulator, site.recordings, keep_alive=True, **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in received.head
    assert received.content_length == len(received.body) + 3


def test_https_is_spoken_with_a_certificate_that_can_be_trusted() -> None:
    with Emulator(tls=True) as emulator:
        assert emulator.base_url.startswith("https://127.0.0.1:")
        assert emulator.ca_file.read_text().count("BEGIN CERTIFICATE") == 1
        assert "PRIVATE KEY" not in emulator.ca_file.read_text()
        context = ssl.create_default_context(cafile=emulator.ca_file)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        headers = {"Authorization": f"Bearer {emulator.token}"}
        with httpx.Client(verify=context, headers=headers) as http:
            page = http.get(f"{emulator.base_url}/communications/callRecords").json()
            assert page["@odata.context"].startswith(emulator.base_url)
            port = emulator.origin.rpartition(":")[2]
            assert http.get(f"https://localhost:{port}/v1.0/$metadata").status_code == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"{emulator.base_url}/$metadata")


def test_the_key_is_nobody_elses_and_goes_with_the_emulator() -> None:
    with Emulator(tls=True) as emulator:
        folder = emulator.ca_file.parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path != emulator.ca_file} == {0o600}
    assert not folder.exists()
    with pytest.raises(RuntimeError, match="tls=True"):
        _ = emulator.ca_file


def test_going_offline_keeps_the_certificate() -> None:
    with Emulator(tls=True) as emulator:
        before = emulator.ca_file
        with emulator.offline():
            assert emulator.ca_file == before
        context = ssl.create_default_context(cafile=emulator.ca_file)
        assert httpx.get(f"{emulator.base_url}/$metadata", verify=context).status_code == 200


async def test_the_client_reads_and_downloads_over_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator(tls=True, page_size=2) as emulator:
        monkeypatch.setenv("SSL_CERT_FILE", str(emulator.ca_file))
        emulator.downloads.redirects = True
        organizer = emulator.dataset.organizers[0]
        emulator.inject(Reset(Moment.IN_BODY, after=1_000), path="/download/")
        emulator.inject(ForeignLink(Spoof.ANOTHER_SCHEME, Link.REDIRECT), path="/content")
        async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=FAST) as graph:
            meetings = graph.users.by_user_id(organizer).online_meetings
            found = [recording async for recording in meetings.get_all_recordings().list()]
            assert len(found) == len(emulator.dataset.recordings(organizer))
            with pytest.raises(Exception, match=r"(?i)http"):
                await graph.content_of(found[0]).download(tmp_path / "recording.mp4")
            result = await graph.content_of(found[0]).download(tmp_path / "recording.mp4")
        content = emulator.dataset.content(organizer, str(found[0].meeting_id), str(found[0].id))
        assert (tmp_path / "recording.mp4").read_bytes() == content.read()
        assert result.size == content.size
        assert emulator.download_origin.startswith("https://")
        assert emulator.faults_injected == {"reset": 1, "foreign-link": 1}
