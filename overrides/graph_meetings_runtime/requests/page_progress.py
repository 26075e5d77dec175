"""Notice pages that bring nothing new, in bounded memory."""

from typing import Final, cast

from graph_meetings_runtime.json_codec import JsonObject, encode_json

_MOST_REMEMBERED: Final = 4096
# Beyond that only some items are remembered, so it takes more of them to be sure that nothing was new.
_ENOUGH_REPEATS: Final = 256


class PageProgress:
    """Counts the pages in a row that bring nothing new: empty ones, and those whose items have all come before.

    A server can send the same items under fresh links for ever. The first 4,096 items are all remembered, then every
    second one, every fourth and so on, chosen by a hash that the server cannot foresee. A circle of any length is thus
    noticed soon after it has closed.

    Args:
        max_idle_pages: how many such pages may come in a row.
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
        """Return the keys of those items that are remembered."""
        keys = _keys_of(items)
        return {key for key in keys if not key & self._mask} if self._mask else keys

    @property
    def has_ended(self) -> bool:
        """Whether so many pages in a row have brought nothing new that no further one is to be fetched."""
        return self._empty_pages >= self._max_idle_pages or self.is_repeating

    @property
    def is_repeating(self) -> bool:
        """Whether so many have because they repeat items, not because all of them are empty."""
        is_sure = not self._mask or self._repeats >= _ENOUGH_REPEATS
        return self._empty_pages < self._max_idle_pages <= self._idle_pages and is_sure

    def __str__(self) -> str:
        if self.is_repeating:
            return f"{self._idle_pages} pages in a row with nothing new, each with a next link"
        return f"{self._empty_pages} empty pages in a row, each with a next link"


def _keys_of(items: list[object]) -> set[int]:
    """Return hashes of what items are known by: their ids and whether they were removed, or else all of them."""
    objects = cast("list[JsonObject]", items)
    try:
        ids: list[object] = [item["id"] for item in objects]
    except (KeyError, TypeError):
        ids = [None]
    # A quarter of the time that it takes one by one.
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
