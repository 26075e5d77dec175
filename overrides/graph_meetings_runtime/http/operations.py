"""What one documented request is, as data: the generated table of operations is made of these."""

import re
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.models.model import Model


class Returns(StrEnum):
    """What a request answers with."""

    ONE = "one"
    MANY = "many"
    STREAM = "stream"


class Parameter(Struct, frozen=True):
    """A parameter of an OData function: its name and type in CSDL, and whether it may be left out."""

    name: str
    edm_type: str
    is_optional: bool


class Function(Struct, frozen=True):
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


class Permissions(Struct, frozen=True):
    """What a token needs for a request, each list from the least to the most privileged; empty where it cannot work.

    Args:
        delegated: for a signed-in user of an organization.
        application: for an app without a user.
        needs_access_policy: whether an app also needs an application access policy for the user in the path.
    """

    delegated: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    needs_access_policy: bool = False


class Operation(Struct, frozen=True):
    """A GET request that the client offers.

    Args:
        path: as documented, keys as `{id}`: `/users/{id}/onlineMeetings/{id}/recordings`.
        returns: one object, a collection, or a stream of bytes.
        model: the class of what comes back, or of the object whose stream it is.
        functions: those called in the path, from left to right.
        permissions: what a token needs.
        missing_in: the clouds whose own metadata lacks the request.
        doubtful_in: the clouds whose metadata has the request although the documents say that they lack it, or
            about which nothing is known.
    """

    path: str
    returns: Returns
    model: type[Model]
    functions: tuple[Function, ...] = ()
    permissions: Permissions = Permissions()
    missing_in: tuple[Cloud, ...] = ()
    doubtful_in: tuple[Cloud, ...] = ()


_CALL_ARGUMENTS = re.compile(r"\([^)]*\)")
_TEMPLATE_CALL = re.compile(r"\{\+(\w+)\}")
_TEMPLATE_KEY = re.compile(r"\{[^}]+\}")


class OperationTable:
    """Finds the documented request that a URL template stands for.

    Args:
        operations: all of one API version.

    Attributes:
        functions: the names of the OData functions in them, in lower case as the service compares them.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        operations = tuple(operations)
        self.functions = frozenset(
            ["delta", *(function.name.lower() for operation in operations for function in operation.functions)]
        )
        self._by_shape = {_CALL_ARGUMENTS.sub("", operation.path): operation for operation in operations}

    def find(self, url_template: str) -> Operation | None:
        """Give the request of a template such as `{+baseurl}/users/{user%2Did}/onlineMeetings{?%24top}`."""
        path = url_template.removeprefix("{+baseurl}").partition("{?")[0]
        return self._by_shape.get(_TEMPLATE_KEY.sub("{id}", _TEMPLATE_CALL.sub(r"\1", path)))
