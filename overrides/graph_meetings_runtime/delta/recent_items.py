"""Remember which items were delivered lately, in memory that does not grow."""

from typing import Final

_RECENT: Final = 32_768


class RecentItems:
    """Remembers what the latest 32,768 items contained, and up to twice as many."""

    def __init__(self) -> None:
        self._newer: dict[str, int] = {}
        self._older: dict[str, int] = {}

    def has(self, key: str, digest: int) -> bool:
        """Return whether the item with that key last had that content."""
        return self._newer.get(key, self._older.get(key)) == digest

    def remember(self, key: str, digest: int) -> None:
        """Remember what an item contained."""
        self._newer[key] = digest
        if len(self._newer) >= _RECENT:
            self._older, self._newer = self._newer, {}
