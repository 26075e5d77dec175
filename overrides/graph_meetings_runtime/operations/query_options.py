"""The query options that the documents of a request list, and what becomes of the others."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from msgspec import Struct


class Refusal(Struct, frozen=True):
    """The error with which the service refuses an option.

    Args:
        option: its name, such as `filter`.
        status: the HTTP status.
        code: the error code.
        message: empty if it is not documented.
    """

    option: str
    status: int = 400
    code: str = "BadRequest"
    message: str = ""


class QueryOptions(Struct, frozen=True):
    """The query options of a request, named without `$`.

    Args:
        listed: the options that its documents list.
        filters: what `$filter` may compare, such as `startDateTime ge`; anything if there is none.
        requires_filter: whether the service refuses the request without a `$filter`.
        ignored: the options that the service is reported to ignore.
        refused: the options that it refuses. Of `filter`, those expressions that `filters` does not have.
    """

    listed: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    requires_filter: bool = False
    ignored: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()

    def lists(self, name: str) -> bool:
        """Whether the documents list an option."""
        return name in self.listed

    def unlisted_terms(self, terms: frozenset[str]) -> list[str]:
        """Return those comparisons of a filter that the documents do not have. The service ignores case."""
        return sorted(terms - _lower(self.filters)) if self.filters else []

    def refusal_of(self, name: str) -> Refusal | None:
        """Return the error with which the service refuses an option, `None` if it does not."""
        return next((refusal for refusal in self.refused if refusal.option == name), None)


_TEXT: Final = re.compile(r"'(?:[^']|'')*(?:'|$)")
_QUANTIFIED: Final = re.compile(r"(?<![\w/])([\w/]+)/(?:any|all)\((\w+):")
_COMPARED: Final = re.compile(r"(?<![\w/])([\w/]+) (eq|ne|lt|le|gt|ge|in|has)\b")
_CALLED: Final = re.compile(r"\b(contains|startswith|endswith|tolower|toupper)\(([\w/]+)")


@lru_cache(maxsize=256)
def filter_terms(text: str) -> frozenset[str]:
    """Return what a filter compares, in lower case: `participants_v2/any(p:p/id eq 'x')` is `participants_v2/id eq`."""
    bare = " ".join(_TEXT.sub("''", text.lower()).split())
    owners = {variable: path for path, variable in _QUANTIFIED.findall(bare)}
    return frozenset(f"{_resolved(path, owners)} {operator}" for path, operator in _terms(bare))


def _terms(bare: str) -> Iterator[tuple[str, str]]:
    yield from _COMPARED.findall(bare)
    yield from ((path, function) for function, path in _CALLED.findall(bare))


def _resolved(path: str, owners: dict[str, str]) -> str:
    first, slash, rest = path.partition("/")
    owner = owners.pop(first, None) if first in owners else None
    if owner is None:
        return path
    resolved = f"{_resolved(owner, owners)}{slash}{rest}"
    owners[first] = owner
    return resolved


@lru_cache(maxsize=64)
def _lower(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text.lower() for text in texts)
