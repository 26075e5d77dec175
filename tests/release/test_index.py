"""Addresses, credentials, and what an index has."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import keyring
import keyring.credentials
import pytest
from keyring.errors import NoKeyringError
from packaging.version import Version

from tests.release.support import PASSWORD, USER
from tools.release.__main__ import main
from tools.release.errors import ReleaseError
from tools.release.index import Credentials, Index, file_names, version_of_file

CREDENTIALS = Credentials(USER, PASSWORD)


@pytest.mark.parametrize(
    "url", ["https://host/x", "https://host/x/", "https://host/x/simple", "https://host/x/simple/"]
)
def test_the_address_may_be_that_of_the_list(url: str) -> None:
    assert Index.at(url) == Index("https://host/x/")
    assert Index.at(url).simple == "https://host/x/simple/"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://someone:secret@host/", "contains a user name or password"),
        ("http://host/", "unencrypted"),
        ("host/simple", "is not a URL like"),
        ("ftp://host/", "is not a URL like"),
        ("https://host/?a=b", "is not a URL like"),
    ],
)
def test_a_bad_address_is_refused(url: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", url]) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("release: INDEX_URL: ")
    assert message in printed
    assert "secret" not in printed


def test_a_password_is_in_no_representation() -> None:
    assert PASSWORD not in repr(CREDENTIALS)


def test_credentials_come_from_the_environment(credentials: None) -> None:  # noqa: ARG001  sets the environment
    assert Index("https://host/").credentials() == CREDENTIALS


def test_credentials_come_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {"https://host/": keyring.credentials.SimpleCredential(USER, PASSWORD)}

    def get_credential(service: str, username: str | None) -> keyring.credentials.Credential | None:
        assert username is None
        return stored.get(service)

    monkeypatch.delenv("TWINE_USERNAME", raising=False)
    monkeypatch.delenv("TWINE_PASSWORD", raising=False)
    monkeypatch.setattr(keyring, "get_credential", get_credential)
    assert Index("https://host/").credentials() == CREDENTIALS
    with pytest.raises(ReleaseError, match="no credentials: set TWINE_USERNAME and TWINE_PASSWORD"):
        Index("https://other/").credentials()


def test_a_machine_without_a_keyring_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def get_credential(service: str, username: str | None) -> keyring.credentials.Credential | None:
        raise NoKeyringError(f"for {username} at {service}")

    monkeypatch.setenv("TWINE_USERNAME", USER)
    monkeypatch.delenv("TWINE_PASSWORD", raising=False)
    monkeypatch.setattr(keyring, "get_credential", get_credential)
    with pytest.raises(ReleaseError, match="no credentials: set TWINE_USERNAME and TWINE_PASSWORD"):
        Index("https://host/").credentials()


def test_files_are_read_from_json_and_from_html() -> None:
    json = httpx.Response(200, json={"files": [{"filename": "graph_meetings-1.0.tar.gz"}]})
    html = httpx.Response(200, html='<a href="../p/graph_meetings-1.0%2Bx.tar.gz#sha256=0">shown otherwise</a>')
    assert file_names(json) == ["graph_meetings-1.0.tar.gz"]
    assert file_names(html) == ["graph_meetings-1.0+x.tar.gz"]


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("graph_meetings-1.10-py3-none-any.whl", "1.10"),
        ("graph-meetings-1.9rc1.tar.gz", "1.9rc1"),
        ("graph_meetings-1.10.tar.gz.asc", None),
    ],
)
def test_the_version_is_in_the_name_of_a_file(name: str, version: str | None) -> None:
    assert version_of_file(name) == (version and Version(version))


PAGES = {
    "/has/simple/graph-meetings/": (
        200,
        '<a href="graph_meetings-1.10.tar.gz"></a><a href="graph_meetings-1.9.tar.gz"></a>',
    ),
    "/lacks/simple/": (200, ""),
    "/falls-back/simple/graph-meetings/": (302, "https://pypi.invalid/simple/graph-meetings/"),
    "/falls-back/simple/": (200, ""),
    "/moved/simple/graph-meetings/": (301, "/has/simple/graph-meetings/"),
    "/round/simple/graph-meetings/": (301, "/round/simple/graph-meetings/"),
    "/closed/simple/graph-meetings/": (403, ""),
    "/json/simple/graph-meetings/": (200, '{"files": [{}]}'),
    "/broken/simple/graph-meetings/": (200, '{"files'),
}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, text = PAGES.get(self.path, (404, ""))
        self.send_response(status)
        if status in {301, 302}:
            self.send_header("Location", text)
        if text.startswith("{"):
            self.send_header("Content-Type", "application/vnd.pypi.simple.v1+json")
        self.end_headers()
        if status == 200:
            self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "versions"),
    [("has", ["1.9", "1.10"]), ("moved", ["1.9", "1.10"]), ("lacks", []), ("falls-back", [])],
)
def test_versions_are_listed_in_order(host: str, path: str, versions: list[str], credentials: None) -> None:  # noqa: ARG001  a fixture that acts
    assert Index.at(f"{host}/{path}/").versions(CREDENTIALS) == [Version(version) for version in versions]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("closed", "answered 403"),
        ("nothing", "does not exist"),
        ("round", "redirects too often"),
        ("json", "is not a list of files"),
        ("broken", "is not a list of files"),
    ],
)
def test_what_is_no_index_is_refused(host: str, path: str, message: str, credentials: None) -> None:  # noqa: ARG001  a fixture that acts
    with pytest.raises(ReleaseError, match=message):
        Index.at(f"{host}/{path}/").versions(CREDENTIALS)
