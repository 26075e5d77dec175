"""Remember which items were delivered recently, in bounded memory."""

from typing import Final

_RECENT: Final = 32_768


class RecentItems:
    """Remembers the contents of at least the latest 32,768 items, and of at most twice as many, all by their hashes."""

    def __init__(self) -> None:
        self._newer: dict[int, int] = {}
        self._older: dict[int, int] = {}

    def has(self, key: int, digest: int) -> bool:
        """Return whether the item with that key last had that content."""
        return self._newer.get(key, self._older.get(key)) == digest

    def remember(self, key: int, digest: int) -> None:
        """Remember the content of an item."""
        self._newer[key] = digest
        if len(self._newer) >= _RECENT:
            self._older, self._newer = self._newer, {}
