"""Python source as tokens that can be changed and joined again."""

import io
import token
import tokenize
from collections.abc import Iterator
from typing import Final, NamedTuple

_TEXTS: Final = frozenset({token.STRING, tokenize.COMMENT})
_OPENING: Final = frozenset({"(", "[", "{"})
_CLOSING: Final = frozenset({")", "]", "}"})
# Python 3.12 splits these into parts.
_F_STRING_START: Final = getattr(token, "FSTRING_START", -1)
_F_STRING_END: Final = getattr(token, "FSTRING_END", -1)


class Token(NamedTuple):
    """A token with the whitespace before it.

    Args:
        space: spaces, line ends and line continuations before it.
        text: the token itself; an f-string is one token.
        is_name: whether it is a name or a keyword.
        is_text: whether it is a string or a comment.
    """

    space: str
    text: str
    is_name: bool = False
    is_text: bool = False


def tokens_of(source: str) -> list[Token]:
    """Split source into tokens."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found: list[Token] = []
    end = 0
    for kind, first, last in _spans(source):
        begin, stop = (starts[row - 1] + column for row, column in (first, last))
        found.append(Token(source[end:begin], source[begin:stop], kind == token.NAME, kind in _TEXTS))
        end = stop
    found.append(Token(source[end:], ""))
    return found


def joined(tokens: list[Token]) -> str:
    """Join tokens."""
    return "".join(f"{each.space}{each.text}" for each in tokens)


def closing(tokens: list[Token], opening: int) -> int:
    """Return the position of the bracket that closes the one at a position."""
    depth = 0
    for position in range(opening, len(tokens)):
        depth += (tokens[position].text in _OPENING) - (tokens[position].text in _CLOSING)
        if not depth:
            return position
    raise ValueError("a bracket is not closed")


def _spans(source: str) -> Iterator[tuple[int, tuple[int, int], tuple[int, int]]]:
    depth = 0
    begin = (0, 0)
    for each in tokenize.generate_tokens(io.StringIO(source).readline):
        if each.type == _F_STRING_START:
            begin = begin if depth else each.start
            depth += 1
        elif each.type == _F_STRING_END:
            depth -= 1
            if not depth:
                yield token.STRING, begin, each.end
        elif not depth and each.string.strip() and each.type != token.ENDMARKER:
            yield each.type, each.start, each.end
