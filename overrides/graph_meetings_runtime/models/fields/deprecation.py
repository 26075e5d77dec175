"""Names that the metadata marks as deprecated: they work as before, and warn at the first use in a process."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, overload

from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.json_backed import JsonBacked
from graph_meetings_runtime.warn import warn_caller

__all__ = ["DeprecatedCollectionField", "DeprecatedField", "deprecated"]

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


class _Notice:
    """A warning that is shown once; every time if warnings are errors."""

    __slots__ = ("_is_shown", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._is_shown = False

    def show(self) -> None:
        if not self._is_shown:
            warn_caller(self.text, DeprecationWarning)
            self._is_shown = True


if TYPE_CHECKING:
    # Type checkers then report every use (PEP 702).
    from typing_extensions import deprecated
else:

    def deprecated(note: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Make a function warn the first time it is called.

        Args:
            note: the sentence that says that it is deprecated, and since when.
        """

        def decorate(function: Callable[P, R]) -> Callable[P, R]:
            notice = _Notice(f"{function.__qualname__}: {note}")

            @functools.wraps(function)
            def noticed(*args: Any, **kwargs: Any) -> R:
                notice.show()
                return function(*args, **kwargs)

            return noticed

        return decorate


class DeprecatedField(Field[T]):
    """A property of a model that the metadata marks deprecated.

    The first time it is read from an instance or used in a filter, it warns.

    Args:
        wire_name: the property's name in JSON.
        edm_type: the type that reads and writes its value.
        note: the sentence that says that it is deprecated, and since when.
    """

    # No __slots__: they would cause a layout conflict in the class for collections. Plain fields pay nothing for this.

    def __init__(self, wire_name: str, edm_type: EdmType[T], note: str) -> None:
        super().__init__(wire_name, edm_type)
        self._notice = _Notice(note)

    def __set_name__(self, owner: type[JsonBacked], name: str) -> None:
        super().__set_name__(owner, name)
        self._notice = _Notice(f"{owner.__name__}.{name}: {self._notice.text}")

    @overload
    def __get__(self, instance: None, owner: type[JsonBacked]) -> Self: ...
    @overload
    @deprecated("the metadata marks it deprecated")
    def __get__(self, instance: JsonBacked, owner: type[JsonBacked]) -> T | None: ...
    def __get__(self, instance: JsonBacked | None, owner: type[JsonBacked]) -> "Self | T | None":
        if instance is None:
            return self
        self._notice.show()
        return super().__get__(instance, owner)

    @property
    def wire_path(self) -> tuple[str, ...]:
        """The names in JSON, starting at the item; reading them warns, because filters do."""
        self._notice.show()
        return super().wire_path


class DeprecatedCollectionField(DeprecatedField[list[T]], CollectionField[T]):
    """A property that holds a list, and that the metadata marks deprecated.

    Args:
        wire_name: the property's name in JSON.
        item_type: the type that reads and writes each item.
        note: the sentence that says that it is deprecated, and since when.
    """

    def __init__(self, wire_name: str, item_type: EdmType[T], note: str) -> None:
        super(DeprecatedField, self).__init__(wire_name, item_type)
        self._notice = _Notice(note)
