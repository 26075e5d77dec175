"""Navigate from a client to the builder of an operation, as a user would: attribute by attribute, call by call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import graph_meetings
import graph_meetings.beta
from codegen.naming import builder_member_name, cast_member_name
from graph_meetings_runtime import GraphClient, Operation
from graph_meetings_runtime.operations.operation import Function

CLIENTS: tuple[type[GraphClient], ...] = (
    graph_meetings.GraphMeetingsClient,
    graph_meetings.beta.GraphMeetingsClient,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A step to a property of the builder, by a name in the path or a type that it casts to."""

    name: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Keyed:
    """A step to one item of a collection."""


@dataclass(frozen=True, slots=True)
class Called:
    """A step through a function call.

    Attributes:
        function: the function, as in the metadata.
        attribute: name of the builder method.
        keywords: keyword arguments of the method, in the order of the function's parameters.
    """

    function: Function
    attribute: str
    keywords: Sequence[str]


PathStep = Named | Keyed | Called


@cache
def steps_of(operation: Operation) -> tuple[PathStep, ...]:
    """Return the steps of an operation's path."""
    functions = {function.name: function for function in operation.functions}
    return tuple(_step(segment, functions) for segment in operation.path.removeprefix("/").split("/"))


def builder_at(client: GraphClient, operation: Operation, argument: Callable[[Keyed | Called], Any]) -> Any:
    """Return the builder of an operation.

    Args:
        client: the client to start from.
        operation: the operation.
        argument: returns the key, or the keyword arguments, of a step.
    """
    builder: Any = client
    for step in steps_of(operation):
        match step:
            case Named(attribute=attribute):
                builder = getattr(builder, attribute)
            case Keyed():
                builder = _by_key(builder)(argument(step))
            case Called(attribute=attribute):
                builder = getattr(builder, attribute)(**argument(step))
    return builder


def _by_key(builder: Any) -> Callable[[str], Any]:
    """Return the `by_…_id` method of a collection's builder."""
    kind: type[object] = builder.__class__
    name = next(name for name in vars(kind) if name.startswith("by_"))
    method: Callable[[str], Any] = getattr(builder, name)
    return method


def _step(segment: str, functions: dict[str, Function]) -> PathStep:
    if segment == "{id}":
        return Keyed()
    name = segment.partition("(")[0]
    if "." in name:
        return Named(name, cast_member_name(name))
    attribute = builder_member_name(name)
    if name not in functions:
        return Named(name, attribute)
    parameters = functions[name].parameters
    return Called(functions[name], attribute, [builder_member_name(parameter.name) for parameter in parameters])
