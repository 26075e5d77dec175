"""Query options and headers of a request, as keywords and as Kiota's request configuration.

Source: https://learn.microsoft.com/graph/query-parameters
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias, TypedDict

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings_runtime.field import Field, wire_text
from graph_meetings_runtime.filter import Filter
from graph_meetings_runtime.request_information import GraphRequestInformation

Names: TypeAlias = "str | Iterable[str | Field[Any]]"
"""Property names: OData's own text, or a list of names and fields, as in `[CallRecording.id, "callId"]`."""


@dataclass(frozen=True, slots=True)
class Prefer:
    """What a client would like, sent in the `Prefer` header of every page.

    Args:
        max_page_size: items per page at most; the service has its own maximum.
        include_unknown_enum_members: enum members added late come as themselves, not as `unknownFutureValue`.
        omit_values: `"nulls"` leaves out properties that are null.

    Source: https://learn.microsoft.com/graph/api/callrecords-cloudcommunications-list-callrecords#request-headers
    """

    max_page_size: int | None = None
    include_unknown_enum_members: bool = False
    omit_values: str | None = None

    def __str__(self) -> str:
        parts = (
            f"odata.maxpagesize={self.max_page_size}" if self.max_page_size is not None else "",
            "include-unknown-enum-members" if self.include_unknown_enum_members else "",
            f"omit-values={self.omit_values}" if self.omit_values else "",
        )
        return ", ".join(part for part in parts if part)


class ItemOptions(TypedDict, total=False):
    """Keywords of a request for one object."""

    select: Names
    expand: Names
    prefer: Prefer
    headers: Mapping[str, str]


class CollectionOptions(ItemOptions, total=False):
    """Keywords of a request for a collection."""

    filter: str | Filter
    orderby: Names
    top: int
    count: bool
    search: str


@dataclass
class QueryParameters:
    """Query options in Kiota's form, for `RequestConfiguration(query_parameters=…)`."""

    select: list[str] | None = None
    expand: list[str] | None = None
    filter: str | None = None
    orderby: list[str] | None = None
    top: int | None = None
    count: bool | None = None
    search: str | None = None

    def get_query_parameter(self, original_name: str) -> str:
        """Give the name of an option inside a URL template."""
        return f"%24{original_name}"


_OPTION_NAMES = tuple(field.name for field in fields(QueryParameters))
_NAME_LISTS = frozenset({"select", "expand", "orderby"})


def apply(
    request: GraphRequestInformation,
    configuration: RequestConfiguration[QueryParameters] | None,
    options: CollectionOptions | ItemOptions,
) -> None:
    """Put a request configuration and keywords onto a request; a keyword wins over the configuration."""
    if configuration is not None:
        for header in configuration.headers.keys():  # noqa: SIM118  a Kiota collection, no dict
            request.headers.remove(header)
    request.configure(configuration)
    for name, value in options.items():
        if name in _OPTION_NAMES:
            request.query_parameters[f"%24{name}"] = _option(name, value)
    for header, text in options.get("headers", {}).items():
        request.headers.remove(header)
        request.headers.add(header, text)
    if "prefer" in options and (prefer := str(options["prefer"])):
        request.headers.add("Prefer", prefer)


def _option(name: str, value: Any) -> object:
    if isinstance(value, Filter):
        return str(value)
    if name not in _NAME_LISTS or isinstance(value, str):
        return value
    names: Iterable[str | Field[Any]] = value
    return [wire_text(item) for item in names]
