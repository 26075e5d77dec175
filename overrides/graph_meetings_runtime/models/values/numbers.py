"""Integers, floats and decimals."""

import re
from decimal import Decimal, InvalidOperation
from math import inf, isfinite, isinf, nan

from graph_meetings_runtime.json_codec import JsonValue, Number, json_type
from graph_meetings_runtime.models.values.edm_type import EdmType, expect, typed, typed_writer

_INTEGER = r"[+-]?[0-9]{1,19}"
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([Ee][+-]?[0-9]+)?")
_MAX_EXPONENT = 6144  # of IEEE 754 decimal128; formatting `1e999999999` would take a gigabyte
_SPECIAL_LITERALS = {"nan": "NaN", "inf": "INF", "-inf": "-INF", "Infinity": "INF", "-Infinity": "-INF"}
_SPECIAL_DOUBLES = {"NaN": nan, "INF": inf, "-INF": -inf}


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


def _write_integer(value: int) -> int:
    if isinstance(value, bool):
        raise TypeError(f"expected int, got {value!r}")
    return typed(value, int)


def _integer_literal(value: object) -> str:
    expect(value, int)
    return str(value)


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
        raise ValueError("out of range for a 64-bit float")
    return number


def _write_double(value: float) -> float | str:
    expect(value, int, float)
    number = float(value)
    return number if isfinite(number) else _SPECIAL_LITERALS[str(number)]


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
        raise ValueError("out of range for a decimal") from None
    if not -_MAX_EXPONENT <= number.adjusted() <= _MAX_EXPONENT:
        raise ValueError("out of range for a decimal")
    return number


def _write_decimal(value: Decimal) -> Number:
    if not value.is_finite():
        raise ValueError(f"{value} is not a finite number")
    return Number(str(value))


def _number_literal(value: object) -> str:
    expect(value, int, float, Decimal)
    text = str(value)
    return _SPECIAL_LITERALS.get(text, text)


BYTE = EdmType("Edm.Byte", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
SBYTE = EdmType("Edm.SByte", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
INT16 = EdmType("Edm.Int16", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
INT32 = EdmType("Edm.Int32", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
INT64 = EdmType("Edm.Int64", int, _read_integer, _write_integer, _integer_literal, is_plain=True)
SINGLE = EdmType("Edm.Single", float, _read_double, _write_double, _number_literal)
DOUBLE = EdmType("Edm.Double", float, _read_double, _write_double, _number_literal)
DECIMAL = EdmType("Edm.Decimal", float, _read_decimal, typed_writer(Decimal, _write_decimal), _number_literal)
