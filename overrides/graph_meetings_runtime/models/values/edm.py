"""The primitive types of OData: how each is read from JSON, written to JSON, and written into a URL.

Source: OData 4.01 JSON format, section 7, and the literals of OData's ABNF.
"""

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from math import inf, isfinite, isinf, nan
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from graph_meetings_runtime.json_codec import JsonValue, Number, json_type

T = TypeVar("T")

DateTimeParameter: TypeAlias = datetime | date | str
"""The values of a date parameter: an aware `datetime`, a `date`, or an RFC 3339 string, which is sent unchanged."""


class EdmType(Generic[T]):
    """A type of the OData entity data model.

    Args:
        name: the name in CSDL, such as `Edm.DateTimeOffset`.
        wire_type: the JSON type that carries it: `str`, `int`, `float`, `bool`, `dict` or `list`.
        read: converts a JSON value other than null; raises `ValueError`, `TypeError` or
            `OverflowError` if it is malformed.
        write: converts a Python value to JSON.
        literal: returns the text of a value in a URL, before percent-encoding.
        is_plain: whether a JSON value of exactly `wire_type` already is the Python value.
        factory: for an object, returns the class of its model.

    Attributes:
        is_mutable: whether the Python value is an object or a list, which a caller can change.
    """

    # Not a dataclass: importing a client creates hundreds of these.
    __slots__ = ("factory", "is_mutable", "is_plain", "literal", "name", "read", "wire_type", "write")

    def __init__(  # noqa: PLR0913  the parts of a type
        self,
        name: str,
        wire_type: type,
        read: Callable[[JsonValue], T],
        write: Callable[[T], JsonValue],
        literal: Callable[[object], str],
        *,
        is_plain: bool = False,
        factory: Callable[[], type] | None = None,
    ) -> None:
        self.name = name
        self.wire_type = wire_type
        self.read = read
        self.write = write
        self.literal = literal
        self.is_plain = is_plain
        self.is_mutable = wire_type in {dict, list}
        self.factory = factory

    @property
    def is_json(self) -> bool:
        """Whether the Python value is JSON as it is, for which Kiota's parse nodes have no getter."""
        return self.wire_type is dict and self.factory is None


_RFC_3339 = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?([Zz]|[+-][0-9]{2}:[0-9]{2}))?"
_INTEGER = r"[+-]?[0-9]{1,19}"
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([Ee][+-]?[0-9]+)?")
_MAX_EXPONENT = 6144  # of IEEE 754 decimal128; formatting `1e999999999` would take a gigabyte
_SPECIAL_LITERALS = {"nan": "NaN", "inf": "INF", "-inf": "-INF", "Infinity": "INF", "-Infinity": "-INF"}
_SPECIAL_DOUBLES = {"NaN": nan, "INF": inf, "-INF": -inf}


def _expect(value: object, *types: type) -> None:
    # bool is an int to Python and not to JSON.
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise TypeError(f"expected {' or '.join(t.__name__ for t in types)}, got {value!r}")


def _read_text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a string, got {json_type(value)}")
    return value


def _read_boolean(value: JsonValue) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"expected a boolean, got {json_type(value)}")
    return value


def _read_integer(value: JsonValue) -> int:
    if isinstance(value, str):  # IEEE754Compatible=true sends Int64 as text
        if not re.fullmatch(_INTEGER, value):
            raise ValueError("not a 64-bit integer")
        return int(value)
    if isinstance(value, float):
        raise TypeError("expected an integer, got a number with a fraction or an exponent")
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"expected an integer, got {json_type(value)}")
    return value


def _read_double(value: JsonValue) -> float:
    if isinstance(value, float) and isfinite(value):
        return float(value)  # of a `Number` too, which is a float with its text
    if isinstance(value, str):
        if value in _SPECIAL_DOUBLES:
            return _SPECIAL_DOUBLES[value]
        if not _NUMBER.fullmatch(value):
            raise ValueError("not a number")
    elif not isinstance(value, float | int) or isinstance(value, bool):
        raise TypeError(f"expected a number, got {json_type(value)}")
    number = float(value)
    if isinf(number):  # JSON has no infinity, but numbers like 1e400
        raise ValueError("out of the range of a 64-bit float")
    return number


def _read_decimal(value: JsonValue) -> Decimal:
    if isinstance(value, Number):
        text = value.text
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"expected a number, got {json_type(value)}")
    else:
        text = str(value)
        if not _NUMBER.fullmatch(text):
            raise ValueError("not a decimal number")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("out of the range of a decimal") from None
    if not -_MAX_EXPONENT <= number.adjusted() <= _MAX_EXPONENT:
        raise ValueError("out of the range of a decimal")
    return number


def _read_date_time_offset(value: JsonValue) -> datetime:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else _read_text(value))
    except ValueError:  # Python's message repeats the text, however long or secret
        raise ValueError("not a date and time like 2026-01-15T09:30:00Z") from None
    if moment.tzinfo is None:
        raise ValueError("the time has no UTC offset")
    return moment


def _write_date_time_offset(value: datetime) -> str:
    _require_aware(value)
    return value.isoformat().replace("+00:00", "Z")


def _require_aware(value: datetime) -> None:
    if value.utcoffset() is None:
        raise ValueError(
            f"the datetime {value.isoformat()} is naive; add a timezone, for example datetime(2026, 1, 15, tzinfo=UTC)"
        )


def _date_time_literal(value: object) -> str:
    if isinstance(value, datetime):
        _require_aware(value)
        try:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except OverflowError:
            raise ValueError(f"the datetime {value.isoformat()} is out of range in UTC") from None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _check_rfc_3339(value)
    raise TypeError(f"expected an aware datetime, a date or an RFC 3339 string, got {value!r}")


