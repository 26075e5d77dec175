"""Compile `$filter` expressions to functions of an entity.

Source: OData 4.01 URL conventions, section 5.1.1.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias, cast

from odata_query import ast

from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.http.errors import ServiceError, bad_request
from graph_meetings_emulator.odata.filter_syntax import parse_filter
from graph_meetings_emulator.odata.schema import find_property
from graph_meetings_emulator.odata.timestamps import parse_timestamp
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.moments import parse_duration

Scope: TypeAlias = Mapping[str, Any]
"""The variables of an expression: `""` is the entity itself, the others are lambda variables."""

Predicate: TypeAlias = Callable[[Entity], bool]


@dataclass(frozen=True, slots=True)
class _Operand:
    """A part of an expression: the kind of its value, `None` if only the JSON can tell, and how to evaluate it."""

    kind: str | None
    value: Callable[[Scope], Any]


_KINDS = {
    "Edm.String": "string",
    "Edm.Guid": "guid",
    "Edm.Boolean": "boolean",
    "Edm.DateTimeOffset": "instant",
    "Edm.Duration": "duration",
    **dict.fromkeys(("Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Single", "Edm.Double", "Edm.Decimal"), "number"),
}
_NOT_FINITE = {"INF": math.inf, "-INF": -math.inf, "NaN": math.nan}
"""Numbers that JSON has no notation for; OData writes them as words, in JSON as strings."""

_CONVERTERS: dict[str, Callable[[str], Any]] = {
    "instant": parse_timestamp,
    "duration": parse_duration,
    "number": _NOT_FINITE.get,
}
"""By kind, what the strings in JSON stand for."""

_ORDER: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
_TEXT_CHANGES: dict[str, Callable[[str], str]] = {"tolower": str.lower, "toupper": str.upper}


@lru_cache(maxsize=1024)
def compile_filter(text: str, model: type[Model]) -> Predicate:
    """Compile a filter on entities of a model; contained entities count, whether or not they are expanded.

    Raises:
        ServiceError: 400 if the text is malformed, names an unknown property, or compares values of different types.
    """
    condition = _Compiler(model).compile(parse_filter(text))
    if condition.kind not in {"boolean", None}:
        raise bad_request("Invalid filter clause: the expression is not a condition.")
    return lambda entity: condition.value({"": entity}) is True


@lru_cache(maxsize=1024)
def required_values(text: str) -> Mapping[str, str]:
    """Return the `path eq 'text'` conditions that every match must satisfy, by lower-case path."""
    found: dict[str, str] = {}
    pending = [parse_filter(text)]
    while pending:
        match pending.pop():
            case ast.BoolOp(op=ast.And(), left=left, right=right):
                pending += [left, right]
            case ast.Compare(comparator=ast.Eq(), left=left, right=ast.String(val=value)):
                found["/".join(path_of(left)).lower()] = value
            case _:
                pass
    return found


class _Compiler:
    """Compile syntax nodes to operands."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.variables: list[str] = []

    def compile(self, node: object) -> _Operand:
        compilers: dict[type, Callable[[Any], _Operand]] = {
            ast.Compare: self._comparison,
            ast.BoolOp: self._and_or,
            ast.UnaryOp: self._negation,
            ast.Call: self._call,
            ast.CollectionLambda: self._quantifier,
            ast.Identifier: self._property,
            ast.Attribute: self._property,
        }
        return compilers.get(type(node), _literal)(node)

    def _comparison(self, node: ast.Compare) -> _Operand:
        if isinstance(node.comparator, ast.In):
            return self._membership(node)
        left, right = _comparable(self.compile(node.left), self.compile(node.right))
        if isinstance(node.comparator, ast.Eq):
            return _Operand("boolean", lambda scope: _equal(left(scope), right(scope)))
        if isinstance(node.comparator, ast.NotEq):
            return _Operand("boolean", lambda scope: not _equal(left(scope), right(scope)))
        order = _ORDER[type(node.comparator)]
        return _Operand("boolean", lambda scope: _ordered(order, left(scope), right(scope)))

    def _membership(self, node: ast.Compare) -> _Operand:
        items = cast("ast.List", node.right).val
        left = self.compile(node.left)
        pairs = [_comparable(left, self.compile(item)) for item in items]
        return _Operand("boolean", lambda scope: any(_equal(one(scope), other(scope)) for one, other in pairs))

    def _and_or(self, node: ast.BoolOp) -> _Operand:
        left, right = self.compile(node.left).value, self.compile(node.right).value
        if isinstance(node.op, ast.And):
            return _Operand("boolean", lambda scope: left(scope) is True and right(scope) is True)
        return _Operand("boolean", lambda scope: left(scope) is True or right(scope) is True)

    def _negation(self, node: ast.UnaryOp) -> _Operand:
        if isinstance(node.op, ast.USub) and node.operand == ast.Identifier("INF"):
            return _constant("number", -math.inf)
        if not isinstance(node.op, ast.Not):
            raise bad_request("Invalid filter clause: arithmetic is not supported.")
        inner = self.compile(node.operand).value
        return _Operand("boolean", lambda scope: _negated(inner(scope)))

    def _call(self, node: ast.Call) -> _Operand:
        name = node.func.name.lower()
        texts = [self.compile(argument) for argument in node.args]
        if any(text.kind not in {"string", None} for text in texts):
            raise bad_request(f"Invalid filter clause: '{name}' takes strings.")
        values = [text.value for text in texts]
        if test := _TEXT_TESTS.get(name):
            return _Operand("boolean", lambda scope: _on_texts(test, values, scope))
        if change := _TEXT_CHANGES.get(name):
            return _Operand("string", lambda scope: _on_texts(change, values, scope))
        raise bad_request(f"Invalid filter clause: the function '{name}' is not supported.")

    def _quantifier(self, node: ast.CollectionLambda) -> _Operand:
        items = self._property(node.owner).value
        if node.lambda_ is None:
            return _Operand("boolean", lambda scope: bool(items(scope)))
        variable = node.lambda_.identifier.name
        self.variables.append(variable)
        condition = self.compile(node.lambda_.expression).value
        self.variables.pop()
        holds = any if isinstance(node.operator, ast.Any) else all
        return _Operand(
            "boolean",
            lambda scope: holds(condition({**scope, variable: item}) is True for item in items(scope) or ()),
        )

    def _property(self, node: object) -> _Operand:
        path = path_of(node)
        if len(path) == 1 and path[0] in _NOT_FINITE:
            return _constant("number", _NOT_FINITE[path[0]])
        if path[0] in self.variables:
            variable, names = path[0], path[1:]
            return _Operand(None, lambda scope: _value_at(scope[variable], names))
        declared = find_property(self.model, path[0])
        kind = _KINDS.get(declared.edm_type.name) if len(path) == 1 else None
        names = [declared.wire_name, *path[1:]]
        return _Operand(kind, lambda scope: _value_at(scope[""], names))


