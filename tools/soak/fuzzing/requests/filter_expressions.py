"""Random filters over the fields of a model, each with the tree that a strict service must parse from its text.

Trees are nested tuples that can be compared by `==`: `("eq", ("path", "id"), ("text", "x"))`. Trees that mean the same
in OData are equal: names of lambda variables and the parentheses of `a and (b and c)` do not matter.
"""

import operator
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeAlias, cast

from odata_query import ast

from graph_meetings_runtime import Filter
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.fields.filter import Operand
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.moments import parse_duration
from tools.soak.fuzzing.dates import aware_datetime
from tools.soak.fuzzing.hostile_text import is_encodable, text

Tree: TypeAlias = tuple[Any, ...]

_COMPARISONS: Final[Sequence[tuple[str, Callable[[Any, Any], Filter]]]] = (
    *(("eq", operator.eq), ("ne", operator.ne), ("lt", operator.lt)),
    *(("le", operator.le), ("gt", operator.gt), ("ge", operator.ge)),
)
_FUNCTIONS: Final = ("startswith", "endswith", "contains")
_NAMES: Final[dict[type, str]] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.In: "in",
    ast.And: "and",
    ast.Or: "or",
    ast.Any: "any",
    ast.All: "all",
}
_DEEPEST: Final = 3
_SPECIAL_NUMBERS: Final = ("NaN", "INF", "-INF")


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter and its meaning.

    Attributes:
        filter: the filter, made with the client's operators.
        tree: the tree that the service must parse.
        is_encodable: whether its strings can be part of a URL.
    """

    filter: Filter
    tree: Tree
    is_encodable: bool = True


def condition(model: type[Model], chance: random.Random, depth: int = 0) -> Condition:
    """Return a random condition on the objects of a model."""
    roll = chance.random()
    if depth < _DEEPEST and roll < 0.35:
        return _junction(condition(model, chance, depth + 1), condition(model, chance, depth + 1), chance)
    if depth < _DEEPEST and roll < 0.45:
        inner = condition(model, chance, depth + 1)
        return Condition(~inner.filter, ("not", inner.tree), inner.is_encodable)
    collections = _collections(model)
    if depth < _DEEPEST and collections and roll < 0.6:
        return _quantified(chance.choice(collections), chance, depth)
    return _comparison(*_operand(model, chance), chance)


def tree_of(node: object, variables: tuple[str, ...] = ()) -> Tree:  # noqa: PLR0911  one for each kind of node
    """Return the tree of a parsed filter."""
    match node:
        case ast.BoolOp(op=op, left=left, right=right):
            return _flat(_NAMES[type(op)], tree_of(left, variables), tree_of(right, variables))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return "not", tree_of(operand, variables)
        case ast.Compare(comparator=comparator, left=left, right=right):
            return _NAMES[type(comparator)], tree_of(left, variables), tree_of(right, variables)
        case ast.Call(func=function, args=arguments):
            return function.name, *(tree_of(argument, variables) for argument in arguments)
        case ast.CollectionLambda(owner=owner, operator=quantifier, lambda_=None):
            return _NAMES[type(quantifier)], tree_of(owner, variables)
        case ast.CollectionLambda(owner=owner, operator=quantifier, lambda_=ast.Lambda() as inner):
            within = (*variables, inner.identifier.name)
            return _NAMES[type(quantifier)], tree_of(owner, variables), tree_of(inner.expression, within)
        case ast.List(val=values):
            return "list", *(tree_of(value, variables) for value in values)
        case ast.Identifier() | ast.Attribute():
            return _path_tree(_names(node), variables)
        case _:
            return _literal_tree(node)


def _path_tree(names: tuple[str, ...], variables: tuple[str, ...]) -> Tree:
    if names in {("NaN",), ("INF",)}:  # the grammar parses them as names
        return "number", *names
    # Drop the name of the innermost lambda variable.
    return "path", *(names[1:] if variables and names[0] == variables[-1] else names)


def _literal_tree(node: object) -> Tree:  # noqa: PLR0911  one for each kind of literal
    match node:
        case ast.Null():
            return ("null",)
        case ast.String(val=value):
            return "text", value
        case ast.Boolean(val=value):
            return "boolean", value
        case ast.Integer(val=value) | ast.Float(val=value):
            return "number", Decimal(value)
        case ast.DateTime(val=value) | ast.Date(val=value):
            return "moment", value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Identifier(name="INF")):
            return "number", "-INF"
        case ast.Duration(val=value):
            return "duration", parse_duration(value)
        case ast.GUID(val=value):
            return "guid", value
        case _:
            raise TypeError(f"unexpected {node!r} in the filter")


def _names(node: object) -> tuple[str, ...]:
    match node:
        case ast.Identifier(name=name, namespace=()):
            return (name,)
        case ast.Attribute(owner=owner, attr=name):
            return (*_names(owner), name)
        case _:
            raise TypeError(f"{node!r} is not a path")


def _flat(name: str, left: Tree, right: Tree) -> Tree:
    parts = [part for side in (left, right) for part in (side[1:] if side[0] == name else (side,))]
    return name, *parts


def _junction(left: Condition, right: Condition, chance: random.Random) -> Condition:
    can = left.is_encodable and right.is_encodable
    if chance.random() < 0.5:
        return Condition(left.filter & right.filter, _flat("and", left.tree, right.tree), can)
    return Condition(left.filter | right.filter, _flat("or", left.tree, right.tree), can)


def _quantified(field: CollectionField[Any], chance: random.Random, depth: int) -> Condition:
    path = ("path", field.wire_name)
    if field.item_type.factory is None or chance.random() < 0.1:
        return Condition(field.any(), ("any", path))
    inner = condition(cast("type[Model]", field.item_model()), chance, depth + 1)
    if chance.random() < 0.7:
        return Condition(field.any(inner.filter), ("any", path, inner.tree), inner.is_encodable)
    return Condition(field.all(inner.filter), ("all", path, inner.tree), inner.is_encodable)


def _operand(model: type[Model], chance: random.Random) -> tuple[Operand[Any], EdmType[Any], Tree]:
    """Choose a field of the model or of an object in it."""
    field: Field[Any] = chance.choice(_values(model))
    operand: Operand[Any] = field
    path: tuple[str, ...]
    edm_type, path = field.edm_type, ("path", field.wire_name)
    while edm_type.factory is not None and len(path) <= _DEEPEST and chance.random() < 0.9:
        fields = _values(edm_type.factory())
        if not fields:
            break
        inner = chance.choice(fields)
        operand, edm_type, path = operand / inner, inner.edm_type, (*path, inner.wire_name)
    return operand, edm_type, path


def _comparison(operand: Operand[Any], edm_type: EdmType[Any], path: Tree, chance: random.Random) -> Condition:
    roll = chance.random()
    if edm_type.factory is not None or roll < 0.05:
        name, compare = chance.choice(_COMPARISONS[:2])
        return Condition(compare(operand, None), (name, path, ("null",)))
    if edm_type.name == "Edm.String" and roll < 0.3:
        name, part = chance.choice(_FUNCTIONS), text(chance)
        made: Filter = getattr(operand, name)(part)
        return Condition(made, (name, path, ("text", part)), is_encodable(part))
    if roll < 0.4:
        pairs = [_value(edm_type, chance) for _ in range(chance.randrange(1, 5))]
        values, trees = [value for value, _ in pairs], [tree for _, tree in pairs]
        return Condition(operand.in_(values), ("in", path, ("list", *trees)), all(map(_is_encodable, trees)))
    name, compare = chance.choice(_COMPARISONS)
    if edm_type.name == "Edm.Single" and roll < 0.5:
        special = chance.choice(_SPECIAL_NUMBERS)
        return Condition(compare(operand, float(special)), (name, path, ("number", special)))
    value, tree = _value(edm_type, chance)
    return Condition(compare(operand, value), (name, path, tree), _is_encodable(tree))


def _value(  # noqa: PLR0911  one for each kind of type
    edm_type: EdmType[Any], chance: random.Random
) -> tuple[Any, Tree]:
    match edm_type.name:
        case "Edm.Boolean":
            yes = chance.random() < 0.5
            return yes, ("boolean", "true" if yes else "false")
        case "Edm.DateTimeOffset":
            moment, literal = aware_datetime(chance)
            return moment, ("moment", literal)
        case "Edm.Duration":
            duration = chance.choice((-1, 1)) * timedelta(microseconds=chance.randrange(10 ** chance.randrange(1, 18)))
            return duration, ("duration", duration)
        case "Edm.Decimal":
            exact = Decimal(chance.randrange(-(10**28), 10**28)).scaleb(chance.randrange(-40, 10))
            return exact, ("number", exact)
        case "Edm.Single" | "Edm.Double":
            number = chance.choice((-1, 1)) * chance.random() * 10.0 ** chance.randrange(-30, 30)
            return number, ("number", Decimal(repr(number)))
        case "Edm.Int16" | "Edm.Int32" | "Edm.Int64":
            whole = chance.randrange(-(2**63), 2**63) >> chance.randrange(64)
            return whole, ("number", Decimal(whole))
        case _:
            given = text(chance)
            return given, ("text", given)


def _is_encodable(tree: Tree) -> bool:
    return tree[0] != "text" or is_encodable(tree[1])


@cache
def _values(model: type[Model]) -> Sequence[Field[Any]]:
    """Return the fields that can be compared: all but collections, streams and annotations."""
    return [
        field
        for field in fields_of(model).values()
        if not isinstance(field, CollectionField) and field.edm_type.name != "Edm.Stream" and field.name != "odata_type"
    ]


@cache
def _collections(model: type[Model]) -> Sequence[CollectionField[Any]]:
    fields = fields_of(model).values()
    found: list[CollectionField[Any]] = [field for field in fields if isinstance(field, CollectionField)]
    return found
