"""The query options of a request: parsed strictly, and answered, ignored or refused as the documents say.

Source: OData 4.01 URL conventions, section 5.1; https://learn.microsoft.com/graph/query-parameters
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

from graph_meetings_emulator.http.errors import ServiceError, bad_request
from graph_meetings_emulator.odata.comparisons import comparisons
from graph_meetings_emulator.odata.expand_syntax import expand_items
from graph_meetings_emulator.odata.schema import find_property
from graph_meetings_emulator.odata.timestamps import parse_timestamp
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.operation import Returns
from graph_meetings_runtime.operations.query_options import QueryOptions, Refusal

_TOKEN_OPTIONS = frozenset({"skiptoken", "$skiptoken", "$deltatoken"})
_OPTIONS = {
    Returns.MANY: frozenset({"$top", "$skip", "$select", "$filter", "$orderby", "$count", "$expand", "$search"}),
    Returns.ONE: frozenset({"$select", "$expand"}),
    Returns.STREAM: frozenset({"$format"}),
}
_SORT_TERM = re.compile(r"\s*(\w+)(?:\s+(asc|desc))?\s*")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Query:
    """The query options of a request; `token` comes from a nextLink or a deltaLink, and is then the only option."""

    top: int | None = None
    skip: int = 0
    select: tuple[str, ...] | None = None
    filter: str | None = None
    orderby: str | None = None
    count: bool = False
    token: str | None = None
    expand: tuple["Expansion", ...] = ()
    format: str | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """An item of `$expand`: a property and its options.

    Attributes:
        name: the property, as spelled in the request.
        query: the options.
        text: the options, written as the query of a URL, for a link to the remaining items.
    """

    name: str
    query: Query
    text: str


class Documented(Protocol):
    """What the documents say about the options of a path, and of the paths below it."""

    @property
    def options(self) -> QueryOptions | None:
        """The options of the path itself, `None` if nothing is known of them."""

    def within(self, name: str) -> "Documented | None":
        """Return those of what a navigation property leads to, `None` if there are none."""

    def __hash__(self) -> int:
        """Return the hash, for caches."""
        ...


@lru_cache(maxsize=4096)
def parse_query(text: str, returns: Returns, documented: Documented | None = None) -> Query:
    """Parse the query of a request.

    Args:
        text: the query.
        returns: what the request returns.
        documented: which options it supports; if it is `None`, all that what it returns can have.

    Raises:
        ServiceError: 400 if it is malformed, repeats an option, or has one that the operation does not support.
    """
    options = _options(text)
    token = next((value for name, value in options.items() if name in _TOKEN_OPTIONS), None)
    if token and returns is Returns.MANY:
        return Query(token=token)
    allowed = _OPTIONS[returns] | _TOKEN_OPTIONS if returns is Returns.MANY else _OPTIONS[returns]
    own = None if documented is None else documented.options
    refusal = None if own is None else own.refusal_of("filter")
    if own is not None and own.requires_filter and "$filter" not in options and refusal is not None:
        raise _refused(refusal)
    return _query(options, allowed, documented)


def _query(options: Mapping[str, str], allowed: frozenset[str], documented: Documented | None) -> Query:
    if unknown := [name for name in options if name.startswith("$") and name not in allowed]:
        raise bad_request(f"The query option '{unknown[0]}' is not supported.")
    if documented is not None and documented.options is not None:
        options = _supported(options, documented.options)
    return Query(
        top=_whole_number(options, "$top", 1) if "$top" in options else None,
        skip=_whole_number(options, "$skip", 0) if "$skip" in options else 0,
        select=tuple(name.strip() for name in options["$select"].split(",")) if "$select" in options else None,
        filter=options.get("$filter"),
        orderby=options.get("$orderby"),
        count=_flag(options.get("$count", "false")),
        expand=_expansions(options["$expand"], documented) if "$expand" in options else (),
        format=options.get("$format"),
        search=options.get("$search"),
    )


def _supported(options: Mapping[str, str], documented: QueryOptions) -> Mapping[str, str]:
    """Return the options that have an effect.

    Raises:
        ServiceError: the service refuses one.
    """
    kept: dict[str, str] = {}
    for name, value in options.items():
        option = name.removeprefix("$")
        if documented.lists(option) and (option != "filter" or _filters_as_documented(value, documented)):
            kept[name] = value
        elif refusal := documented.refusal_of(option):
            raise _refused(refusal)
    return kept


def _filters_as_documented(text: str, documented: QueryOptions) -> bool:
    if not documented.filters:
        return True
    terms = comparisons(text)
    return bool(terms) and not documented.unlisted_terms(terms)


def _refused(refusal: Refusal) -> ServiceError:
    message = refusal.message or f"The query option '${refusal.option}' is not supported."
    return ServiceError(refusal.status, refusal.code, message)


def _expansions(text: str, documented: Documented | None) -> tuple[Expansion, ...]:
    found: dict[str, Expansion] = {}
    for item in expand_items(text):
        if item.name.lower() in found:
            raise bad_request(f"$expand names '{item.name}' more than once.")
        within = None if documented is None else documented.within(item.name)
        query = _query(item.options, _OPTIONS[Returns.MANY] - {"$search"}, within)
        found[item.name.lower()] = Expansion(item.name, query, item.query_text)
    return tuple(found.values())


def _options(text: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for pair in filter(None, text.split("&")):
        raw_name, _, raw_value = pair.partition("=")
        name = _decoded(raw_name).lower()
        if name in options and (name.startswith("$") or name in _TOKEN_OPTIONS):
            raise bad_request(f"The query option '{name}' was given more than once.")
        options[name] = _decoded(raw_value)
    return options


def _decoded(text: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise bad_request("The query has a malformed percent-encoding.")
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeDecodeError:
        raise bad_request("The query is not UTF-8.") from None


def _whole_number(options: Mapping[str, str], name: str, least: int) -> int:
    text = options[name]
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least:
        raise bad_request(f"Invalid value '{text}' for {name}: a whole number of at least {least} was expected.")
    return int(text)


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise bad_request(f"Invalid value '{text}' for $count: true or false was expected.")
    return text == "true"


def selected_names(select: tuple[str, ...] | None, model: type[Model]) -> tuple[str, ...] | None:
    """Return the properties named by `$select` in their declared spelling; `None` for all of them.

    Raises:
        ServiceError: 400 if the model does not have a property of a name.
    """
    if select is None or "*" in select:
        return None
    return tuple(find_property(model, name).wire_name for name in select)


def sort_keys(orderby: str, model: type[Model]) -> list[tuple[Field[Any], bool]]:
    """Return the properties named by `$orderby`, each with whether it is in descending order.

    Raises:
        ServiceError: 400 if it is malformed, or the model does not have a property of a name.
    """
    keys: list[tuple[Field[Any], bool]] = []
    for term in orderby.split(","):
        match = _SORT_TERM.fullmatch(term)
        if match is None:
            raise bad_request(f"Invalid $orderby term '{term}'.")
        keys.append((find_property(model, match[1]), match[2] == "desc"))
    return keys


def sort_value(item: JsonObject, field: Field[Any]) -> tuple[bool, Any]:
    """Return the sort key of an object: null sorts first, and timestamps sort by time."""
    value = item.get(field.wire_name)
    if isinstance(value, str) and field.edm_type.name == "Edm.DateTimeOffset":
        return True, parse_timestamp(value)
    return value is not None, value
