"""Tables: rows, Arrow and frames of what the service sends."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, TypeAlias, cast

from msgspec import Struct

from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.tables.arrow import (
    ArrowTable,
    PandasFrame,
    PolarsFrame,
    arrow_table,
    pandas_frame,
    polars_frame,
)
from graph_meetings_runtime.tables.batches import Batches
from graph_meetings_runtime.tables.column import Level
from graph_meetings_runtime.tables.layout import Layout
from graph_meetings_runtime.tables.problems import OnProblem, raise_problem
from graph_meetings_runtime.tables.schema import Schema

Item: TypeAlias = Model | Struct | dict[str, Any]
"""What rows are made of: a model, a `Cue`, or the JSON object of a model."""

_ONE: Final[tuple[type, ...]] = (Model, Struct, dict)


class Table:
    """A table of what the service has: its columns, and how to make rows.

    Attributes:
        name: in snake case, such as `streams`.
        doc: one sentence on what has a row.
        key: the columns that together are different for each row, from the outermost object in.
        schema: the columns.
        items: the types of what rows can be made of, such as `microsoft.graph.callRecording`.
        levels: the kinds of objects on the way from items to rows.
    """

    def __init__(self, name: str, doc: str, *, key: tuple[str, ...], levels: tuple[Level, ...]) -> None:
        self.name = name
        self.doc = doc
        self.key = key
        self.schema = Schema(tuple(column for level in levels for column in level.columns))
        self.items = tuple(level.type for level in levels)
        self.levels = levels
        self._layout = Layout(name, levels)

    def rows(
        self,
        items: Item | Iterable[Item],
        *,
        raw: bool = False,
        problems: OnProblem = raise_problem,
        **parents: object,
    ) -> Iterator[dict[str, Any]]:
        """Return the rows, one for each object, as plain Python. They are made while they are iterated over.

        Args:
            items: one or many, of v1.0 or beta; or their JSON objects.
            raw: whether to add the JSON of the row's object, as `raw`.
            problems: receives each `Problem` with a value; the value becomes null. A row without its key is left out.
                The default raises an error.
            parents: values of the columns that the items do not know, such as `report_id` of an attendance record.

        Raises:
            MalformedValue: a value does not fit its column.
            TypeError: a parent is missing or unknown, or an item is of another type.
        """
        names = self._schema(raw=raw).names
        return (dict(zip(names, row)) for row in self.tuples(items, raw=raw, problems=problems, **parents))  # noqa: B905  a third of the time

    def tuples(
        self,
        items: Item | Iterable[Item],
        *,
        raw: bool = False,
        problems: OnProblem = raise_problem,
        **parents: object,
    ) -> Iterator[tuple[Any, ...]]:
        """Return the rows as tuples of values, in the order of the columns: faster than `rows`.

        The arguments and errors are those of `rows`.
        """
        batches = self._batches(items, problems, parents, raw=raw)
        return chain.from_iterable(zip(*batch, strict=True) for batch in batches)

    def to_arrow(
        self,
        items: Item | Iterable[Item],
        *,
        raw: bool = False,
        problems: OnProblem = raise_problem,
        **parents: object,
    ) -> ArrowTable:
        """Return an Arrow table of the rows; what reads Arrow's C streams, such as DuckDB, takes it as it is.

        The arguments are those of `rows`.

        Raises:
            ImportError: pyarrow is not installed.
            MalformedValue: a value does not fit its column.
            TypeError: a parent is missing or unknown, or an item is of another type.
        """
        return arrow_table(self._schema(raw=raw).to_arrow(), self._batches(items, problems, parents, raw=raw))

    def to_pandas(
        self,
        items: Item | Iterable[Item],
        *,
        raw: bool = False,
        problems: OnProblem = raise_problem,
        **parents: object,
    ) -> PandasFrame:
        """Return a pandas frame of the rows. Its columns have Arrow's types (`pandas.ArrowDtype`), so nothing is lost.

        The arguments and errors are those of `to_arrow`.
        """
        return pandas_frame(self.to_arrow(items, raw=raw, problems=problems, **parents))

    def to_polars(
        self,
        items: Item | Iterable[Item],
        *,
        raw: bool = False,
        problems: OnProblem = raise_problem,
        **parents: object,
    ) -> PolarsFrame:
        """Return a Polars frame of the rows.

        The arguments and errors are those of `to_arrow`.
        """
        return polars_frame(self.to_arrow(items, raw=raw, problems=problems, **parents))

    def _schema(self, *, raw: bool) -> Schema:
        return self.schema.with_raw() if raw else self.schema

    def _batches(
        self, items: Item | Iterable[Item], problems: OnProblem, parents: Mapping[str, object], *, raw: bool
    ) -> Iterator[list[list[Any]]]:
        many = (items,) if isinstance(items, _ONE) else cast("Iterable[object]", items)
        return Batches(self._layout, parents, problems, with_raw=raw).of(many)

    def __repr__(self) -> str:
        return f"<Table {self.name}: {len(self.schema)} columns, key {', '.join(self.key)}>"
