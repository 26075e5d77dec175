"""`query_options.toml`: what the documents of each request say about its query options."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from codegen.errors import CodegenError, did_you_mean
from codegen.rules.path_rules import PathRules, read_path_rules
from codegen.rules.toml import EMPTY, Table, check_unique, read_toml

_NAMES = ("count", "expand", "filter", "format", "orderby", "search", "select", "skip", "top")
_OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "in", "has", "contains", "startswith", "endswith")
_FILTER = re.compile(r"\w+(/\w+)* (?P<operator>\w+)")
_ERRORS = range(400, 600)


class Refusal(Table, frozen=True):
    """The error with which the service refuses an option."""

    status: int = 400
    code: str = "BadRequest"
    message: str = ""


class QueryOptions(Table, frozen=True):
    """What the documents of a request say about its query options, which are named without `$`.

    Args:
        listed: those that they list.
        filters: what `$filter` may compare, such as `startDateTime ge`; anything if there is none.
        requires_filter: whether the service refuses the request without a `$filter`.
        is_advanced: whether the service answers only advanced queries: those with `$count=true` and the header
            `ConsistencyLevel: eventual`.
        ignored: those that the service is reported to ignore.
        refused: those that it refuses. Of `filter`, those expressions that `filters` does not have.
    """

    listed: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    requires_filter: bool = False
    is_advanced: bool = False
    ignored: tuple[str, ...] = ()
    refused: Mapping[str, Refusal] = EMPTY


def read_query_options(path: Path, name: str) -> PathRules[QueryOptions]:
    """Read the query options. Without the file, there are no rules.

    Raises:
        CodegenError: the file is invalid.
    """
    tables = read_toml(path, name) if path.exists() else {}
    rules = read_path_rules(tables, name, QueryOptions)
    for rule in rules.rules:
        _check(rule.value, f"{name}: {rule.name}")
    return rules


def _check(options: QueryOptions, place: str) -> None:
    for key, names in (("listed", options.listed), ("ignored", options.ignored), ("refused", options.refused)):
        _check_known(names, _NAMES, "option", f"{place}.{key}")
        check_unique(tuple(names), f"{place}.{key}")
    check_unique(options.filters, f"{place}.filters")
    for text in options.filters:
        match = _FILTER.fullmatch(text)
        if match is None:
            raise CodegenError(f"{text!r} is not a comparison like 'startDateTime ge'", f"{place}.filters")
        _check_known([match["operator"]], _OPERATORS, "operator", f"{place}.filters")
    _check_consistent(options, place)
    for name, refusal in options.refused.items():
        if refusal.status not in _ERRORS:
            raise CodegenError(f"{refusal.status} is not the status of an error", f"{place}.refused.{name}")


def _check_consistent(options: QueryOptions, place: str) -> None:
    # Filters beyond those that are documented may be ignored or refused, too.
    limited = {"filter"} if options.filters else set[str]()
    listed = set(options.listed) - limited
    for name in (*options.ignored, *options.refused):
        if name in listed:
            raise CodegenError(f"{name!r} is listed, so it cannot be ignored or refused", place)
        if name in options.ignored and name in options.refused:
            raise CodegenError(f"{name!r} cannot be both ignored and refused", place)
    if options.filters and "filter" not in options.listed:
        raise CodegenError("filters requires 'filter' to be listed", place)
    if options.is_advanced and "count" not in options.listed:
        raise CodegenError("is_advanced requires 'count' to be listed", place)
    if options.requires_filter and not ("filter" in options.listed and "filter" in options.refused):
        raise CodegenError("requires_filter requires 'filter' to be listed, and refused.filter", place)


def _check_known(names: Iterable[str], known: tuple[str, ...], kind: str, place: str) -> None:
    for name in names:
        if name not in known:
            raise CodegenError(f"unknown {kind} {name!r}{did_you_mean(name, known)}", place)
