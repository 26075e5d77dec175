"""The schema of a table."""

from collections.abc import Iterator
from typing import Final

from graph_meetings_runtime.tables.arrow import ArrowSchema, arrow_schema
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType

_RAW: Final = Column("raw", ColumnType.JSON, "The JSON of the object, as the service sent it.")


class Schema:
    """The columns of a table, in order.

    Args:
        columns: the columns.
    """

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = columns
        self._by_name = {column.name: column for column in columns}
        self._with_raw: Schema | None = None
        self._arrow: ArrowSchema = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._by_name)

    def with_raw(self) -> "Schema":
        """Return the schema of rows that were asked for with `raw=True`."""
        if self._with_raw is None:
            self._with_raw = Schema((*self.columns, _RAW))
        return self._with_raw

    def to_arrow(self) -> ArrowSchema:
        """Return the schema for Arrow. Each field's metadata has its description under `description`.

        Raises:
            ImportError: pyarrow is not installed.
        """
        if self._arrow is None:
            self._arrow = arrow_schema(self.columns)
        return self._arrow

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.columns == other.columns

    def __hash__(self) -> int:
        return hash(self.columns)

    def __repr__(self) -> str:
        return f"Schema({', '.join(self.names)})"
