"""Which URLs may be requested: those of the configured origin, and none that only look like them."""

import re
from typing import Final, Self
from urllib.parse import urlsplit

from msgspec import Struct

from graph_meetings_runtime.errors import LinkRefused, MetadataLinkRefused

_METADATA = r"\$metadata/?(\?|$)"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LONGEST_SHOWN: Final = 32
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Origin(Struct, frozen=True):
    """Scheme, host and port, as defined by RFC 6454."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Self:
        """Return the origin of a URL.

        Raises:
            ValueError: the URL is not an absolute http or https URL, or contains a user name. The message shows at most
                the host, because the rest may contain secrets.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            # Without a cause: Python's message contains the user name and the password.
            raise ValueError("malformed host or port") from None
        scheme = parts.scheme.lower()
        host = parts.hostname
        if scheme not in _DEFAULT_PORTS or not host:
            raise ValueError("not an absolute http or https URL")
        if "@" in parts.netloc or "\\" in url or not url.isprintable() or url != url.strip():
            raise ValueError(f"the URL contains a user name or illegal characters (host {_shown(host)!r})")
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
        """Whether what is sent there is protected: https, or plain http that does not leave the machine."""
        return self.scheme == "https" or self.is_loopback


def _shown(host: str) -> str:
    """Return what a message may show of a host: only the end of a long name, because it can contain a token."""
    return host if len(host) <= _LONGEST_SHOWN else f"…{host[-_LONGEST_SHOWN:]}"


def safe_link(link: str, base_url: str, what: str = "the service sent") -> str:
    """Check a link that the service sent, and return it in the form to follow.

    Args:
        link: an `@odata.nextLink`, `@odata.deltaLink` or `Location`.
        base_url: the configured root of the service.
        what: how the message of an error begins.

    Raises:
        LinkRefused: it leads to another origin, or is one of the `$metadata#` links that the service sends with some
            pages, which cannot be fetched.
    """
    try:
        origin = Origin.of(link)
    except ValueError as error:
        raise LinkRefused(f"{what} an unusable link: {error}") from None
    expected = Origin.of(base_url)
    if origin != expected:
        raise LinkRefused(f"{what} a link to {_shown(str(origin))}, but this client only sends requests to {expected}")
    if "#" in link or re.search(_METADATA, link):
        raise MetadataLinkRefused(
            f"{what} a $metadata# link, which names a type and not a page; request the collection by its own "
            "path instead"
        )
    return link.replace(" ", "%20")


def without_query(url: str) -> str:
    """Return a URL without its query and fragment, because they may contain tokens."""
    return re.split(r"[?#]", url, maxsplit=1)[0]
