"""Open enumerations: a value that the service adds later is kept as text."""

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """An enumeration of the service that accepts values this release does not know.

    A known value is a member. Any other string becomes a value of the same class that equals the string and has
    `is_known == False`; it never becomes `None` and is never lost.

    Source: https://learn.microsoft.com/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = value
        unknown._value_ = value
        return unknown

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        # By value: some releases of Python 3.11 pickle by name, which an unknown value does not have.
        return type(self), (self._value_,)

    @property
    def is_known(self) -> bool:
        """Whether this release has a member for the value."""
        return self._value_ in type(self)._value2member_map_
