"""What a `$filter` compares, found by its form: good enough for a warning, which must cost nothing."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

_TEXT: Final = r"'(?:[^']|'')*(?:'|$)"
_QUANTIFIED: Final = r"(?<![\w/])([\w/]+)/(any|all)\((\w+):"
_COMPARED: Final = r"(?<![\w/])([\w/]+) (eq|ne|lt|le|gt|ge|in|has)\b"
_CALLED: Final = r"\b(contains|startswith|endswith|tolower|toupper)\(([\w/]+)"
_NEGATED: Final = r"(?<![\w/])not\b"


@lru_cache(maxsize=256)
def filter_terms(text: str) -> frozenset[str]:
    """Return what a filter compares, in lower case: `participants_v2/any(p:p/id eq 'x')` is `participants_v2/id eq`.

    A negation is the term `not`.
    """
    bare = " ".join(re.sub(_TEXT, "''", text.lower()).split())
    return frozenset(_terms(bare))


def _terms(bare: str) -> Iterator[str]:
    quantified = re.findall(_QUANTIFIED, bare)
    owners = {variable: path for path, _, variable in quantified}
    yield from (f"{_resolved(path, owners)} all" for path, quantifier, _ in quantified if quantifier == "all")
    yield from (f"{_resolved(path, owners)} {operator}" for path, operator in re.findall(_COMPARED, bare))
    yield from (f"{_resolved(path, owners)} {function}" for function, path in re.findall(_CALLED, bare))
    if re.search(_NEGATED, bare):
        yield "not"


def _resolved(path: str, owners: Mapping[str, str]) -> str:
    """Replace a variable by the path that it stands for."""
    known = set[str]()
    while (first := path.partition("/")[0]) in owners and first not in known:
        known.add(first)
        path = owners[first] + path.removeprefix(first)
    return path
