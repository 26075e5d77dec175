"""Former names: each leads to the current one and warns at every use."""

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field, KeyField
from graph_meetings_runtime.models.values.json_backed import JsonBacked
from graph_meetings_runtime.models.values.open_enum import OpenEnum
from graph_meetings_runtime.warn import is_ours, warn_caller

__all__ = ["RenamedField", "RenamedMember", "renamed", "renamed_classes"]

T = TypeVar("T")
U = TypeVar("U")
R = TypeVar("R")
P = ParamSpec("P")
F = TypeVar("F", bound=Field[Any])
E = TypeVar("E", bound=OpenEnum)


def _warn(name: str, note: str) -> None:
    warn_caller(f"{name} was renamed: {note}", DeprecationWarning)


if TYPE_CHECKING:
    # Type checkers then report every use (PEP 702).
    from typing_extensions import deprecated as renamed
else:

    def renamed(note: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Mark a method as the former name of another, which it calls.

        Args:
            note: tells what to use instead.
        """

        def decorate(method: Callable[P, R]) -> Callable[P, R]:
            @functools.wraps(method)
            def former(*args: Any, **kwargs: Any) -> R:
                _warn(method.__qualname__, note)
                return method(*args, **kwargs)

            return former

        return decorate


class RenamedField(Generic[F, T]):
    """The former name of a field: on the class it is that field, on an instance its value.

    `Model` accepts it in assignments, deletions and constructors too.

    Args:
        field: the field under its current name.
    """

    @overload
    def __init__(self: "RenamedField[CollectionField[U], list[U] | None]", field: CollectionField[U]) -> None: ...
    @overload
    def __init__(self: "RenamedField[KeyField[U], U]", field: KeyField[U]) -> None: ...
    @overload
    def __init__(self: "RenamedField[Field[U], U | None]", field: Field[U]) -> None: ...
    def __init__(self, field: Field[Any]) -> None:
        self._field = field
        self._name = ""

    def __set_name__(self, owner: type[JsonBacked], name: str) -> None:
        self._name = f"{owner.__name__}.{name}"

    @overload
    @renamed("it was renamed")
    def __get__(self, instance: None, owner: type[JsonBacked]) -> F: ...
    @overload
    @renamed("it was renamed")
    def __get__(self, instance: JsonBacked, owner: type[JsonBacked]) -> T: ...
    def __get__(self, instance: JsonBacked | None, owner: type[JsonBacked]) -> Any:
        _warn(self._name, f"use {self._field.name}")
        return getattr(owner if instance is None else instance, self._field.name)

    if TYPE_CHECKING:

        @renamed("it was renamed")
        def __set__(self, instance: JsonBacked, value: T) -> None: ...


class RenamedMember:
    """The former name of a member of an enumeration.

    Args:
        current: the member's current name.
    """

    def __init__(self, current: str) -> None:
        self._current = current
        self._name = ""

    def __set_name__(self, owner: type[OpenEnum], name: str) -> None:
        self._name = f"{owner.__name__}.{name}"

    def __get__(self, instance: E | None, owner: type[E]) -> E:
        _warn(self._name, f"use {self._current}")
        return owner[self._current]


def renamed_classes(module: str, classes: Mapping[str, type]) -> Callable[[str], type]:
    """Return a module's `__getattr__` that finds classes by their former names, so that old pickles load.

    Args:
        module: the name of the module.
        classes: the classes by their former names.
    """

    def find(name: str) -> type:
        found = classes.get(name)
        if found is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=sys.modules[module])
        if not _is_import_probe():
            _warn(f"{module}.{name}", f"use {found.__name__}")
        return found

    return find


def _is_import_probe() -> bool:
    """Whether the caller is `from package import name`, which probes for a module before it reads the attribute."""
    caller = inspect.currentframe()
    while caller is not None and is_ours(caller):
        caller = caller.f_back
    return caller is not None and caller.f_globals.get("__name__") == "importlib._bootstrap"
