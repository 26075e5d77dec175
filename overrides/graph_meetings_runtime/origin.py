"""Which URLs may be asked: the configured origin, and nothing that only looks like it."""

import re
from typing import Self
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from graph_meetings_runtime.errors import LinkRefused, MetadataLinkRefused

_METADATA = re.compile(r"\$metadata/?(\?|$)")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Origin(Struct, frozen=True):
    """Scheme, host and port, as in RFC 6454."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Self:
        """Get the origin of a URL.

        Raises:
            ValueError: the URL is not an absolute http or https one, or has a user name in it. The message has nothing
                of it but the host, because secrets can be anywhere else.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            # Without a cause: Python's message has the user name and the password in it.
            raise ValueError("it is no URL: its host or its port is malformed") from None
        scheme = parts.scheme.lower()
        host = parts.hostname
        if scheme not in _DEFAULT_PORTS or not host:
            raise ValueError("it is not an absolute http or https URL")
        if "@" in parts.netloc or "\\" in url or not url.isprintable() or url != url.strip():
            raise ValueError(f"the URL of host {host!r} has a user name or characters that no URL has")
        return cls(scheme, host.lower(), _DEFAULT_PORTS[scheme] if port is None else port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}")

    @property
    def is_loopback(self) -> bool:
        """Whether the origin is on this machine."""
        return self.host in _LOOPBACK

    @property
    def is_safe(self) -> bool:
        """Whether what is sent there stays secret: https, or plain http that does not leave the machine."""
        return self.scheme == "https" or self.is_loopback


def safe_link(link: str, base_url: str) -> str:
    """Check a link that the service sent, and give it as it can be followed.

    Args:
        link: an `@odata.nextLink`, `@odata.deltaLink` or `Location`.
        base_url: the configured root of the service.

    Raises:
        LinkRefused: following it would leave the configured origin, or it is one of the `$metadata#` links that
            some pages of the service print and that cannot be fetched.
    """
    try:
        origin = Origin.of(link)
    except ValueError as error:
        raise LinkRefused(f"the service sent a link that cannot be followed: {error}") from None
    expected = Origin.of(base_url)
    if origin != expected:
        raise LinkRefused(f"the service sent a link to {origin}, and this client only talks to {expected}")
    if "#" in link or _METADATA.search(link):
        raise MetadataLinkRefused(
            "the service sent a $metadata# link, which names a type and not a page; ask for the collection by its own "
            "path instead"
        )
    return link.replace(" ", "%20")


class QuietUrl(httpx.URL):
    """A URL that keeps to itself, when it is printed or logged, where tokens are: its query."""

    def __str__(self) -> str:
        return without_query(super().__str__())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class SecretUrl(QuietUrl):
    """A URL that keeps its path to itself too: of a place that hands content out to whoever knows the address."""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc.decode()}/…"


def without_query(url: str) -> str:
    """Cut the query and the fragment off, where tokens are."""
    return re.split(r"[?#]", url, maxsplit=1)[0]
