"""What a `$filter` compares, found by its form: good enough for a warning, which must cost nothing."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

_TEXT: Final = re.compile(r"'(?:[^']|'')*(?:'|$)")
_QUANTIFIED: Final = re.compile(r"(?<![\w/])([\w/]+)/(any|all)\((\w+):")
_COMPARED: Final = re.compile(r"(?<![\w/])([\w/]+) (eq|ne|lt|le|gt|ge|in|has)\b")
_CALLED: Final = re.compile(r"\b(contains|startswith|endswith|tolower|toupper)\(([\w/]+)")
_NEGATED: Final = re.compile(r"(?<![\w/])not\b")


@lru_cache(maxsize=256)
def filter_terms(text: str) -> frozenset[str]:
    """Return what a filter compares, in lower case: `participants_v2/any(p:p/id eq 'x')` is `participants_v2/id eq`.

    A negation is the term `not`.
    """
    bare = " ".join(_TEXT.sub("''", text.lower()).split())
    return frozenset(_terms(bare))


def _terms(bare: str) -> Iterator[str]:
    quantified = _QUANTIFIED.findall(bare)
    owners = {variable: path for path, _, variable in quantified}
    yield from (f"{_resolved(path, owners)} all" for path, quantifier, _ in quantified if quantifier == "all")
    yield from (f"{_resolved(path, owners)} {operator}" for path, operator in _COMPARED.findall(bare))
    yield from (f"{_resolved(path, owners)} {function}" for function, path in _CALLED.findall(bare))
    if _NEGATED.search(bare):
        yield "not"


def _resolved(path: str, owners: Mapping[str, str]) -> str:
    """Replace a variable by the path that it stands for."""
    known = set[str]()
    while (first := path.partition("/")[0]) in owners and first not in known:
        known.add(first)
        path = owners[first] + path.removeprefix(first)
    return path
