"""Remember recently delivered items, in bounded memory."""

from typing import Final

_RECENT: Final = 32_768


class RecentItems:
    """Remembers hashes of the latest 32,768 items at least, and of twice as many at most."""

    def __init__(self) -> None:
        self._newer: dict[int, int] = {}
        self._older: dict[int, int] = {}

    def has(self, key: int, digest: int) -> bool:
        """Return whether an item was last delivered with this content."""
        return self._newer.get(key, self._older.get(key)) == digest

    def remember(self, key: int, digest: int) -> None:
        """Remember the content of an item."""
        self._newer[key] = digest
        if len(self._newer) >= _RECENT:
            self._older, self._newer = self._newer, {}
