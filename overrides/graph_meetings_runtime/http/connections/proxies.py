"""The proxies in the environment, read as by urllib, curl and aiohttp."""

import base64
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from msgspec import Struct

from graph_meetings_runtime.origin import Origin

_PORTS: Final = {"http": 80, "https": 443}
_UNAUTHENTICATED: Final = frozenset({401, 407})


class Proxy(Struct, frozen=True):
    """An HTTP proxy.

    Args:
        url: without user name and password.
        headers: sent to the proxy only.
    """

    url: str
    headers: dict[str, str]

    @property
    def is_https(self) -> bool:
        """Whether the connection to the proxy itself is encrypted."""
        return self.url.startswith("https:")


class EnvironmentProxies:
    """Finds the proxy for an origin: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY` or the system's settings.

    They are read once for each origin. This machine is always reached directly. An entry of `NO_PROXY` can have a
    scheme, as in httpx: `https://host` or `https://host:8443`.
    """

    def __init__(self) -> None:
        self.find = lru_cache(maxsize=64)(_find)


def _find(scheme: str, host: str, port: int | None) -> Proxy | None:
    """Return the proxy for an origin, or `None` if there is none.

    Raises:
        ValueError: it is not an HTTP proxy.
    """
    if Origin(scheme, host, port or 0).is_loopback:
        return None
    proxies = getproxies()
    url = proxies.get(scheme) or proxies.get("all")
    if not url or proxy_bypass(host) or (port and proxy_bypass(f"{host}:{port}")):
        return None
    if _is_bypassed_in_scope(proxies.get("no", ""), scheme, host, port):
        return None
    return _parse(url)


def _is_bypassed_in_scope(no_proxy: str, scheme: str, host: str, port: int | None) -> bool:
    """Return whether `NO_PROXY` has an entry for this scheme only, which urllib would take for a host."""
    shown = f"[{host}]" if ":" in host else host
    names = (shown, f"{shown}:{port or _PORTS[scheme]}")
    for entry in no_proxy.lower().split(","):
        scope, _, rest = entry.strip().partition("://")
        bypassed = rest.rstrip("/").lstrip(".")
        if scope == scheme and bypassed and any(f".{name}".endswith(f".{bypassed}") for name in names):
            return True
    return False


def refusal_of_proxy(status: int) -> str:
    """Return the message for a proxy's status; some proxies reject a password with 401, as if the service did."""
    message = f"the proxy answered {status} instead of opening a tunnel"
    if status in _UNAUTHENTICATED:
        message += "; check the user name and password in HTTPS_PROXY or ALL_PROXY"
    return message


def _parse(url: str) -> Proxy:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:  # its message may quote the password
        raise ValueError("the environment names a proxy with a malformed URL") from None
    if parts.scheme not in _PORTS:
        raise ValueError(
            f"the environment names a {parts.scheme} proxy; only http and https proxies are supported: set HTTPS_PROXY "
            "to one of those, or add the host to NO_PROXY"
        )
    if not host:
        raise ValueError("the environment names a proxy without a host")
    shown = f"[{host}]" if ":" in host else host
    headers: dict[str, str] = {}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return Proxy(f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}"), headers)
