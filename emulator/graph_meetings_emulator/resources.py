"""From the steps of a route to the data: an entity, a set of entities, or a stream."""

from dataclasses import dataclass
from typing import TypeAlias

from graph_meetings_emulator.content import Mp4
from graph_meetings_emulator.entities import Entity, NavigationPath
from graph_meetings_emulator.errors import not_found
from graph_meetings_emulator.routes import Invoke, Key, Navigate, Route, Step


@dataclass(frozen=True, slots=True)
class EntitySet:
    """All entities at the end of a path below one entity."""

    owner: Entity
    path: NavigationPath


Resource: TypeAlias = Entity | EntitySet


def find_entity(root: Entity, route: Route) -> Entity:
    """Find the one object that a route stands for.

    Raises:
        ServiceError: 404 where an id on the way does not exist.
    """
    found = _walk(root, route.steps)
    if isinstance(found, EntitySet):
        raise not_found()
    return found


def find_set(root: Entity, route: Route) -> EntitySet:
    """Find the set that a route stands for.

    Raises:
        ServiceError: 404 where an id on the way does not exist.
    """
    found = _walk(root, route.steps)
    if isinstance(found, Entity):
        raise not_found()
    return found


def find_stream(root: Entity, route: Route) -> Mp4:
    """Find the stream that a route stands for.

    Raises:
        ServiceError: 404 where an id on the way or the stream does not exist.
    """
    *steps, last = route.steps
    owner = _walk(root, tuple(steps))
    name = last.name if isinstance(last, Navigate) else ""
    if isinstance(owner, EntitySet) or name not in owner.streams:
        raise not_found()
    return owner.streams[name]


def _walk(root: Entity, steps: tuple[Step, ...]) -> Resource:
    here: Resource = root
    for step in steps:
        match step:
            case Navigate(name):
                here = _navigate(here, name)
            case Key(value):
                here = _member(here, value)
            case Invoke():
                here = _result(here, step)
    return here


def _navigate(here: Resource, name: str) -> Resource:
    if isinstance(here, EntitySet):
        raise not_found()
    return here.singles[name] if name in here.singles else EntitySet(here, (name,))


def _member(here: Resource, key: str) -> Entity:
    if isinstance(here, EntitySet) and len(here.path) == 1:
        entity = here.owner.collections.get(here.path[0], {}).get(key)
        if entity is not None:
            return entity
    raise not_found()


def _result(here: Resource, call: Invoke) -> EntitySet:
    """Find the entities that a function gives: by its entity set path, else those kept under its name."""
    owner, path = (here.owner, here.path) if isinstance(here, EntitySet) else (here, ())
    if call.function.entity_set_path is None:
        return EntitySet(owner, (*path[:-1], call.function.name))
    return EntitySet(owner, (*path, *call.function.entity_set_path.split("/")[1:]))