def _check_rfc_3339(text: str) -> str:
    try:
        if re.fullmatch(_RFC_3339, text):
            datetime.fromisoformat(text.upper())
            return text
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not an RFC 3339 date or time like 2026-01-15T09:30:00Z")


def parse_duration(text: str) -> timedelta:
    """Parse an `Edm.Duration`, such as `PT1H2.5S`; digits finer than microseconds are rounded.

    Raises:
        ValueError: the text is not an ISO 8601 duration of days and smaller units.
    """
    try:
        return msgspec.convert(text, timedelta)
    except msgspec.ValidationError as error:
        raise ValueError(f"not an ISO 8601 duration like PT1H30M: {error}") from None


def format_duration(value: timedelta) -> str:
    """Write a `timedelta` as an `Edm.Duration` in days, seconds and microseconds."""
    sign, magnitude = ("-", -value) if value < timedelta(0) else ("", value)
    days = f"{magnitude.days}D" if magnitude.days else ""
    fraction = f".{magnitude.microseconds:06}".rstrip("0") if magnitude.microseconds else ""
    return f"{sign}P{days}T{magnitude.seconds}{fraction}S"


def _read_duration(value: JsonValue) -> timedelta:
    return parse_duration(_read_text(value))


def _read_date(value: JsonValue) -> date:
    text = _read_text(value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("not a date like 2026-01-15") from None


def _read_time_of_day(value: JsonValue) -> time:
    text = _read_text(value)
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError("not a time of day like 09:30:00") from None


def _read_guid(value: JsonValue) -> UUID:
    return UUID(_read_text(value))


def _read_binary(value: JsonValue) -> bytes:
    text = _read_text(value).replace("+", "-").replace("/", "_")
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _write_binary(value: bytes) -> str:
    return urlsafe_b64encode(value).decode()


def _string_literal(value: object) -> str:
    return "'" + _typed(value, str).replace("'", "''") + "'"


def _boolean_literal(value: object) -> str:
    return "true" if _typed(value, bool) else "false"


def _integer_literal(value: object) -> str:
    _expect(value, int)
    return str(value)


def _number_literal(value: object) -> str:
    _expect(value, int, float, Decimal)
    text = str(value)
    return _SPECIAL_LITERALS.get(text, text)


def _duration_literal(value: object) -> str:
    return f"duration'{format_duration(_typed(value, timedelta))}'"


def _date_literal(value: object) -> str:
    return _typed(value, date).isoformat()


def _time_literal(value: object) -> str:
    return _typed(value, time).isoformat()


def _guid_literal(value: object) -> str:
    return str(value if isinstance(value, UUID) else UUID(_typed(value, str)))


def _binary_literal(value: object) -> str:
    return f"binary'{_write_binary(_typed(value, bytes))}'"


def _typed(value: object, expected: type[T]) -> T:
    if not isinstance(value, expected):
        raise TypeError(f"expected {expected.__name__}, got {value!r}")
    return value


def _typed_writer(expected: type[T], write: Callable[[T], JsonValue]) -> Callable[[T], JsonValue]:
    """Return a function that writes values of one type to JSON and refuses all others."""
    return lambda value: write(_typed(value, expected))


def _write_integer(value: int) -> int:
    if isinstance(value, bool):
        raise TypeError(f"expected int, got {value!r}")
    return _typed(value, int)


def _write_double(value: float) -> float | str:
    _expect(value, int, float)
    number = float(value)
    return number if isfinite(number) else _SPECIAL_LITERALS[str(number)]


def _write_decimal(value: Decimal) -> Number:
    if not value.is_finite():
        raise ValueError(f"{value} is not a finite number")
    return Number(str(value))


STRING = EdmType("Edm.String", str, _read_text, _read_text, _string_literal, is_plain=True)
BOOLEAN = EdmType("Edm.Boolean", bool, _read_boolean, _read_boolean, _boolean_literal, is_plain=True)
BYTE = EdmType("Edm.Byte", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
SBYTE = EdmType("Edm.SByte", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
INT16 = EdmType("Edm.Int16", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
INT32 = EdmType("Edm.Int32", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
INT64 = EdmType("Edm.Int64", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
SINGLE = EdmType("Edm.Single", float, _read_double, _write_double, _number_literal)
DOUBLE = EdmType("Edm.Double", float, _read_double, _write_double, _number_literal)
DECIMAL = EdmType("Edm.Decimal", float, _read_decimal, _typed_writer(Decimal, _write_decimal), _number_literal)
DATE_TIME_OFFSET = EdmType(
    "Edm.DateTimeOffset",
    str,
    _read_date_time_offset,
    _typed_writer(datetime, _write_date_time_offset),
    _date_time_literal,
)
DATE = EdmType("Edm.Date", str, _read_date, _typed_writer(date, date.isoformat), _date_literal)
TIME_OF_DAY = EdmType("Edm.TimeOfDay", str, _read_time_of_day, _typed_writer(time, time.isoformat), _time_literal)
DURATION = EdmType("Edm.Duration", str, _read_duration, _typed_writer(timedelta, format_duration), _duration_literal)
GUID = EdmType("Edm.Guid", str, _read_guid, _typed_writer(UUID, str), _guid_literal)
BINARY = EdmType("Edm.Binary", str, _read_binary, _typed_writer(bytes, _write_binary), _binary_literal)
STREAM = EdmType("Edm.Stream", str, _read_binary, _typed_writer(bytes, _write_binary), _binary_literal)
"""A media stream. Its bytes are not in the JSON but have their own URL; the builder of that name fetches them."""
