"""JSON in a browser, which sends no token: the service's answers, with links to what is beneath."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote, unquote

from graph_meetings_emulator.answers.answers import Answers
from graph_meetings_emulator.answers.routes import Route
from graph_meetings_emulator.http.errors import ServiceError, not_allowed
from graph_meetings_emulator.http.messages import ReceivedRequest, Reply, encode_header
from graph_meetings_emulator.pages.html import Html, element, link, page, together
from graph_meetings_runtime.operations.operation import Operation

BROWSE: Final = "/browse/"
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_KEY: Final = "{id}"
_LONGEST_SHOWN: Final = 24
_UNLISTED: Final = frozenset(
    {"communications", "solutions", "virtualEvents", "copilot", "onlineMeetings", "adhocCalls"}
)
"""What is no request of its own, or one that Graph answers for single objects only."""


class Browsing:
    """Pages of JSON.

    Args:
        find_route: returns the version and the route of a path.
        answers: answers routes.
        operations: returns the operations of a version.
    """

    def __init__(
        self,
        find_route: Callable[[bytes], tuple[str, Route]],
        answers: Answers,
        operations: Callable[[str], tuple[Operation, ...]],
    ) -> None:
        self._find_route = find_route
        self._answers = answers
        self._operations = operations

    def reply(self, request: ReceivedRequest) -> Reply:
        """Return the page of an object or of a collection; a recording or a transcript is sent as it is."""
        path = request.raw_path[len(BROWSE) - 1 :]
        asked = ReceivedRequest(
            "GET",
            path,
            request.raw_query,
            [encode_header("host", request.headers["host"])],
            request.port,
            request.scheme,
        )
        address = unquote(path.decode("latin-1"), errors="replace")
        title, way_back = _short(address.rpartition("/")[2]), _way_back(path)
        try:
            version, route = self._find_route(path)
            if "GET" not in route.operation.methods:
                raise not_allowed(route.operation.methods)
            root = f"{request.origin}/{version}"
            answer = self._answers.answer(route, asked, root)
        except ServiceError as error:
            refusal = element("p", element("strong", f"{error.status} {error.code}: "), error.message)
            return page(title, way_back, refusal, status=error.status)
        content_type = answer.header(b"content-type") or ""
        if not content_type.startswith("application/json"):
            return answer.with_headers([encode_header("x-content-type-options", "nosniff")])
        value: Any = json.loads(answer.body)
        links = " ".join(_beneath(value, path.decode("latin-1"), route.operation, self._operations(version)))
        return page(
            title,
            way_back,
            element("p", element("code", f"GET {address}")),
            element("p", Html(links)) if links else "",
            element("pre", _linked(value, request.origin), class_="wrapped"),
        )


def _way_back(path: bytes) -> Html:
    parts = path.decode("latin-1").strip("/").split("/")
    steps = [link("/", "emulator")]
    for length in range(2, len(parts)):
        name = _short(unquote(parts[length - 1], errors="replace"))
        is_listed = name not in _UNLISTED
        steps.append(link(f"{BROWSE}{'/'.join(parts[:length])}", name) if is_listed else together(name))
    return element("nav", Html(" / ".join(steps)))


def _beneath(value: Any, path: str, operation: Operation, operations: tuple[Operation, ...]) -> Iterator[Html]:
    """Links to the members of a collection, or to what an object leads to."""
    known = {other.path for other in operations}
    here = path.rstrip("/")
    if f"{operation.path}/{_KEY}" in known:
        for item in value.get("value", []):
            key = str(item.get("id", ""))
            yield link(f"{BROWSE}{here[1:]}/{quote(key, safe='')}", _short(key))
    for other in sorted(known):
        parent, _, name = other.rpartition("/")
        if parent == operation.path and "{" not in name and name not in _UNLISTED:
            yield link(f"{BROWSE}{here[1:]}/{name}", name)


def _linked(value: Any, origin: str) -> Html:
    """Return JSON whose links into the service can be followed."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    parts: list[str] = []
    end = 0
    for found in _STRING.finditer(text):
        string = json.loads(found[0])
        parts.append(text[end : found.start()])
        if string.startswith(f"{origin}/") and "#" not in string:
            parts.append(link(f"{BROWSE}{string[len(origin) + 1 :]}", found[0]))
        else:
            parts.append(found[0])
        end = found.end()
    return together(*parts, text[end:])


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:10]}…{text[-10:]}"
