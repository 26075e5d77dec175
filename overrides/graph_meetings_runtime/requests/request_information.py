"""Requests: Kiota's `RequestInformation` with URLs that are built fast and correctly."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgspec import Struct

from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.log import request_line
from graph_meetings_runtime.origin import without_query
from graph_meetings_runtime.requests.keys import ParenthesizedKey

_UNRESERVED = re.compile(r"[\w.~-]*", re.ASCII)
_EXPRESSION = re.compile(r"(/?)\{([+?]?)([^}]+)\}")


class GraphRequestInformation(RequestInformation):
    """A request.

    It expands URL templates itself: Kiota's library drops commas outside braces, so that no function with two
    parameters can be called, and takes thirty times as long.

    Args:
        url_template: the template of its URL.
        path_parameters: the values of the template.
        method: its HTTP method.
    """

    def __init__(self, url_template: str, path_parameters: dict[str, Any], method: Method = Method.GET) -> None:
        super().__init__(method, url_template, path_parameters)

    @property
    def url(self) -> str:
        """The URL; absolute once the adapter has added its `baseurl` to the path parameters."""
        raw_url = self.path_parameters.get(self.RAW_URL_KEY)
        if isinstance(raw_url, str):
            return raw_url
        return expand(self.url_template or "", {**self.query_parameters, **self.path_parameters})

    @url.setter
    def url(self, url: str) -> None:
        self.path_parameters.clear()
        self.query_parameters.clear()
        self.path_parameters[self.RAW_URL_KEY] = url

    def to(self, link: str) -> "GraphRequestInformation":
        """Return a request for a link that the service sent, with the headers and options of this one."""
        request = GraphRequestInformation(self.url_template or "", {self.RAW_URL_KEY: link})
        request.headers.add_all(self.headers)
        request.headers.remove("Authorization")
        request.add_request_options(list(self.request_options.values()))
        return request


def empty_response(request: GraphRequestInformation, base_url: str) -> MalformedResponse:
    """Return the error for an empty response to a request for JSON."""
    return MalformedResponse(
        f"the service sent an empty response for {without_query(request.url)}",
        request=request_line(request.url, base_url),
    )


def expand(template: str, values: Mapping[str, Any]) -> str:
    """Expand a URL template of RFC 6570 that uses `{name}`, `{+name}` and `{?name,name}`.

    The value of a reserved expansion `{+name}` is inserted unchanged: base URLs and function calls are already
    percent-encoded. A key in parentheses also replaces the slash before it.
    """
    return "".join([part if isinstance(part, str) else part.expanded(values) for part in _parts(template)])


class _Expression(Struct, frozen=True):
    """An expression of a template, with the slash before it."""

    slash: str
    operator: str
    names: tuple[str, ...]

    def expanded(self, values: Mapping[str, Any]) -> str:
        if self.operator == "?":
            pairs = [f"{name}={_encoded(values[name])}" for name in self.names if values.get(name) is not None]
            return f"{self.slash}?{'&'.join(pairs)}" if pairs else self.slash
        value = values.get(self.names[0], "")
        if self.operator == "+":
            return f"{self.slash}{value}"
        return value.segment() if isinstance(value, ParenthesizedKey) else f"{self.slash}{_encoded(value)}"


@lru_cache(maxsize=512)
def _parts(template: str) -> Sequence[str | _Expression]:
    """Split a template into its parts, once for all requests that use it."""
    parts: list[str | _Expression] = []
    end = 0
    for match in _EXPRESSION.finditer(template):
        slash, operator, names = match.groups()
        parts += [template[end : match.start()], _Expression(slash, operator, tuple(names.split(",")))]
        end = match.end()
    return (*parts, template[end:])


def _encoded(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(quote(str(item), safe="") for item in cast("Sequence[object]", value))
    text = str(value)
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="")
