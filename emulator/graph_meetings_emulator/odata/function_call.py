"""Parse OData function calls strictly, such as `getPstnCalls(fromDateTime=2026-01-01,toDateTime=2026-02-01)`.

Source: OData 4.01 ABNF, `functionExprParameters`; blanks may follow a comma, as in Graph's documents.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from graph_meetings_emulator.http.errors import ServiceError, bad_request, syntax_error
from graph_meetings_emulator.odata.timestamps import parse_timestamp
from graph_meetings_runtime.operations.operation import Function, Parameter

ArgumentValue: TypeAlias = str | int | float | bool
Arguments: TypeAlias = Mapping[str, ArgumentValue]


@dataclass(frozen=True, slots=True)
class _Literal:
    """How an EDM type is written in a URL: its grammar, and a function from text to value."""

    pattern: re.Pattern[str]
    value: Callable[[str], ArgumentValue]


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _date_time(text: str) -> str:
    parse_timestamp(text)
    return text


def _guid(text: str) -> str:
    return str(UUID(text))


def _is_true(text: str) -> bool:
    return text == "true"


# An unquoted literal extends to the end of the argument; the function that reads the value checks it.
_BARE = re.compile(r"[^,()']*")
_STRING = _Literal(re.compile(r"'(?:[^']|'')*'"), _unquoted)
_INTEGER = _Literal(re.compile(r"-?[0-9]+"), int)
_NUMBER = _Literal(re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"), float)
_LITERALS = {
    "Edm.String": _STRING,
    "Edm.DateTimeOffset": _Literal(_BARE, _date_time),
    "Edm.Date": _Literal(_BARE, _date_time),
    "Edm.Guid": _Literal(_BARE, _guid),
    "Edm.Boolean": _Literal(re.compile(r"true|false"), _is_true),
    "Edm.Int16": _INTEGER,
    "Edm.Int32": _INTEGER,
    "Edm.Int64": _INTEGER,
    "Edm.Single": _NUMBER,
    "Edm.Double": _NUMBER,
    "Edm.Decimal": _NUMBER,
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BLANKS = re.compile(r" *")


def parse_call(text: str, function: Function) -> Arguments:
    """Return the arguments of a call, given as a percent-decoded path segment.

    A call without parentheses has no arguments.

    Raises:
        ServiceError: 400 if the text is malformed, an argument is unknown, repeated or of the wrong type, or a
            required parameter is missing.
    """
    opening = text.find("(")
    arguments: Arguments = _Reader(text, function, opening + 1).read() if opening >= 0 else {}
    for parameter in function.parameters:
        if parameter.name not in arguments and not parameter.is_optional:
            raise bad_request(f"The function '{function.name}' needs the parameter '{parameter.name}'.")
    return arguments


class _Reader:
    """Read a call from left to right; `position` is where the next token must start."""

    def __init__(self, text: str, function: Function, position: int) -> None:
        self.text = text
        self.position = position
        self.parameters = {parameter.name: parameter for parameter in function.parameters}
        self.arguments: dict[str, ArgumentValue] = {}

    def read(self) -> Arguments:
        if not self._at(")"):
            self._argument()
            while self._at(","):
                self._skip(",")
                self._take(_BLANKS)
                self._argument()
        self._skip(")")
        if self.position != len(self.text):
            raise self._error()
        return self.arguments

    def _argument(self) -> None:
        start = self.position
        parameter = self.parameters.get(self._take(_NAME))
        if parameter is None or parameter.name in self.arguments:
            raise syntax_error(start, self.text)
        self._skip("=")
        self.arguments[parameter.name] = self._literal(parameter)

    def _literal(self, parameter: Parameter) -> ArgumentValue:
        start = self.position
        literal = _LITERALS.get(parameter.edm_type, _STRING)
        try:
            return literal.value(self._take(literal.pattern))
        except ValueError:
            raise syntax_error(start, self.text) from None

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.position)
        if match is None:
            raise self._error()
        self.position = match.end()
        return match.group()

    def _at(self, character: str) -> bool:
        return self.text.startswith(character, self.position)

    def _skip(self, character: str) -> None:
        if not self._at(character):
            raise self._error()
        self.position += 1

    def _error(self) -> ServiceError:
        return syntax_error(self.position, self.text)
