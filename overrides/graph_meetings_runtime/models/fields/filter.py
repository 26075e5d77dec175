"""Filters: comparisons of fields, combined with `&`, `|` and `~`, rendered as OData's `$filter`.

Source: OData 4.01 URL conventions, section 5.1.1
"""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from graph_meetings_runtime.models.values.edm import STRING
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.shown import naming_value

T = TypeVar("T")
U = TypeVar("U")

Variables = tuple[str, ...]
"""The variables of the lambdas around an expression, innermost last."""


class Filter:
    """A condition on the items of a collection, for `filter=`.

    Made by comparing fields: `(CallRecord.start_date_time >= since) & (CallRecord.type == CallType.GroupCall)`.
    `str(…)` returns the OData text.

    Args:
        render: writes the condition for the item that the last variable stands for.
        operator: the operator that joins the parts of the condition, `and` or `or`; empty if there are no parts.
    """

    __slots__ = ("_operator", "render")

    def __init__(self, render: Callable[[Variables], str], operator: str = "") -> None:
        self.render = render
        self._operator = operator

    def __and__(self, other: "Filter") -> "Filter":
        return self._joined("and", other)

    def __or__(self, other: "Filter") -> "Filter":
        return self._joined("or", other)

    def __invert__(self) -> "Filter":
        return Filter(lambda variables: f"not ({self.render(variables)})")

    def __str__(self) -> str:
        return self.render(())

    def __repr__(self) -> str:
        return f"Filter({str(self)!r})"

    def __bool__(self) -> bool:
        raise TypeError(
            f"the filter ({self}) is not a boolean; combine filters with &, | and ~, not `and`, `or`, `not`"
        )

    def _joined(self, operator: str, other: "Filter") -> "Filter":
        def part(filter_: Filter, variables: Variables) -> str:
            text = filter_.render(variables)
            return text if filter_._operator in {"", operator} else f"({text})"

        return Filter(lambda variables: f"{part(self, variables)} {operator} {part(other, variables)}", operator)


class Operand(Generic[T]):
    """What a filter compares: a field, or a path of fields.

    Attributes:
        wire_path: the names in JSON, starting at the item.
        edm_type: the type of the last field; it writes the literals.
    """

    __slots__ = ()

    edm_type: EdmType[T]

    @property
    def wire_path(self) -> tuple[str, ...]:
        """The names in JSON, starting at the item."""
        raise NotImplementedError

    # Comparing fields makes a filter rather than a boolean, as in every query library.
    def __eq__(self, other: T | None) -> Filter:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  a filter, no boolean
        return self._compared("eq", self._literal(other))

    def __ne__(self, other: T | None) -> Filter:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  a filter, no boolean
        return self._compared("ne", self._literal(other))

    def __lt__(self, other: T) -> Filter:
        return self._compared("lt", self._literal(other))

    def __le__(self, other: T) -> Filter:
        return self._compared("le", self._literal(other))

    def __gt__(self, other: T) -> Filter:
        return self._compared("gt", self._literal(other))

    def __ge__(self, other: T) -> Filter:
        return self._compared("ge", self._literal(other))

    __hash__ = object.__hash__

    def __truediv__(self, other: "Operand[U]") -> "Path[U]":
        return Path((*self.wire_path, *other.wire_path), other.edm_type)

    def in_(self, values: Iterable[T]) -> Filter:
        """Return a filter for items that equal one of several values.

        Raises:
            ValueError: there are no values.
        """
        literals = ",".join(self._literal(value) for value in values)
        if not literals:
            raise ValueError(f"{'/'.join(self.wire_path)}.in_() needs at least one value")
        return self._compared("in", f"({literals})")

    def startswith(self, text: str) -> Filter:
        """Return a filter for strings that start with a text."""
        return self._called("startswith", text)

    def endswith(self, text: str) -> Filter:
        """Return a filter for strings that end with a text."""
        return self._called("endswith", text)

    def contains(self, text: str) -> Filter:
        """Return a filter for strings that contain a text."""
        return self._called("contains", text)

    def _compared(self, operator: str, literal: str) -> Filter:
        return Filter(lambda variables: f"{self.render(variables)} {operator} {literal}")

    def _called(self, function: str, text: str) -> Filter:
        literal = STRING.literal(text)
        return Filter(lambda variables: f"{function}({self.render(variables)},{literal})")

    def _literal(self, value: T | None) -> str:
        with naming_value("/".join(self.wire_path)):
            return "null" if value is None else self.edm_type.literal(value)

    def render(self, variables: Variables) -> str:
        """Write the path, starting at the last variable."""
        return "/".join((*variables[-1:], *self.wire_path))


class Path(Operand[T]):
    """A field of an object inside the item: `IdentitySet.user / Identity.id`."""

    __slots__ = ("_wire_path", "edm_type")

    def __init__(self, wire_path: tuple[str, ...], edm_type: EdmType[T]) -> None:
        self._wire_path = wire_path
        self.edm_type = edm_type

    @property
    def wire_path(self) -> tuple[str, ...]:
        """The names in JSON, starting at the item."""
        return self._wire_path


def quantified(operand: Operand[T], quantifier: str, condition: Filter | None) -> Filter:
    """Return a condition on any or all elements of a list inside the item."""
    initial = operand.wire_path[-1][0]

    def render(variables: Variables) -> str:
        if condition is None:
            return f"{operand.render(variables)}/{quantifier}()"
        variable = initial if initial not in variables else f"{initial}{len(variables)}"
        return f"{operand.render(variables)}/{quantifier}({variable}:{condition.render((*variables, variable))})"

    return Filter(render)
