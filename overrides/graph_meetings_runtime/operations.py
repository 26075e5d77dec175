"""What one documented request is, as data: the generated table of operations is made of these."""

from dataclasses import dataclass
from enum import StrEnum

from graph_meetings_runtime.model import Model


class Returns(StrEnum):
    """What a request answers with."""

    ONE = "one"
    MANY = "many"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an OData function: its name and type in CSDL, and whether it may be left out."""

    name: str
    edm_type: str
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Function:
    """An OData function that a request calls.

    Args:
        name: its name in CSDL.
        parameters: without the binding parameter, in CSDL's order.
        entity_set_path: where its entities come from, such as `bindingParameter/recordings`, or `None`.
        is_change_tracked: whether `delta` may follow.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    entity_set_path: str | None = None
    is_change_tracked: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """A GET request that the client offers.

    Args:
        path: as documented, keys as `{id}`: `/users/{id}/onlineMeetings/{id}/recordings`.
        returns: one object, a collection, or a stream of bytes.
        model: the class of what comes back, or of the object whose stream it is.
        functions: those called in the path, from left to right.
    """

    path: str
    returns: Returns
    model: type[Model]
    functions: tuple[Function, ...] = ()
