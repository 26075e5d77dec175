"""Detect next links that form a cycle, in bounded memory."""

from typing import Final

_MOST_REMEMBERED: Final = 1024


class VisitedLinks:
    """Detects links that form a cycle.

    It remembers every link at first, then every second one, every fourth, and so on, evenly spread. Within the first
    1,024 pages a cycle is detected at its first repeated link; later, before the number of pages has grown by 1 in 256.
    """

    def __init__(self) -> None:
        # Hashes, because links are up to a kilobyte long. Python salts them, so the service cannot forge a collision.
        self._hashes: dict[int, None] = {}
        self._visited = 0
        self._step = 1

    def visit(self, link: str) -> bool:
        """Record a link, and return whether it was visited before."""
        key = hash(link)
        if key in self._hashes:
            return True
        if self._visited % self._step == 0:
            self._hashes[key] = None
        self._visited += 1
        if len(self._hashes) > _MOST_REMEMBERED:
            self._hashes = dict.fromkeys(list(self._hashes)[::2])
            self._step *= 2
        return False
