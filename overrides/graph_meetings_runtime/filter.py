"""Filters: comparisons of fields, combined with `&`, `|` and `~`, as OData's `$filter` says them.

Source: OData 4.01 URL conventions, section 5.1.1
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from graph_meetings_runtime.edm import EdmType

T = TypeVar("T")
U = TypeVar("U")

Variables = tuple[str, ...]
"""The lambda variables around an expression, the innermost last."""


class Filter(ABC):
    """A condition for the items of a collection, for `filter=`.

    Made by comparing fields: `(CallRecord.start_date_time >= since) & (CallRecord.type == CallType.GroupCall)`.
    `str(…)` gives OData's text.
    """

    @abstractmethod
    def render(self, variables: Variables) -> str:
        """Write the condition, for an item that the last of the variables stands for."""

    def __and__(self, other: "Filter") -> "Filter":
        return _Junction("and", (self, other))

    def __or__(self, other: "Filter") -> "Filter":
        return _Junction("or", (self, other))

    def __invert__(self) -> "Filter":
        return _Negation(self)

    def __str__(self) -> str:
        return self.render(())

    def __bool__(self) -> bool:
        raise TypeError(f"the filter ({self}) is neither true nor false here; combine filters with &, | and ~")


class Operand(Generic[T]):
    """What a filter compares: a field, or a path of fields.

    Attributes:
        wire_path: the names in JSON, from the item on.
        edm_type: of the last one; it writes the literals.
    """

    __slots__ = ()

    edm_type: EdmType[T]

    @property
    def wire_path(self) -> tuple[str, ...]:
        """The names in JSON, from the item on."""
        raise NotImplementedError

    # A comparison of fields is a filter and no truth value, as in every query library.
    def __eq__(self, other: T | None) -> Filter:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return _Comparison(self, "eq", self._literal(other))

    def __ne__(self, other: T | None) -> Filter:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return _Comparison(self, "ne", self._literal(other))

    def __lt__(self, other: T) -> Filter:
        return _Comparison(self, "lt", self._literal(other))

    def __le__(self, other: T) -> Filter:
        return _Comparison(self, "le", self._literal(other))

    def __gt__(self, other: T) -> Filter:
        return _Comparison(self, "gt", self._literal(other))

    def __ge__(self, other: T) -> Filter:
        return _Comparison(self, "ge", self._literal(other))

    __hash__ = object.__hash__

    def __truediv__(self, other: "Operand[U]") -> "Path[U]":
        return Path((*self.wire_path, *other.wire_path), other.edm_type)

    def in_(self, values: Iterable[T]) -> Filter:
        """Compare with several values: equal to one of them.

        Raises:
            ValueError: there are none.
        """
        literals = ",".join(self._literal(value) for value in values)
        if not literals:
            raise ValueError(f"{'/'.join(self.wire_path)}.in_() needs at least one value")
        return _Comparison(self, "in", f"({literals})")

    def startswith(self, text: str) -> Filter:
        """Compare the beginning of a text."""
        return _Call("startswith", self, _text_literal(text))

    def endswith(self, text: str) -> Filter:
        """Compare the end of a text."""
        return _Call("endswith", self, _text_literal(text))

    def contains(self, text: str) -> Filter:
        """Look for a text within a text."""
        return _Call("contains", self, _text_literal(text))

    def _literal(self, value: T | None) -> str:
        return "null" if value is None else self.edm_type.literal(value)

    def render(self, variables: Variables) -> str:
        """Write the path, from the last of the variables on."""
        return "/".join((*variables[-1:], *self.wire_path))


class Path(Operand[T]):
    """A field of an object within the item: `IdentitySet.user / Identity.id`."""

    __slots__ = ("_wire_path", "edm_type")

    def __init__(self, wire_path: tuple[str, ...], edm_type: EdmType[T]) -> None:
        self._wire_path = wire_path
        self.edm_type = edm_type

    @property
    def wire_path(self) -> tuple[str, ...]:
        """The names in JSON, from the item on."""
        return self._wire_path


def quantified(operand: Operand[T], quantifier: str, condition: Filter | None) -> Filter:
    """Make a condition on the items of a collection within the item: `any` or `all` of them."""
    return _Quantified(operand, quantifier, condition)


def _text_literal(text: str) -> str:
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
        raise TypeError(f"expected str, not {text!r}")
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True, eq=False)
class _Comparison(Filter, Generic[T]):
    operand: Operand[T]
    operator: str
    literal: str

    def render(self, variables: Variables) -> str:
        return f"{self.operand.render(variables)} {self.operator} {self.literal}"


@dataclass(frozen=True, slots=True, eq=False)
class _Call(Filter, Generic[T]):
    function: str
    operand: Operand[T]
    literal: str

    def render(self, variables: Variables) -> str:
        return f"{self.function}({self.operand.render(variables)},{self.literal})"


@dataclass(frozen=True, slots=True, eq=False)
class _Junction(Filter):
    operator: str
    parts: tuple[Filter, Filter]

    def render(self, variables: Variables) -> str:
        return f" {self.operator} ".join(self._part(part, variables) for part in self.parts)

    def _part(self, part: Filter, variables: Variables) -> str:
        text = part.render(variables)
        binds_weaker = isinstance(part, _Junction) and part.operator != self.operator
        return f"({text})" if binds_weaker else text


@dataclass(frozen=True, slots=True, eq=False)
class _Negation(Filter):
    part: Filter

    def render(self, variables: Variables) -> str:
        return f"not ({self.part.render(variables)})"


@dataclass(frozen=True, slots=True, eq=False)
class _Quantified(Filter, Generic[T]):
    operand: Operand[T]
    quantifier: str
    condition: Filter | None

    def render(self, variables: Variables) -> str:
        path = self.operand.render(variables)
        if self.condition is None:
            return f"{path}/{self.quantifier}()"
        initial = self.operand.wire_path[-1][0]
        variable = initial if initial not in variables else f"{initial}{len(variables)}"
        return f"{path}/{self.quantifier}({variable}:{self.condition.render((*variables, variable))})"
