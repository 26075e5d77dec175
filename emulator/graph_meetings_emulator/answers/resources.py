"""Find the entity, the set of entities, or the stream that a route refers to."""

from dataclasses import replace
from typing import TypeAlias

from graph_meetings_emulator.answers.functions import rule_for
from graph_meetings_emulator.answers.id_forms import unknown_id
from graph_meetings_emulator.answers.routes import Cast, Invoke, Key, Navigate, Route, Step
from graph_meetings_emulator.answers.tenant import AccessCheck
from graph_meetings_emulator.data.entities import Entity, EntitySet
from graph_meetings_emulator.data.media import Media
from graph_meetings_emulator.http.errors import not_found

_OF_ALL_USERS = {
    ("communications", "onlineMeetings"): ("users", "onlineMeetings"),
    ("communications", "adhocCalls"): ("users", "adhocCalls"),
}
"""Collections of what all users have, with their paths from the root."""


_USERS = "users"

_SETS = {"microsoft.graph.user": "users"}
"""By type: the entity set that contexts name after a cast."""

Resource: TypeAlias = Entity | EntitySet


def find_entity(root: Entity, route: Route, check: AccessCheck | None) -> Entity:
    """Return the entity that a route refers to.

    Raises:
        ServiceError: 404 if an id in the path does not exist, 400 if it has a wrong form.
    """
    found = _walk(root, route.steps, check)
    if isinstance(found, EntitySet):
        raise not_found()
    return found


def find_set(root: Entity, route: Route, check: AccessCheck | None) -> EntitySet:
    """Return the set of entities that a route refers to.

    Raises:
        ServiceError: 404 if an id in the path does not exist, 400 if it has a wrong form.
    """
    found = _walk(root, route.steps, check)
    if isinstance(found, Entity):
        raise not_found()
    return found


def find_stream(root: Entity, route: Route, check: AccessCheck | None) -> tuple[Media, ...]:
    """Return the stream that a route refers to, in all its formats.

    Raises:
        ServiceError: 404 if an id in the path, or the stream, does not exist, 400 if an id has a wrong form.
    """
    *steps, last = route.steps
    owner = _walk(root, tuple(steps), check)
    name = last.name if isinstance(last, Navigate) else ""
    if isinstance(owner, EntitySet) or name not in owner.streams:
        raise not_found()
    return owner.streams[name]


def find_user(root: Entity, key: str) -> Entity | None:
    """Return a user by id or by user principal name, whose case does not matter; `None` if there is none."""
    users = root.collections.get(_USERS, {})
    return users.get(key) or next((user for user in list(users.values()) if _is_named(user, key)), None)


def _is_named(user: Entity, name: str) -> bool:
    return str(user.properties.get("userPrincipalName") or "").lower() == name.lower()


def _walk(root: Entity, steps: tuple[Step, ...], check: AccessCheck | None) -> Resource:
    here: Resource = root
    for step in steps:
        match step:
            case Navigate(name):
                here = _navigate(here, name)
            case Cast(type_):
                here = _cast(here, type_)
            case Key(value):
                here = _member(here, value)
                if check is not None:
                    check(here)
            case Invoke():
                here = _result(here, step)
    return here


def _navigate(here: Resource, name: str) -> Resource:
    if isinstance(here, EntitySet):
        raise not_found()
    if name in here.singles:
        return here.singles[name]
    path = _OF_ALL_USERS.get((here.container, name))
    if path is not None and here.parent is not None:
        return EntitySet(here.parent, path, f"{here.container}/{name}")
    return EntitySet(here, (name,))


def _cast(here: Resource, type_: str) -> Resource:
    if isinstance(here, EntitySet):
        return replace(here, name=_SETS.get(type_, f"Collection({type_})"), of_type=type_)
    if here.type != type_:
        raise not_found()
    return here


def _member(here: Resource, key: str) -> Entity:
    if not isinstance(here, EntitySet):
        raise not_found()
    *between, name = here.path
    if here.owner.parent is None and here.path == (_USERS,) and (user := find_user(here.owner, key)):
        return user
    owners = here.owner.descendants(tuple(between)) if between else (here.owner,)
    for owner in owners:
        entity = owner.collections.get(name, {}).get(key)
        if entity is not None:
            return entity
    raise unknown_id(name, key)


def _result(here: Resource, call: Invoke) -> EntitySet:
    """Return the result of a function.

    This is the set at its entity set path, the collection that it returns a part of, or else the set stored under its
    name.
    """
    owner, path = (here.owner, here.path) if isinstance(here, EntitySet) else (here, ())
    if rule_for((call,)).is_subset:
        return EntitySet(owner, path)
    if call.function.entity_set_path is None:
        return EntitySet(owner, (*path[:-1], call.function.name))
    return EntitySet(owner, (*path, *call.function.entity_set_path.split("/")[1:]))
