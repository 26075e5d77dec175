"""A package index: its URLs, credentials and published versions."""

import json
import os
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import keyring
from keyring.errors import KeyringError
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from tools.release.errors import ReleaseError

PROJECT = "graph-meetings"
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_REDIRECTS = 5
_OK, _NOT_FOUND = 200, 404


@dataclass(frozen=True)
class Credentials:
    """Credentials for uploading. `repr` omits the password.

    Attributes:
        username: user name; `__token__` for a token.
        password: password or token.
    """

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Index:
    """A package index.

    Attributes:
        url: upload URL, ending in a slash; its `simple/` (PEP 503) is below it.
    """

    url: str

    @classmethod
    def at(cls, url: str) -> "Index":
        """Return the index at a URL, which may also be that of its `simple/`.

        Raises:
            ReleaseError: if the URL contains a password, or would send one unencrypted to another machine.
        """
        parts = urlsplit(url)
        place = "INDEX_URL"
        if "@" in parts.netloc:
            raise ReleaseError("contains a user name or password; set TWINE_USERNAME and TWINE_PASSWORD instead", place)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ReleaseError(f"{url!r} is not a URL like https://<host>/<path>/", place)
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ReleaseError(f"{url!r} would send the password unencrypted; use https", place)
        return cls(url.rstrip("/").removesuffix("/simple") + "/")

    @property
    def simple(self) -> str:
        """The URL of the list of projects."""
        return f"{self.url}simple/"

    def credentials(self) -> Credentials:
        """Return the credentials from TWINE_USERNAME and TWINE_PASSWORD, or from the keyring.

        Raises:
            ReleaseError: if there are none.
        """
        username = os.environ.get("TWINE_USERNAME")
        password = os.environ.get("TWINE_PASSWORD")
        if username and password:
            return Credentials(username, password)
        try:
            found = keyring.get_credential(self.url, username)
        except KeyringError:  # such as on a machine without a keyring
            found = None
        if found is None or not found.password:
            raise ReleaseError(
                "no credentials: set TWINE_USERNAME and TWINE_PASSWORD,"
                f" or run `python -m keyring set {self.url} USERNAME` and set TWINE_USERNAME",
                self.url,
            )
        return Credentials(found.username, found.password)

    def versions(self, credentials: Credentials) -> list[Version]:
        """Return the published versions of this project in ascending order, none if the index lacks the project.

        Raises:
            ReleaseError: if this is not an index.
        """
        with httpx.Client(auth=(credentials.username, credentials.password), timeout=60) as client:
            page = self._get(client, f"{self.simple}{PROJECT}/")
            if page is None:
                if self._get(client, self.simple) is None:
                    raise ReleaseError("does not exist: INDEX_URL is not the URL of a package index", self.simple)
                return []
        try:
            names = file_names(page)
        except (KeyError, TypeError, ValueError) as error:
            raise ReleaseError(
                "answered with JSON that is not a list of files (PEP 691)", f"{self.simple}{PROJECT}/"
            ) from error
        return sorted({version for name in names if (version := version_of_file(name))})

    def _get(self, client: httpx.Client, address: str) -> httpx.Response | None:
        """Fetch a page; return `None` if it does not exist or redirects to another index."""
        for _ in range(_REDIRECTS):
            try:
                response = client.get(address, headers={"Accept": _ACCEPT})
            except httpx.HTTPError as error:
                raise ReleaseError(f"cannot be read: {error}", address) from error
            if response.has_redirect_location:
                target = urljoin(address, response.headers["Location"])
                if _origin(target) != _origin(address):  # never send the password there
                    return None
                address = target
                continue
            if response.status_code == _NOT_FOUND:
                return None
            if response.status_code != _OK:
                raise ReleaseError(f"answered {response.status_code} {response.reason_phrase}", address)
            return response
        raise ReleaseError("redirects too often", address)


def file_names(page: httpx.Response) -> list[str]:
    """Return the file names on a project's page, in JSON (PEP 691) or HTML (PEP 503)."""
    if "json" in page.headers.get("Content-Type", ""):
        answer: dict[str, Any] = json.loads(page.text)
        return [str(file["filename"]) for file in answer["files"]]
    links = _Links()
    links.feed(page.text)
    return [unquote(urlsplit(link).path.rpartition("/")[2]) for link in links.found]


def version_of_file(name: str) -> Version | None:
    """Return the version in the name of a wheel or sdist, `None` for other files such as signatures."""
    try:
        if name.endswith(".whl"):
            return parse_wheel_filename(name)[1]
        return parse_sdist_filename(name)[1]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return (parts.scheme, parts.hostname, parts.port)
