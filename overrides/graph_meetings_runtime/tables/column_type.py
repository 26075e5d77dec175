"""The types of columns, and the form that their values have in each format."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeAlias

import msgspec

from graph_meetings_runtime.json_codec import encode_json

DECIMAL_DIGITS: Final = 38
DECIMAL_SCALE: Final = 18
_MICROSECOND: Final = timedelta(microseconds=1)
_LONG: Final = len("0001-01-01T00:00:00.000001Z")
_SHORT: Final = len("0001-01-01T00:00:00")

Convert: TypeAlias = Callable[[Any], Any]


class ColumnType(Enum):
    """What a column holds, in Python's types. Each can also be null, `None`.

    Attributes:
        TEXT: `str`; of an enumeration, the text that the service sent, known or not.
        INTEGER: `int` of at most 64 bits.
        BOOLEAN: `bool`.
        DOUBLE: `float`, always finite.
        DECIMAL: `Decimal` with at most 20 digits before and 18 after the point.
        MOMENT: `datetime` in UTC with microseconds; finer digits are cut off.
        DURATION: `timedelta` with microseconds; finer digits are rounded.
        LIST_OF_TEXT: `list[str]`.
        JSON: `str`, a JSON text.
    """

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DOUBLE = "double"
    DECIMAL = "decimal"
    MOMENT = "moment"
    DURATION = "duration"
    LIST_OF_TEXT = "list of text"
    JSON = "json"

    @property
    def python(self) -> type:
        """The type of its values in Python."""
        return _PYTHON.get(self, str)

    @property
    def duckdb(self) -> str:
        """The type in DuckDB, which takes Python's values as they are."""
        return _DUCKDB[self]

    @property
    def sqlite(self) -> str:
        """The type in SQLite, of what `sqlite_value` returns."""
        return _SQLITE.get(self, "TEXT")

    def sqlite_converter(self) -> Callable[[Any], str | int | float] | None:
        """Return what converts a value to what `sqlite_value` returns; `None` if it is stored as it is."""
        return _SQLITE_VALUES.get(self)

    def text_converter(self) -> Callable[[Any], str]:
        """Return what converts a value to what `text` returns."""
        return _TEXTS.get(self, str)

    def json_converter(self) -> Convert | None:
        """Return what converts a value to what `json_value` returns; `None` if it is encoded as it is."""
        return _JSON_VALUES.get(self)

    def exact_json_converter(self) -> Convert | None:
        """Return what converts a value to JSON that other programs read without loss; `None` if it is encoded as it is.

        Decimals are texts, as moments are, and durations are microseconds.
        """
        return _EXACT_JSON_VALUES.get(self)

    def sqlite_value(self, value: Any) -> str | int | float | None:
        """Return a value as SQLite stores it.

        Moments are texts of one length, so that they sort by time; durations are seconds; decimals are texts, which
        keep their digits.
        """
        convert = self.sqlite_converter()
        return value if value is None or convert is None else convert(value)

    def text(self, value: Any) -> str:
        """Return a value as a text, as for CSV: null is empty, a duration is in seconds, a list is JSON."""
        return "" if value is None else self.text_converter()(value)

    def json_value(self, value: Any) -> object:
        """Return a value for `msgspec.json.encode`: decimals, and durations in seconds, are numbers with all digits."""
        convert = self.json_converter()
        return value if value is None or convert is None else convert(value)


def _moment(value: datetime) -> str:
    text: str = msgspec.to_builtins(value if value.tzinfo is UTC else value.astimezone(UTC))  # a quarter of isoformat
    return text if len(text) == _LONG else f"{text[:_SHORT]}.000000Z"


def _microseconds(value: timedelta) -> int:
    return value // _MICROSECOND


def _seconds(value: timedelta) -> str:
    return _plain(Decimal(value // _MICROSECOND).scaleb(-6).normalize())


def _plain(value: Decimal) -> str:
    """Return a decimal without an exponent."""
    return f"{value:f}"


def _json(value: object) -> str:
    return encode_json(value).decode()


def _boolean(value: object) -> str:
    return "true" if value else "false"


def _as_it_is(value: str) -> msgspec.Raw:
    """Return JSON to be written as it is."""
    return msgspec.Raw(value.encode())


_PYTHON: Final[Mapping[ColumnType, type]] = {
    ColumnType.INTEGER: int,
    ColumnType.BOOLEAN: bool,
    ColumnType.DOUBLE: float,
    ColumnType.DECIMAL: Decimal,
    ColumnType.MOMENT: datetime,
    ColumnType.DURATION: timedelta,
    ColumnType.LIST_OF_TEXT: list,
}
_DUCKDB: Final[Mapping[ColumnType, str]] = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DOUBLE: "DOUBLE",
    ColumnType.DECIMAL: f"DECIMAL({DECIMAL_DIGITS}, {DECIMAL_SCALE})",
    ColumnType.MOMENT: "TIMESTAMP WITH TIME ZONE",
    ColumnType.DURATION: "INTERVAL",
    ColumnType.LIST_OF_TEXT: "VARCHAR[]",
    ColumnType.JSON: "JSON",
}
_SQLITE: Final[Mapping[ColumnType, str]] = {
    ColumnType.INTEGER: "INTEGER",
    ColumnType.BOOLEAN: "INTEGER",
    ColumnType.DOUBLE: "REAL",
    ColumnType.DURATION: "REAL",
}
_SQLITE_VALUES: Final[Mapping[ColumnType, Callable[[Any], str | int | float]]] = {
    ColumnType.BOOLEAN: int,
    ColumnType.DECIMAL: _plain,
    ColumnType.MOMENT: _moment,
    ColumnType.DURATION: timedelta.total_seconds,
    ColumnType.LIST_OF_TEXT: _json,
}
_TEXTS: Final[Mapping[ColumnType, Callable[[Any], str]]] = {
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DOUBLE: repr,
    ColumnType.DECIMAL: _plain,
    ColumnType.MOMENT: _moment,
    ColumnType.DURATION: _seconds,
    ColumnType.LIST_OF_TEXT: _json,
}
_JSON_VALUES: Final[Mapping[ColumnType, Callable[[Any], object]]] = {
    ColumnType.DECIMAL: lambda value: _as_it_is(_plain(value)),
    ColumnType.MOMENT: _moment,
    ColumnType.DURATION: lambda value: _as_it_is(_seconds(value)),
    ColumnType.JSON: _as_it_is,
}
_EXACT_JSON_VALUES: Final[Mapping[ColumnType, Convert]] = {
    ColumnType.DECIMAL: _plain,
    ColumnType.DURATION: _microseconds,
}