def path_of(node: object) -> list[str]:
    """Return the names of a property path.

    Raises:
        ServiceError: 400 if it is something else.
    """
    match node:
        case ast.Identifier():
            return [".".join((*node.namespace, node.name))]
        case ast.Attribute():
            return [*path_of(node.owner), node.attr]
        case _:
            raise bad_request("Invalid filter clause: a property path was expected.")


def _value_at(value: Any, names: list[str]) -> Any:
    for name in names:
        if isinstance(value, Entity):
            value = _property_of(value, name)
            continue
        if not isinstance(value, dict):
            return None
        members = cast("dict[str, Any]", value)
        value = members.get(name)
        if value is None and name not in members:
            value = _any_case(members, name)
    return value


def _property_of(entity: Entity, name: str) -> Any:
    """Return the value of a property: from the JSON, else what the entity contains under that name."""
    if name in entity.properties:
        return entity.properties[name]
    if name in entity.singles:
        return entity.singles[name]
    contained = entity.collections.get(name)
    return _any_case(entity.properties, name) if contained is None else list(contained.values())


def _any_case(members: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in members.items() if key.lower() == name.lower()), None)


def _literal(node: object) -> _Operand:
    match node:
        case ast.Null():
            return _constant(None, None)
        case ast.String():
            return _constant("string", node.val)
        case ast.GUID():
            return _constant("guid", node.val.lower())
        case ast.Boolean():
            return _constant("boolean", node.py_val)
        case ast.Integer() | ast.Float():
            return _constant("number", node.py_val)
        case ast.DateTime() | ast.Date() | ast.Duration():
            return _constant("duration" if isinstance(node, ast.Duration) else "instant", node.val)
        case _:
            raise bad_request(f"Invalid filter clause: {type(node).__name__} is not supported.")


def _constant(kind: str | None, value: object) -> _Operand:
    try:
        if kind in {"instant", "duration"}:
            _CONVERTERS[kind](cast("str", value))
    except ValueError as error:
        raise bad_request(f"Invalid filter clause: {error}") from None
    return _Operand(kind, lambda _: value)


def _comparable(left: _Operand, right: _Operand) -> tuple[Callable[[Scope], Any], Callable[[Scope], Any]]:
    """Check that two operands are comparable, and read the strings of both as values of their kind."""
    if left.kind and right.kind and left.kind != right.kind:
        raise _incompatible(left.kind, right.kind)
    convert = _CONVERTERS.get(left.kind or right.kind or "")
    if convert is None:
        return left.value, right.value
    return _converted(left.value, convert), _converted(right.value, convert)


def _incompatible(left: str, right: str) -> ServiceError:
    return bad_request(
        f"A binary operator with incompatible types was detected. Found operand types '{left}' and '{right}'."
    )


def _converted(value: Callable[[Scope], Any], convert: Callable[[str], Any]) -> Callable[[Scope], Any]:
    def converted(scope: Scope) -> Any:
        original = value(scope)
        return convert(original) if isinstance(original, str) else original

    return converted


def _equal(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _ordered(order: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if left is None or right is None or isinstance(left, str) != isinstance(right, str):
        return False
    return order(left, right)


def _negated(value: object) -> bool | None:
    return not value if isinstance(value, bool) else None


def _on_texts(function: Callable[..., Any], values: list[Callable[[Scope], Any]], scope: Scope) -> Any:
    texts = [value(scope) for value in values]
    return function(*texts) if all(isinstance(text, str) for text in texts) else None
