"""Entities and what they contain: a tree of JSON objects, with a change log for each set that was requested."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from graph_meetings_runtime.json_codec import JsonObject

if TYPE_CHECKING:
    from graph_meetings_emulator.data.media import Media

NavigationPath: TypeAlias = tuple[str, ...]
"""Names of nested collections below an entity: `("onlineMeetings", "recordings")` below a user."""

Encode: TypeAlias = Callable[[JsonObject], bytes]


class Entity:
    """An object of the service.

    Attributes:
        id: its key, which some entities do not show in their JSON.
        properties: its JSON.
        parent: the entity that contains it; `None` for the root.
        container: the collection or single-valued property of the parent that it is in.
        collections: contained entities, by collection and id.
        singles: contained entities, by single-valued property.
        type: its type in CSDL if its collection has several, otherwise empty.
        streams: the formats of each stream property, by name, the usual format first.
        added: the number of the change that added it.
        changed: the number of the latest change to it.
        is_removed: whether the latest change removed it.
        change_logs: the sets below it that were requested.
    """

    __slots__ = (
        "_encoded",
        "_key_path",
        "added",
        "change_logs",
        "changed",
        "collections",
        "container",
        "id",
        "is_removed",
        "parent",
        "properties",
        "singles",
        "streams",
        "type",
    )

    def __init__(
        self, properties: JsonObject, parent: "Entity | None" = None, container: str = "", key: str | None = None
    ) -> None:
        self.id = str(properties.get("id") or "") if key is None else key
        self.properties = properties
        self.parent = parent
        self.container = container
        self.collections: dict[str, dict[str, Entity]] = {}
        self.singles: dict[str, Entity] = {}
        self.streams: dict[str, tuple[Media, ...]] = {}
        self.change_logs: dict[NavigationPath, ChangeLog] = {}
        self.type = ""
        self.added = 0
        self.changed = 0
        self.is_removed = False
        self._encoded: dict[Encode, bytes] = _NOTHING
        self._key_path: str | None = None

    def encoded(self, encode: Encode) -> bytes:
        """Return its JSON as bytes, encoded once by each encoder."""
        encoded = self._encoded.get(encode)
        if encoded is None:
            encoded = encode(self.properties)
            self._encoded = {**self._encoded, encode: encoded}
        return encoded

    def replace(self, properties: JsonObject) -> None:
        """Replace the properties."""
        self.properties = properties
        self._encoded = _NOTHING

    @property
    def is_single(self) -> bool:
        """Whether it is the value of a single-valued property, and so has no key in paths."""
        return self.parent is not None and self.parent.singles.get(self.container) is self

    def steps(self) -> list[tuple[str, str | None]]:
        """Return the names in its path, each with the key that follows it, if any."""
        if self.parent is None:
            return []
        return [*self.parent.steps(), (self.container, None if self.is_single else self.id)]

    @property
    def key_path(self) -> str:
        """Its path with keys in parentheses, as in contexts: `users('…')/onlineMeetings('…')`."""
        if self._key_path is None:
            self._key_path = "/".join(n if key is None else f"{n}({_quoted(key)})" for n, key in self.steps())
        return self._key_path

    @property
    def url_path(self) -> str:
        """Its path with keys as segments: `users/…/onlineMeetings/…`."""
        return "/".join(name if key is None else f"{name}/{quote(key, safe='@=')}" for name, key in self.steps())

    @property
    def canonical_path(self) -> str:
        """Its path in the spelling of `Route.canonical_path`."""
        return "/".join(name if key is None else f"{name}/{key!r}" for name, key in self.steps())

    def descendants(self, path: NavigationPath) -> Iterator["Entity"]:
        """Yield every entity at the end of a path below it."""
        name, *rest = path
        # A copy, because tests may write while the server thread reads.
        for entity in list(self.collections.get(name, {}).values()):
            if rest:
                yield from entity.descendants(tuple(rest))
            else:
                yield entity

    def ancestors(self) -> Iterator[tuple["Entity", NavigationPath]]:
        """Yield each entity that contains it, with the path from there."""
        entity, path = self, NavigationPath()
        while entity.parent is not None:
            path = (entity.container, *path)
            entity = entity.parent
            yield entity, path


def _quoted(key: str) -> str:
    return "'" + key.replace("'", "''") + "'"


_NOTHING: dict[Encode, bytes] = {}


@dataclass(frozen=True, slots=True)
class EntitySet:
    """All entities at the end of a path below one entity.

    Attributes:
        owner: the entity.
        path: the path.
        name: the set's own path in contexts, where it differs from the owner's path and `path`.
        of_type: the CSDL type of all of them, where those of other types are left out.
    """

    owner: Entity
    path: NavigationPath
    name: str | None = None
    of_type: str | None = None

    @property
    def key_path(self) -> str:
        """Its path as in contexts: `users('…')/onlineMeetings('…')/recordings`."""
        owner = self.owner.key_path
        return self.name or "/".join((owner, *self.path) if owner else self.path)

    def type_predicate(self) -> Callable[[Entity], bool] | None:
        """Return the predicate for entities of the type; `None` if all are in the set."""
        return None if self.of_type is None else lambda entity: entity.type == self.of_type


@dataclass(slots=True)
class ChangeLog:
    """The changes to a set of entities, oldest first; pages and delta rounds are positions in it.

    An entry counts only while it is the latest change to its entity.

    Attributes:
        entries: the number of each change, and the entity changed.
        orders: by `$orderby`: the length of the log when it was sorted, and its current entries in that order.
    """

    entries: list[tuple[int, Entity]] = field(default_factory=list[tuple[int, Entity]])
    orders: dict[str, tuple[int, list[tuple[int, Entity]]]] = field(
        default_factory=dict[str, tuple[int, list[tuple[int, Entity]]]]
    )

    @classmethod
    def of(cls, owner: Entity, path: NavigationPath) -> "ChangeLog":
        """Make the change log of the set at the end of a path below an entity."""
        return cls(sorted(((entity.changed, entity) for entity in owner.descendants(path)), key=_change_number))


def _change_number(entry: tuple[int, Entity]) -> int:
    return entry[0]
