import socket
import subprocess
import sys
import threading
import time
import warnings
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.__main__ import main
from graph_meetings_emulator.command import parse_size
from tests.emulator.support import Site, running


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Basic made-up-token", "made-up-token"])
def test_the_token_must_be_right(shared: Site, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = httpx.get(f"{shared.emulator.base_url}/communications/callRecords", headers=headers)
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert response.headers["www-authenticate"].startswith("Bearer ")


def test_the_token_can_change(site: Site) -> None:
    site.emulator.token = "another"
    site.refused("/communications/callRecords", 401, "InvalidAuthenticationToken")


async def test_the_credential_gives_the_token() -> None:
    emulator = Emulator(Dataset.generate(organizers=1), token="abc")
    async with emulator.credential as credential:
        token = await credential.get_token("https://graph.microsoft.com/.default", claims="{}", enable_cae=True)
    assert token.token == "abc"
    assert token.expires_on > time.time() + 600
    assert credential.requests == [(("https://graph.microsoft.com/.default",), "{}")]


def test_an_error_has_graphs_form(shared: Site) -> None:
    response = shared.get("/me/nonsense", client_request_id="mine")
    error = response.json()["error"]
    assert error["innerError"]["client-request-id"] == response.headers["client-request-id"] == "mine"
    assert UUID(error["innerError"]["request-id"]) == UUID(response.headers["request-id"])
    assert datetime.fromisoformat(error["innerError"]["date"]).year >= 2026
    assert response.headers["content-type"].startswith("application/json;odata.metadata=minimal")
    assert "date" in response.headers


def test_a_success_has_the_ids_too(shared: Site) -> None:
    headers = shared.get("/communications/callRecords", client_request_id="mine").headers
    assert headers["client-request-id"] == "mine"
    assert headers["content-type"].startswith("application/json;odata.metadata=minimal")
    assert headers["request-id"] != shared.get("/communications/callRecords").headers["request-id"]


def test_requests_can_be_made_to_fail(site: Site) -> None:
    site.emulator.fail_next(429, times=2, headers={"Retry-After": "2.128"})
    for _ in range(2):
        response = site.get("/communications/callRecords")
        assert (response.status_code, response.headers["retry-after"]) == (429, "2.128")
        assert set(response.json()["error"]) == {"code", "message", "innerError"}
    assert site.json("/communications/callRecords")


def test_a_failure_can_have_any_body_and_type(site: Site) -> None:
    site.emulator.fail_next(503, body="<html>", headers={"Content-Type": "text/html"})
    site.emulator.fail_next(403, body={"error": {"code": "Forbidden"}})
    site.emulator.fail_next(504, body=b"")
    html, forbidden, empty = (site.get("/communications/callRecords") for _ in range(3))
    assert (html.status_code, html.text, html.headers["content-type"]) == (503, "<html>", "text/html")
    assert (forbidden.status_code, forbidden.json()) == (403, {"error": {"code": "Forbidden"}})
    assert (empty.status_code, empty.content) == (504, b"")


def test_a_failure_can_wait_for_its_path(site: Site) -> None:
    site.emulator.fail_next(500, path="/recordings")
    assert site.json(site.record)
    assert site.get(site.recordings).status_code == 500
    assert site.json(site.recordings)


def test_requests_are_recorded(site: Site) -> None:
    site.get("/communications/callRecords?$top=1&x=%2F", prefer="a")
    request = site.emulator.requests[-1]
    assert (request.method, request.target) == ("GET", "/v1.0/communications/callRecords?$top=1&x=%2F")
    assert request.headers["Prefer"] == "a"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.com", "::", ""])  # noqa: S104  must be refused
def test_only_loopback_is_served(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        Emulator(Dataset.generate(organizers=1), host=host).start()


def test_links_are_at_the_address_that_the_client_used(shared: Site) -> None:
    port = shared.emulator.base_url.partition(":")[2].rpartition(":")[2].partition("/")[0]
    page = shared.json(f"http://localhost:{port}/v1.0{shared.all_recordings}")
    assert page["@odata.nextLink"].startswith(f"http://localhost:{port}/v1.0/")


def test_stopping_is_prompt_and_leaves_nothing() -> None:
    before = threading.active_count()
    with warnings.catch_warnings(), running() as site:
        warnings.simplefilter("error")
        huge = site.emulator.dataset.add_recording(site.organizer, content_size=1 << 40)
        with site.http.stream("GET", site.content_path(huge)) as response:
            next(response.iter_raw())
            started = time.monotonic()
            site.emulator.stop()
            assert time.monotonic() - started < 2
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(site.emulator.base_url)


def test_a_request_without_a_host_is_refused(shared: Site) -> None:
    url = httpx.URL(shared.emulator.base_url)
    head = f"GET /v1.0/communications/callRecords HTTP/1.1\r\nAuthorization: Bearer {shared.emulator.token}\r\n\r\n"
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_failure_of_the_emulator_itself_is_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    organizer = site.emulator.dataset.add_organizer()
    broken: Any = {"id": "x", "subject": object()}
    site.emulator.dataset.add(("users", organizer, "onlineMeetings"), broken)
    assert site.get(f"/users/{organizer}/onlineMeetings/x").status_code == 500
    assert f"internal error in the emulator on /v1.0/users/{organizer}/onlineMeetings/x" in caplog.text


def test_an_id_is_there_once(site: Site) -> None:
    with pytest.raises(ValueError, match="already"):
        site.emulator.dataset.add(("users",), {"id": site.organizer})


def test_the_same_seed_gives_the_same_data() -> None:
    one, same, other = (Dataset.generate(seed=seed) for seed in (3, 3, 4))
    assert one.recordings(one.organizers[0]) == same.recordings(same.organizers[0])
    assert one.organizers != other.organizers


@pytest.mark.slow
def test_pages_of_a_large_set_come_without_delay() -> None:
    dataset = Dataset.generate(organizers=1, meetings=3, recordings=10_000)
    with running(dataset) as site:
        link = f"{site.all_recordings}?$top=10"
        site.json(link)
        started = time.monotonic()
        for _ in range(50):
            link = site.json(link)["@odata.nextLink"]
        assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5", (5, 5)), ("500k", (500_000, 500_000)), ("2Gi", (2 << 30, 2 << 30)), ("1M-20M", (10**6, 2 * 10**7))],
)
def test_sizes_have_units_and_ranges(text: str, expected: tuple[int, int]) -> None:
    assert parse_size(text) == expected


@pytest.mark.parametrize("text", ["", "x", "5x", "9-5", "1-", "-5"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a (size|range)"):
        parse_size(text)


def test_the_command_serves_until_it_is_stopped() -> None:
    arguments = [sys.executable, "-m", "graph_meetings_emulator", "--port", "0", "--seed", "3", "--token", "abc"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        values = [process.stdout.readline().split()[-1] for _ in range(3)]
        url, token, organizer = values
        call = f"getAllRecordings(meetingOrganizerUserId='{organizer}')"
        headers = {"Authorization": f"Bearer {token}"}
        response = httpx.get(f"{url}/users/{organizer}/onlineMeetings/{call}", headers=headers)
        process.terminate()
        assert process.wait(5) == 0
    assert (response.status_code, token) == (200, "abc")


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken_too = socket.socket()
        taken_too.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            Emulator(port=port).start()
    with taken_too:
        taken_too.bind(("127.0.0.1", port))  # as another emulator does a moment before it listens
        with Emulator(port=port), pytest.raises(OSError, match="in use"):
            taken_too.listen()


def test_the_command_refuses_a_foreign_host(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "0.0.0.0", "--organizers", "1"]) == 1  # noqa: S104  must be refused
    assert "loopback" in capsys.readouterr().err


def test_the_command_says_what_a_size_looks_like(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--content-size", "5-x"])
    assert "argument --content-size: 'x' is not a size like 500k, 20M or 2Gi" in capsys.readouterr().err
