"""The entities that the service answers from, in memory; they can change while the service runs."""

from collections.abc import Iterable, Mapping
from threading import RLock
from typing import TypeAlias

from graph_meetings_emulator.data.entities import ChangeLog, Entity, NavigationPath
from graph_meetings_emulator.data.media import Media
from graph_meetings_runtime.json_codec import JsonObject

EntityPath: TypeAlias = tuple[str, ...]
"""Alternating collection names and ids, from the root: `("users", id, "onlineMeetings", id)`."""

Streams: TypeAlias = Mapping[str, Media | tuple[Media, ...]]
"""Streams by property name, each in one format or in several, the usual one first."""

_SINGLES = (("communications",), ("copilot",), ("solutions",), ("solutions", "virtualEvents"))
"""The parts of the service that always exist."""


class Store:
    """A tree of entities."""

    def __init__(self) -> None:
        self.root = Entity({})
        self._changes = 0
        # The server thread reads while tests write from another one.
        self._lock = RLock()
        for path in _SINGLES:
            self.add_single(path, {})

    def add(
        self,
        path: EntityPath,
        properties: JsonObject,
        *,
        streams: Streams | None = None,
        key: str | None = None,
        type_: str = "",
    ) -> Entity:
        """Add an entity to a collection and return it.

        Args:
            path: the collection.
            properties: the JSON of the entity.
            streams: the streams of the entity.
            key: the id of the entity; by default the one in the JSON, else a number.
            type_: the CSDL type of the entity, if the collection has entities of several.

        Raises:
            KeyError: the path names an entity that does not exist.
            ValueError: the collection already has an entity with that id.
        """
        with self._lock:
            *owner_path, name = path
            owner = self.find(owner_path)
            members = owner.collections.setdefault(name, {})
            given = key or properties.get("id")
            entity = Entity(properties, owner, name, str(given) if given else f"{name}-{self._changes}")
            entity.type = type_
            entity.streams.update(_formats(streams))
            if entity.id in members:
                raise ValueError(f"{name} already has an entity with the id {entity.id!r}; use replace to change it")
            members[entity.id] = entity
            self._record(entity)
            entity.added = entity.changed
            return entity

    def add_single(self, path: EntityPath, properties: JsonObject) -> Entity:
        """Set the entity of a single-valued property, such as `("communications",)`, and return it.

        Raises:
            KeyError: the path names an entity that does not exist.
        """
        with self._lock:
            *owner_path, name = path
            owner = self.find(owner_path)
            owner.singles[name] = Entity(properties, owner, name)
            return owner.singles[name]

    def replace(self, path: EntityPath, properties: JsonObject, *, streams: Streams | None = None) -> None:
        """Replace the properties of an entity, and its streams if given."""
        with self._lock:
            entity = self.find(path)
            entity.replace(properties)
            entity.streams.update(_formats(streams))
            self._record(entity)

    def remove(self, path: EntityPath) -> None:
        """Remove an entity and everything that it contains."""
        with self._lock:
            entity = self.find(path)
            if entity.parent is not None and entity.is_single:
                del entity.parent.singles[entity.container]
            elif entity.parent is not None:
                del entity.parent.collections[entity.container][entity.id]
            self._mark_removed(entity)

    def find(self, path: Iterable[str]) -> Entity:
        """Return the entity at a path.

        Raises:
            KeyError: there is none.
        """
        entity = self.root
        names = iter(path)
        for name in names:
            entity = entity.singles[name] if name in entity.singles else entity.collections[name][next(names)]
        return entity

    def ids(self, path: EntityPath) -> tuple[str, ...]:
        """Return the ids in a collection, such as `("users", id, "adhocCalls")`.

        Raises:
            KeyError: the path names an entity that does not exist.
        """
        *owner_path, name = path
        return tuple(self.find(owner_path).collections.get(name, {}))

    def descendants(self, path: EntityPath, *names: str) -> list[JsonObject]:
        """Return the JSON of all entities in the nested collections of these names below an entity."""
        return [entity.properties for entity in self.find(path).descendants(names)]

    def change_log(self, owner: Entity, path: NavigationPath) -> ChangeLog:
        """Return the change log of a set below an entity; it is kept up to date from then on."""
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
