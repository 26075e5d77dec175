"""Values that do not fit their column."""

from collections import Counter
from typing import TYPE_CHECKING, Protocol, cast

from msgspec import Struct

from graph_meetings_runtime.models.values.shown import shown

if TYPE_CHECKING:
    from graph_meetings_runtime.json_codec import JsonValue


class Problem(Struct, frozen=True):
    """A value that does not fit its column. The column is null instead; without a key there is no row.

    Attributes:
        table: its name.
        column: its name, or the property that lists the rows.
        item: the position of the item among those that were given, and its id if it has one, as in `item 3 (id)`.
        value: as it was decoded from JSON.
        reason: what is wrong with it.
        item_id: the id of the item alone, `None` if it has none.
    """

    table: str
    column: str
    item: str
    value: object
    reason: str
    item_id: str | None = None

    def __str__(self) -> str:
        value = "" if self.value is None else f": {shown(cast('JsonValue', self.value))}"
        return f"{self.table}.{self.column} of {self.item}: {self.reason}{value}"

    @property
    def kind(self) -> tuple[str, str, str]:
        """What all problems with one cause have in common: table, column and reason."""
        return self.table, self.column, self.reason


class MalformedValue(ValueError):
    """A value does not fit its column. With `problems=`, a table goes on instead.

    Attributes:
        problem: table, column, item and value.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class OnProblem(Protocol):
    """What receives the problems of a table."""

    def __call__(self, problem: Problem, /) -> object:
        """Receive a problem. What it raises ends the reading."""
        ...


class Problems:
    """Collects problems: of each kind the first, and how many there were.

    Attributes:
        first: the first problem of each kind.
        counts: how many there were of each kind.
    """

    def __init__(self) -> None:
        self.first: dict[tuple[str, str, str], Problem] = {}
        self.counts: Counter[tuple[str, str, str]] = Counter()

    def __call__(self, problem: Problem, /) -> None:
        """Count a problem."""
        self.first.setdefault(problem.kind, problem)
        self.counts[problem.kind] += 1

    def __bool__(self) -> bool:
        return bool(self.first)


def raise_problem(problem: Problem) -> None:
    """Raise an error for a problem."""
    raise MalformedValue(problem)
