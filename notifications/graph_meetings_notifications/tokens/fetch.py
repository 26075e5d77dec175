"""Fetching a small document from a known host, with limits on time and size."""

from concurrent.futures import Future
from threading import Thread
from time import monotonic
from typing import Final

from graph_meetings_notifications.errors import SigningKeysUnavailable
from graph_meetings_runtime.origin import Origin

MAX_BYTES: Final = 1 << 20
_OK: Final = 200


def checked_url(url: str) -> str:
    """Return a URL that may be fetched.

    Raises:
        ValueError: it is neither https nor http on this machine.
    """
    if not Origin.of(url).is_safe:
        raise ValueError(f"{url!r} is not https: anyone who can change the response could sign tokens")
    return url


def fetch(url: str, seconds: float) -> bytes:
    """Fetch a document, without following redirects.

    Args:
        url: of the document.
        seconds: for all of it, including the DNS lookup, which socket timeouts do not cover.

    Raises:
        SigningKeysUnavailable: it cannot be fetched, or is too large.
    """
    outcome: Future[bytes] = Future()
    Thread(target=_fetch, args=(url, seconds, outcome), daemon=True, name="graph-meetings-signing-keys").start()
    try:
        return outcome.result(seconds)
    except TimeoutError:
        raise SigningKeysUnavailable(f"{url} took more than {seconds} seconds") from None


def _fetch(url: str, seconds: float, outcome: Future[bytes]) -> None:
    try:
        outcome.set_result(_content(url, seconds))
    except SigningKeysUnavailable as error:
        outcome.set_exception(error)
    except Exception as error:  # noqa: BLE001  the one who waits must learn of it
        outcome.set_exception(SigningKeysUnavailable(f"{url} cannot be fetched: {type(error).__name__}"))


def _content(url: str, seconds: float) -> bytes:
    import httpx  # noqa: PLC0415  imported when it is needed, once in hours

    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    content = b""
    deadline = monotonic() + seconds
    with (
        httpx.Client(timeout=seconds, headers=headers) as client,
        client.stream("GET", url, follow_redirects=False) as response,
    ):
        if response.status_code != _OK:
            raise SigningKeysUnavailable(f"{url} answered {response.status_code}")
        for piece in response.iter_raw():
            content += piece
            if len(content) > MAX_BYTES or monotonic() > deadline:
                raise SigningKeysUnavailable(f"{url} sent more than {MAX_BYTES} bytes, or took too long")
    return content
