"""From a documented request to its builder, as a user goes there: attribute by attribute, call by call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import graph_meetings
import graph_meetings.beta
from codegen.naming import builder_member_name
from graph_meetings_runtime import GraphClient, Operation
from graph_meetings_runtime.http.operations import Function

CLIENTS: tuple[type[GraphClient], ...] = (
    graph_meetings.GraphMeetingsClient,
    graph_meetings.beta.GraphMeetingsClient,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A step to a property."""

    name: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Keyed:
    """A step to one of a collection."""


@dataclass(frozen=True, slots=True)
class Called:
    """A step through a function.

    Attributes:
        function: as the metadata has it.
        attribute: the method that calls it.
        keywords: of the method, for the function's parameters in their order.
    """

    function: Function
    attribute: str
    keywords: Sequence[str]


PathStep = Named | Keyed | Called


@cache
def steps_of(operation: Operation) -> tuple[PathStep, ...]:
    """Split the path of a request."""
    functions = {function.name: function for function in operation.functions}
    return tuple(_step(segment, functions) for segment in operation.path.removeprefix("/").split("/"))


def by_key(builder: Any) -> Callable[[str], Any]:
    """Find the method of a collection's builder that takes a key."""
    kind: type[object] = builder.__class__
    name = next(name for name in vars(kind) if name.startswith("by_"))
    method: Callable[[str], Any] = getattr(builder, name)
    return method


def _step(segment: str, functions: dict[str, Function]) -> PathStep:
    if segment == "{id}":
        return Keyed()
    name = segment.partition("(")[0]
    attribute = builder_member_name(name)
    if name not in functions:
        return Named(name, attribute)
    parameters = functions[name].parameters
    return Called(functions[name], attribute, [builder_member_name(parameter.name) for parameter in parameters])
