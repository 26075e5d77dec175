"""The keys that a cloud signs its tokens with: fetched, cached, and fetched again when they change.

Source: https://learn.microsoft.com/entra/identity-platform/signing-key-rollover
"""

from collections.abc import Mapping
from threading import Lock
from time import monotonic
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from graph_meetings_notifications.errors import SigningKeysUnavailable
from graph_meetings_notifications.tokens.fetch import checked_url, fetch
from graph_meetings_notifications.tokens.key_set import read_key_set
from graph_meetings_notifications.tokens.remembered import RememberedTokens
from graph_meetings_runtime import Cloud

_SECONDS_FRESH: Final = 6 * 3600.0
_SECONDS_USABLE: Final = 24 * 3600.0
_SECONDS_BETWEEN: Final = 60.0
_SECONDS_AFTER_FAILURE: Final = 5.0


class SigningKeys:
    """The keys of a cloud, fetched when the first token is verified and then every six hours.

    If a token names an unknown key, they are fetched again, at most once a minute. While they cannot be fetched, the
    cached ones are used until they are a day old. Several threads can and should share one object, because each object
    fetches the keys separately.

    Args:
        cloud: that sends the notifications.
        url: of the key set, if it is not the cloud's own: https, or http on this machine.
        timeout: the seconds that fetching it may take. The service waits three seconds for a response.

    Raises:
        ValueError: the URL is not safe.
    """

    def __init__(self, cloud: Cloud = Cloud.GLOBAL, *, url: str | None = None, timeout: float = 2.0) -> None:
        self.cloud = cloud
        self.url = checked_url(url or f"{cloud.authority}/common/discovery/keys")
        self.timeout = timeout
        self.remembered = RememberedTokens()
        self._lock = Lock()
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._failed = False

    def find(self, key_id: str) -> RSAPublicKey | None:
        """Return the key with this id, or `None` if the cloud has none.

        Raises:
            SigningKeysUnavailable: the keys cannot be fetched, and no cached ones may still be used.
        """
        key = self._keys.get(key_id)
        if key is not None and self._age() < _SECONDS_FRESH:
            return key
        with self._lock:  # others wait for the one that fetches
            key = self._keys.get(key_id)
            if (key is None or self._age() >= _SECONDS_FRESH) and self._may_fetch():
                self._fetch()
            if self._age() >= _SECONDS_USABLE:
                raise SigningKeysUnavailable(
                    f"the keys of {self.url} could not be fetched for a while; check the network"
                )
            return self._keys.get(key_id)

    def _age(self) -> float:
        return float("inf") if self._fetched is None else monotonic() - self._fetched

    def _may_fetch(self) -> bool:
        between = _SECONDS_AFTER_FAILURE if self._failed else _SECONDS_BETWEEN
        return self._tried is None or monotonic() - self._tried >= between

    def _fetch(self) -> None:
        """Fetch the keys. If that fails, keep the current ones as long as they may be used.

        Raises:
            SigningKeysUnavailable: it failed, and there are no usable keys.
        """
        self._tried = monotonic()
        try:
            keys = self._read(fetch(self.url, self.timeout))
        except SigningKeysUnavailable:
            self._failed = True
            if self._age() >= _SECONDS_USABLE:
                raise
        else:
            self._keys, self._fetched, self._failed = keys, monotonic(), False

    def _read(self, content: bytes) -> Mapping[str, RSAPublicKey]:
        try:
            keys = read_key_set(content)
        except ValueError as error:
            raise SigningKeysUnavailable(f"{self.url} sent something else: {error}") from None
        if not keys:
            raise SigningKeysUnavailable(f"{self.url} sent no RSA key")
        return keys

    def __repr__(self) -> str:
        return f"SigningKeys({self.cloud}, url={self.url!r})"
