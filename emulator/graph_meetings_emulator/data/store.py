"""The entities that the service answers from, in memory, changeable while the service runs."""

from collections.abc import Iterable, Mapping
from threading import RLock
from typing import TypeAlias

from graph_meetings_emulator.data.entities import ChangeLog, Entity, NavigationPath
from graph_meetings_emulator.data.media import Media
from graph_meetings_runtime.json_codec import JsonObject

EntityPath: TypeAlias = tuple[str, ...]
"""Collection names and ids in turn, from the root: `("users", id, "onlineMeetings", id)`."""

Streams: TypeAlias = Mapping[str, Media | tuple[Media, ...]]
"""Streams by the stream property's name: each in one form, or in several, the usual one first."""

_SINGLES = (("communications",), ("solutions",), ("solutions", "virtualEvents"))
"""The parts of the service that are there without anybody's doing."""


class Store:
    """A tree of entities."""

    def __init__(self) -> None:
        self.root = Entity({})
        self._changes = 0
        # The server's thread reads while tests write from theirs.
        self._lock = RLock()
        for path in _SINGLES:
            self.add_single(path, {})

    def add(
        self, path: EntityPath, properties: JsonObject, *, streams: Streams | None = None, key: str | None = None
    ) -> Entity:
        """Add an entity to the collection that a path ends with.

        Args:
            path: the collection.
            properties: its JSON.
            streams: its streams.
            key: its id where the JSON does not show one; by default the JSON's, else its place in the collection.

        Raises:
            KeyError: the path names an entity that does not exist.
            ValueError: the collection has an entity of that id.
        """
        with self._lock:
            *owner_path, name = path
            owner = self.find(owner_path)
            members = owner.collections.setdefault(name, {})
            given = key or properties.get("id")
            entity = Entity(properties, owner, name, str(given) if given else f"{name}-{self._changes}")
            entity.streams.update(_formats(streams))
            if entity.id in members:
                raise ValueError(f"{name} has an entity with the id {entity.id!r} already")
            members[entity.id] = entity
            self._record(entity)
            entity.added = entity.changed
            return entity

    def add_single(self, path: EntityPath, properties: JsonObject) -> Entity:
        """Add the entity of a single-valued property: `("communications",)`.

        Raises:
            KeyError: the path names an entity that does not exist.
        """
        with self._lock:
            *owner_path, name = path
            owner = self.find(owner_path)
            owner.singles[name] = Entity(properties, owner, name)
            return owner.singles[name]

    def replace(self, path: EntityPath, properties: JsonObject, *, streams: Streams | None = None) -> None:
        """Give the entity at a path other properties, and other streams where given."""
        with self._lock:
            entity = self.find(path)
            entity.replace(properties)
            entity.streams.update(_formats(streams))
            self._record(entity)

    def remove(self, path: EntityPath) -> None:
        """Remove the entity at a path and all that it contains."""
        with self._lock:
            entity = self.find(path)
            if entity.parent is not None and entity.is_single:
                del entity.parent.singles[entity.container]
            elif entity.parent is not None:
                del entity.parent.collections[entity.container][entity.id]
            self._mark_removed(entity)

    def find(self, path: Iterable[str]) -> Entity:
        """Find the entity at a path.

        Raises:
            KeyError: there is none.
        """
        entity = self.root
        names = iter(path)
        for name in names:
            entity = entity.singles[name] if name in entity.singles else entity.collections[name][next(names)]
        return entity

    def ids(self, path: EntityPath) -> tuple[str, ...]:
        """List the ids in the collection that a path ends with: `("users", id, "adhocCalls")`.

        Raises:
            KeyError: the path names an entity that does not exist.
        """
        *owner_path, name = path
        return tuple(self.find(owner_path).collections.get(name, {}))

    def descendants(self, path: EntityPath, *names: str) -> list[JsonObject]:
        """List the JSON of all that is in the collections of these names below an entity."""
        return [entity.properties for entity in self.find(path).descendants(names)]

    def change_log(self, owner: Entity, path: NavigationPath) -> ChangeLog:
        """Give the set below an entity, which from then on is kept up to date."""
        with self._lock:
            if path not in owner.change_logs:
                owner.change_logs[path] = ChangeLog.of(owner, path)
            return owner.change_logs[path]

    def _mark_removed(self, entity: Entity) -> None:
        for contained in entity.collections.values():
            for child in contained.values():
                self._mark_removed(child)
        entity.is_removed = True
        self._record(entity)

    def _record(self, entity: Entity) -> None:
        self._changes += 1
        entity.changed = self._changes
        for owner, path in entity.ancestors():
            if change_log := owner.change_logs.get(path):
                change_log.entries.append((entity.changed, entity))


def _formats(streams: Streams | None) -> dict[str, tuple[Media, ...]]:
    return {name: formats if isinstance(formats, tuple) else (formats,) for name, formats in (streams or {}).items()}
