"""Query options and headers of a request, as keywords and in Kiota's request configuration.

Source: https://learn.microsoft.com/graph/query-parameters
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias, TypedDict, cast

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgspec import Struct

from graph_meetings_runtime.models.fields.field import Field, wire_text
from graph_meetings_runtime.models.fields.filter import Filter
from graph_meetings_runtime.numeric_arguments import is_number
from graph_meetings_runtime.requests.request_information import GraphRequestInformation
from graph_meetings_runtime.suggestion import suggestion

Names: TypeAlias = "str | Field[Any] | Iterable[str | Field[Any]] | None"
"""Property names: OData's own text, a field, or a list of both, as in `[CallRecording.id, "callId"]`."""


class Prefer(Struct, frozen=True):
    """Preferences, sent in the `Prefer` header of every page.

    Args:
        max_page_size: the most items on a page; the service has its own maximum.
        include_unknown_enum_members: whether the service sends the names of enum members that were added later, instead
            of `unknownFutureValue`.
        omit_values: `"nulls"` leaves out properties that are null.

    Source: https://learn.microsoft.com/graph/api/callrecords-cloudcommunications-list-callrecords#request-headers
    """

    max_page_size: int | None = None
    include_unknown_enum_members: bool = False
    omit_values: str | None = None

    def __post_init__(self) -> None:
        size: Any = self.max_page_size
        if size is not None and (not is_number(size, int) or size < 1):
            raise ValueError(f"max_page_size must be an integer of at least 1, not {size!r}")

    def __str__(self) -> str:
        parts = (
            f"odata.maxpagesize={self.max_page_size}" if self.max_page_size is not None else "",
            "include-unknown-enum-members" if self.include_unknown_enum_members else "",
            f"omit-values={self.omit_values}" if self.omit_values else "",
        )
        return ", ".join(part for part in parts if part)


class ItemOptions(TypedDict, total=False):
    """Keyword options of a request for one object."""

    select: Names
    expand: Names
    prefer: Prefer | None
    headers: Mapping[str, str] | None


class CollectionOptions(ItemOptions, total=False):
    """Keyword options of a request for a collection."""

    filter: str | Filter | None
    orderby: Names
    top: int | None
    count: bool | None
    search: str | None


@dataclass
class QueryParameters:
    """Query options in Kiota's form, for `RequestConfiguration(query_parameters=…)`."""

    select: Sequence[str | Field[Any]] | None = None
    expand: Sequence[str | Field[Any]] | None = None
    filter: str | Filter | None = None
    orderby: Sequence[str | Field[Any]] | None = None
    top: int | None = None
    count: bool | None = None
    search: str | None = None

    def get_query_parameter(self, original_name: str) -> str:
        """Return the name of an option in a URL template."""
        return f"%24{original_name}"


_KEYS: Final = {field.name: f"%24{field.name}" for field in fields(QueryParameters)}
_NAME_LISTS: Final = frozenset({"select", "expand", "orderby"})
_TYPES: Final[Mapping[str, tuple[Any, str]]] = {
    "filter": (str | Filter, "a comparison, such as User.surname == 'Brandl', or OData's text for it"),
    "top": (int, "an integer"),
    "count": (bool, "True or False"),
    "search": (str, "a string"),
}
ITEM_OPTIONS: Final = frozenset(ItemOptions.__annotations__)
COLLECTION_OPTIONS: Final = frozenset(CollectionOptions.__annotations__)


def apply(
    request: GraphRequestInformation,
    configuration: RequestConfiguration[QueryParameters] | None,
    options: CollectionOptions | ItemOptions,
) -> None:
    """Apply a request configuration and keyword options to a request; keywords take precedence.

    Args:
        request: the request to configure.
        configuration: the options in Kiota's form.
        options: the keyword options; those that are `None` or empty are left out.
    """
    if configuration is not None:
        _require_configuration(configuration)
        for header in configuration.headers.keys():  # noqa: SIM118  a Kiota collection, not a dict
            request.headers.remove(header)
    request.configure(configuration)
    parameters = request.query_parameters
    for name, key in _KEYS.items():
        if name in options or key in parameters:
            value = _option(name, options.get(name, parameters.pop(key, None)))
            if value is not None:
                parameters[key] = value
    for header, text in _headers(options.get("headers")).items():
        request.headers.remove(header)
        request.headers.add(header, text)
    if prefer := str(options.get("prefer") or ""):
        request.headers.add("Prefer", prefer)


def _require_configuration(configuration: object) -> None:
    if not isinstance(configuration, RequestConfiguration):
        raise TypeError(
            f"request_configuration must be a RequestConfiguration of Kiota, not {_shown(configuration)}; "
            "options are keywords, such as top=50"
        )


def _headers(headers: Any) -> Mapping[str, str]:
    if not headers:
        return {}
    if not isinstance(headers, Mapping):
        raise TypeError(f"headers must be a dictionary, such as {{'Prefer': '…'}}, not {type(headers).__name__}")
    found = cast("Mapping[str, Any]", headers)
    for header, text in found.items():
        if not isinstance(text, str):
            raise TypeError(f"the header {header} must be a string, not {type(text).__name__}")
    return found


def make_advanced(request: GraphRequestInformation) -> None:
    """Turn a request into what Graph calls an advanced query, unless it already is one.

    Source: https://learn.microsoft.com/graph/aad-advanced-queries
    """
    if not request.headers.get("ConsistencyLevel"):
        request.headers.add("ConsistencyLevel", "eventual")
    if request.RAW_URL_KEY not in request.path_parameters:
        request.query_parameters["%24count"] = True


def refuse_unknown(options: Mapping[str, object], known: frozenset[str]) -> None:
    """Refuse unknown keyword options, for callers who do not use a type checker.

    Raises:
        TypeError: an option is unknown.
    """
    for name in options.keys() - known:
        advice = suggestion(name, known, f"options are {', '.join(sorted(known))}")
        raise TypeError(f"unknown option {name!r}; {advice}")


def _option(name: str, value: Any) -> object:
    """Return the value of a query option for a URL, or `None` to leave it out.

    Raises:
        TypeError: it is not of the option's type.
    """
    if value is None:
        return None
    if name in _NAME_LISTS:
        return _names(name, value)
    types, what = _TYPES[name]
    if not isinstance(value, types) or (types is int and not is_number(value, int)):
        raise TypeError(f"{name} must be {what}, not {_shown(value)}")
    return value if isinstance(value, int) else str(value) or None


def _names(name: str, value: Any) -> object:
    if isinstance(value, str):
        return value or None
    try:
        names: list[Any] = [value] if isinstance(value, Field) else list(value)
    except TypeError:
        names = [value]
    for item in names:
        if not isinstance(item, str | Field):
            raise TypeError(f"{name} must be property names, such as ['id', 'subject'], not {_shown(item)}")
    return [wire_text(item) for item in names] or None


def _shown(value: object) -> str:
    if isinstance(value, Field):
        return f"the field {value.name} alone: compare it, as in {value.name} == …"
    return repr(value) if isinstance(value, str | int | float) else type(value).__name__
