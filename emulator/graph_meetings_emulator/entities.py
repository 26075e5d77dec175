"""Entities and what they contain: a tree of JSON objects, with a log of changes for each set that is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from graph_meetings_runtime.json_codec import JsonObject, encode_json

if TYPE_CHECKING:
    from graph_meetings_emulator.content import Mp4

NavigationPath: TypeAlias = tuple[str, ...]
"""Names of collections from an entity downwards: `("onlineMeetings", "recordings")` from a user."""


class Entity:
    """One object of the service.

    Attributes:
        properties: its JSON.
        parent: the entity that contains it, `None` for the root.
        container: the name of the parent's collection, or single-valued property, that it is in.
        collections: contained entities by collection and id.
        singles: contained entities by single-valued property.
        streams: media by the stream property's name.
        added: the number of the change that brought it.
        changed: the number of the latest change to it.
        is_removed: whether that change was its removal.
        feeds: the sets below it that were asked for.
    """

    __slots__ = (
        "_encoded",
        "added",
        "changed",
        "collections",
        "container",
        "feeds",
        "is_removed",
        "parent",
        "properties",
        "singles",
        "streams",
    )

    def __init__(self, properties: JsonObject, parent: "Entity | None" = None, container: str = "") -> None:
        self.properties = properties
        self.parent = parent
        self.container = container
        self.collections: dict[str, dict[str, Entity]] = {}
        self.singles: dict[str, Entity] = {}
        self.streams: dict[str, Mp4] = {}
        self.feeds: dict[NavigationPath, Feed] = {}
        self.added = 0
        self.changed = 0
        self.is_removed = False
        self._encoded: bytes | None = None

    @property
    def id(self) -> str:
        """Its key."""
        return str(self.properties.get("id", ""))

    @property
    def encoded(self) -> bytes:
        """Its JSON as bytes, encoded once."""
        if self._encoded is None:
            self._encoded = encode_json(self.properties)
        return self._encoded

    def replace(self, properties: JsonObject) -> None:
        """Take other properties."""
        self.properties = properties
        self._encoded = None

    def below(self, path: NavigationPath) -> Iterator["Entity"]:
        """Give every entity at the end of a path downwards."""
        name, *rest = path
        for entity in self.collections.get(name, {}).values():
            if rest:
                yield from entity.below(tuple(rest))
            else:
                yield entity

    def ancestors(self) -> Iterator[tuple["Entity", NavigationPath]]:
        """Give each entity that contains it, with the path from there."""
        entity, path = self, NavigationPath()
        while entity.parent is not None:
            path = (entity.container, *path)
            entity = entity.parent
            yield entity, path


@dataclass(slots=True)
class Feed:
    """A set of entities as a log of changes, oldest first; pages and delta rounds are positions in it.

    An entry counts while it is the latest change of its entity.

    Attributes:
        log: the number of each change and the entity changed.
        orders: by `$orderby`, the log's length when it was sorted, and its current entries in that order.
    """

    log: list[tuple[int, Entity]] = field(default_factory=list[tuple[int, Entity]])
    orders: dict[str, tuple[int, list[tuple[int, Entity]]]] = field(
        default_factory=dict[str, tuple[int, list[tuple[int, Entity]]]]
    )

    @classmethod
    def of(cls, owner: Entity, path: NavigationPath) -> "Feed":
        """Collect the set below an entity."""
        return cls(sorted(((entity.changed, entity) for entity in owner.below(path)), key=_change_number))


def _change_number(entry: tuple[int, Entity]) -> int:
    return entry[0]
