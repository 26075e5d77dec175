"""Detect pages without new items, in bounded memory."""

from typing import Final, cast

from graph_meetings_runtime.json_codec import JsonObject, encode_json

_MOST_REMEMBERED: Final = 4096
# Beyond that, only some items are remembered, so it takes more repeats to be sure that nothing was new.
_ENOUGH_REPEATS: Final = 256


class PageProgress:
    """Counts the pages in a row without new items: empty ones, and those whose items have all been seen before.

    A server can send the same items under new links for ever. All of the first 4,096 items are remembered, then every
    second one, every fourth, and so on, chosen by a hash that the server cannot predict. A cycle of any length is thus
    detected soon after it closes.

    Args:
        max_idle_pages: how many such pages in a row are allowed.
    """

    def __init__(self, max_idle_pages: int) -> None:
        self._max_idle_pages = max_idle_pages
        # Hashes, as ids can be long.
        self._remembered: set[int] = set()
        self._mask = 0
        self._idle_pages = 0
        self._empty_pages = 0
        self._repeats = 0

    def count(self, items: object) -> None:
        """Count a page by its decoded items."""
        found = cast("list[object]", items) if isinstance(items, list) else []
        if not found:
            self._idle_pages += 1
            self._empty_pages += 1
            return
        self._empty_pages = 0
        keys = self._chosen(found)
        if not keys:
            return  # too few to tell
        if keys <= self._remembered:
            self._idle_pages += 1
            self._repeats += len(keys)
            return
        self._idle_pages = self._repeats = 0
        self._remembered |= keys
        while len(self._remembered) > _MOST_REMEMBERED:
            self._mask = self._mask << 1 | 1
            self._remembered = {key for key in self._remembered if not key & self._mask}

    def _chosen(self, items: list[object]) -> set[int]:
        """Return the keys of the items that are remembered."""
        keys = _keys_of(items)
        return {key for key in keys if not key & self._mask} if self._mask else keys

    @property
    def has_ended(self) -> bool:
        """Whether the limit is reached, so that no further page should be fetched."""
        return self._empty_pages >= self._max_idle_pages or self.is_repeating

    @property
    def is_repeating(self) -> bool:
        """Whether it is reached because pages repeat items, not because all of them are empty."""
        is_sure = not self._mask or self._repeats >= _ENOUGH_REPEATS
        return self._empty_pages < self._max_idle_pages <= self._idle_pages and is_sure

    def __str__(self) -> str:
        if self.is_repeating:
            return f"{self._idle_pages} pages in a row with nothing new, each with a next link"
        return f"{self._empty_pages} empty pages in a row, each with a next link"


def _keys_of(items: list[object]) -> set[int]:
    """Return hashes that identify items: of their ids and whether they were removed, or else of all they contain."""
    objects = cast("list[JsonObject]", items)
    try:
        ids: list[object] = [item["id"] for item in objects]
    except (KeyError, TypeError):
        ids = [None]
    # Four times as fast as one by one.
    if set(map(type, ids)) == {str} and True not in ["@removed" in item for item in objects]:
        return set(map(hash, ids))
    return set(map(_key_of, items))


def _key_of(item: object) -> int:
    if isinstance(item, dict):
        raw = cast("JsonObject", item)
        id_ = raw.get("id")
        if isinstance(id_, str):
            return hash((id_, 1)) if "@removed" in raw else hash(id_)
        item = raw
    try:
        return hash(encode_json(item))
    except ValueError:  # nested too deeply
        return 0
