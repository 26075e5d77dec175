"""What has been seen before, remembered in memory that does not grow."""

from typing import Final

_LANDMARKS: Final = 1024
_RECENT: Final = 32_768


class Landmarks:
    """Notices links that go round in a circle.

    It remembers every link at first, then every second, every fourth and so on, evenly spread: a circle is noticed at
    its first repeated link within the first 1,024 pages, and later at the latest when the pages have become one in
    256 more.
    """

    def __init__(self) -> None:
        # Hashes, as links are up to a kilobyte long. Python salts them, so the service cannot make two the same.
        self._hashes: dict[int, None] = {}
        self._passed = 0
        self._step = 1

    def pass_by(self, link: str) -> bool:
        """Go on to a link, and say whether it has been here before."""
        key = hash(link)
        if key in self._hashes:
            return True
        if self._passed % self._step == 0:
            self._hashes[key] = None
        self._passed += 1
        if len(self._hashes) > _LANDMARKS:
            self._hashes = dict.fromkeys(list(self._hashes)[::2])
            self._step *= 2
        return False


class RecentContents:
    """Remembers what the latest 32,768 items contained, and up to twice as many."""

    def __init__(self) -> None:
        self._newer: dict[str, int] = {}
        self._older: dict[str, int] = {}

    def has(self, key: str, digest: int) -> bool:
        """Say whether the item with that key was remembered last with that content."""
        return self._newer.get(key, self._older.get(key)) == digest

    def remember(self, key: str, digest: int) -> None:
        """Remember what an item contained."""
        self._newer[key] = digest
        if len(self._newer) >= _RECENT:
            self._older, self._newer = self._newer, {}
