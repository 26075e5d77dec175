"""What a `$filter` compares, and how: the documents support few comparisons, each for some properties."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from odata_query import ast

from graph_meetings_emulator.odata.filter_syntax import parse_filter
from graph_meetings_emulator.odata.filters import path_of

_OPERATORS: dict[type, str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.In: "in",
}
_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


@lru_cache(maxsize=1024)
def comparisons(text: str) -> frozenset[str]:
    """Return what a filter compares, in lower case: `participants_v2/any(p:p/id eq 'x')` is `participants_v2/id eq`.

    Raises:
        ServiceError: 400 if the text is not a filter expression.
    """
    return frozenset(term.lower() for term in _terms(parse_filter(text), {}))


def _terms(node: object, variables: Mapping[str, str]) -> Iterator[str]:
    match node:
        case ast.BoolOp():
            yield from _terms(node.left, variables)
            yield from _terms(node.right, variables)
        case ast.UnaryOp():
            yield "not"
            yield from _terms(node.operand, variables)
        case ast.Compare():
            operator = _OPERATORS[type(node.comparator)]
            yield from _used(node.left, operator, variables)
            yield from _used(node.right, _MIRRORED.get(operator, operator), variables)
        case ast.Call():
            for argument in node.args:
                yield from _used(argument, node.func.name, variables)
        case ast.CollectionLambda():
            yield from _quantified(node, variables)
        case ast.Identifier() | ast.Attribute():
            yield _resolved(node, variables)
        case _:
            pass  # a literal


def _used(node: object, word: str, variables: Mapping[str, str]) -> Iterator[str]:
    """Yield the term of a property with an operator or a function, or the terms within an expression."""
    if isinstance(node, ast.Identifier | ast.Attribute):
        yield f"{_resolved(node, variables)} {word}"
    else:
        yield from _terms(node, variables)


def _quantified(node: ast.CollectionLambda, variables: Mapping[str, str]) -> Iterator[str]:
    path = _resolved(node.owner, variables)
    if node.lambda_ is None or not isinstance(node.operator, ast.Any):
        yield f"{path} {type(node.operator).__name__}"
    if node.lambda_ is not None:
        yield from _terms(node.lambda_.expression, {**variables, node.lambda_.identifier.name: path})


def _resolved(node: object, variables: Mapping[str, str]) -> str:
    first, *rest = path_of(node)
    return "/".join((variables.get(first, first), *rest))
