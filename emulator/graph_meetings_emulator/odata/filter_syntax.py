"""Parse `$filter` with odata-query, working around gaps in its grammar between lexer and parser."""

import copy
import re
from collections.abc import Iterable, Iterator
from typing import Protocol, cast

from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from graph_meetings_emulator.http.errors import bad_request


class _Token(Protocol):
    type: str
    value: object
    index: int


class _Lexer(Protocol):
    def tokenize(self, text: str) -> Iterator[_Token]: ...


class _Parser(Protocol):
    def parse(self, tokens: Iterator[_Token]) -> object: ...


_WORDS = {"ANY", "ALL", "NULL", "BOOLEAN"}
_WORD = re.compile(r"\w+")


def parse_filter(text: str) -> object:
    """Parse a filter expression.

    Raises:
        ServiceError: 400 if the text is not a filter expression.
    """
    lexer = cast("_Lexer", ODataLexer())
    parser = cast("_Parser", ODataParser())
    try:
        tokens = _lists_of_one(_enumeration_literals(_negations(_whole_words(lexer.tokenize(text), text))))
        tree = parser.parse(iter(tokens))
    # The grammar raises AttributeError for a path of more than two names before any() or all().
    except (ODataException, AttributeError) as error:
        raise bad_request(f"Invalid filter clause: {error}") from None
    if tree is None:
        raise bad_request("Invalid filter clause: the expression is empty.")
    return tree


def _whole_words(tokens: Iterable[_Token], text: str) -> list[_Token]:
    """Rejoin names that the lexer splits (it reads `allowRecording` as `all` and a name), and drop white space."""
    whole: list[_Token] = []
    for token in tokens:
        previous = whole[-1] if whole else None
        if token.type == "WS":
            continue
        if previous and previous.type in _WORDS and token.type == "ODATA_IDENTIFIER":
            word = _WORD.match(text, previous.index)
            if word and word.end() > token.index:
                token.index, token.value = previous.index, ast.Identifier(word.group())
                whole.pop()
        whole.append(token)
    return whole


def _negations(tokens: list[_Token]) -> list[_Token]:
    """Treat `not(…)` as `not (…)`, as the service does."""
    for token in tokens:
        if isinstance(token.value, ast.Identifier) and token.value.name.lower() == "not":
            token.type, token.value = "NOT", ast.Not()
    return tokens


def _enumeration_literals(tokens: list[_Token]) -> list[_Token]:
    """Reduce enumeration literals, such as `microsoft.graph.callRecords.callType'groupCall'`, to their values."""
    literals: list[_Token] = []
    for token in tokens:
        name = literals[-1].value if literals else None
        if token.type == "STRING" and isinstance(name, ast.Identifier) and name.namespace:
            literals.pop()
        literals.append(token)
    return literals


def _lists_of_one(tokens: list[_Token]) -> list[_Token]:
    """Insert the comma that the grammar requires in a list of one item, such as `in ('a')`."""
    for index in range(len(tokens) - 3, 0, -1):
        if tokens[index - 1].type == "IN" and tokens[index].type == "(" and tokens[index + 2].type == ")":
            comma = copy.copy(tokens[index + 2])
            comma.type = comma.value = ","
            tokens.insert(index + 2, comma)
    return tokens
