"""One small document of a known host, within a time and a size."""

import time
from typing import Final

from graph_meetings_notifications.errors import SigningKeysUnavailable
from graph_meetings_runtime.origin import Origin

MAX_BYTES: Final = 1 << 20
_OK: Final = 200


def checked_url(url: str) -> str:
    """Return a URL that may be fetched.

    Raises:
        ValueError: it is not https, nor http on this machine.
    """
    if not Origin.of(url).is_safe:
        raise ValueError(f"{url!r} is not https: whoever can change the answer could sign tokens")
    return url


def fetch(url: str, seconds: float) -> bytes:
    """Fetch a document, without following redirects.

    Args:
        url: of the document.
        seconds: for all of it.

    Raises:
        SigningKeysUnavailable: it cannot be had, or is too large.
    """
    import httpx  # noqa: PLC0415  imported when it is needed, once in hours

    deadline = time.monotonic() + seconds
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    content = b""
    try:
        with (
            httpx.Client(timeout=seconds, headers=headers) as client,
            client.stream("GET", url, follow_redirects=False) as response,
        ):
            if response.status_code != _OK:
                raise SigningKeysUnavailable(f"{url} answered {response.status_code}")
            for piece in response.iter_raw():
                content += piece
                if len(content) > MAX_BYTES:
                    raise SigningKeysUnavailable(f"{url} sent more than {MAX_BYTES} bytes")
                if time.monotonic() > deadline:
                    raise SigningKeysUnavailable(f"{url} took more than {seconds} seconds")
    except (httpx.HTTPError, OSError) as error:
        raise SigningKeysUnavailable(f"{url} cannot be fetched: {type(error).__name__}") from error
    return content
