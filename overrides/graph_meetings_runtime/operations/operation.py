"""Documented requests as data; the generated table of operations consists of these."""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.query_options import QueryOptions


class Returns(StrEnum):
    """What a request returns."""

    ONE = "one"
    MANY = "many"
    STREAM = "stream"
    NOTHING = "nothing"


class Parameter(Struct, frozen=True):
    """A parameter of an OData function: its name and type in CSDL, and whether it is optional."""

    name: str
    edm_type: str
    is_optional: bool


class Function(Struct, frozen=True):
    """An OData function that a request calls.

    Args:
        name: in CSDL.
        parameters: in the order of CSDL, without the binding parameter.
        entity_set_path: where its entities come from, such as `bindingParameter/recordings`, or `None`.
        is_change_tracked: whether `delta` may follow.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    entity_set_path: str | None = None
    is_change_tracked: bool = False


class Permissions(Struct, frozen=True):
    """The permissions that a token needs for a request, least privileged first; an empty list means "not supported".

    Args:
        delegated: for a signed-in user with a work account.
        application: for an app without a user.
        needs_access_policy: whether an app also needs an application access policy for the user in the path.
        depends_on: what decides which of them it is, such as `the resource subscribed to`; empty if any will do.
    """

    delegated: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    needs_access_policy: bool = False
    depends_on: str = ""


class Operation(Struct, frozen=True):
    """A request that the client offers.

    Args:
        path: as documented, with `{id}` for keys: `/users/{id}/onlineMeetings/{id}/recordings`.
        returns: one object, a collection, a stream of bytes, or nothing; of several methods, what GET returns.
        model: the class of the objects returned, or of the object that the stream or the action belongs to.
        functions: called in the path, from left to right.
        permissions: that a token needs.
        options: the query options that its documents list, `None` if nothing is known of them.
        missing_in: the clouds whose metadata does not contain the request.
        doubtful_in: the clouds whose metadata contains the request although the documentation says that they do not
            support it, or does not mention them.
        methods: that are sent to the path.
    """

    path: str
    returns: Returns
    model: type[Model]
    functions: tuple[Function, ...] = ()
    permissions: Permissions = Permissions()
    options: QueryOptions | None = None
    missing_in: tuple[Cloud, ...] = ()
    doubtful_in: tuple[Cloud, ...] = ()
    methods: tuple[str, ...] = ("GET",)


_CALL_ARGUMENTS = re.compile(r"\([^)]*\)")
_TEMPLATE_CALL = re.compile(r"\{\+(\w+)\}")
_TEMPLATE_KEY = re.compile(r"\{[^}]+\}")


class OperationTable:
    """Finds the documented request that a URL template stands for.

    Args:
        operations: all requests of one API version.

    Attributes:
        functions: the names of their OData functions in lower case, because the service ignores case.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        operations = tuple(operations)
        self.functions = frozenset(
            ["delta", *(function.name.lower() for operation in operations for function in operation.functions)]
        )
        self._by_shape = {_CALL_ARGUMENTS.sub("", operation.path): operation for operation in operations}

    def find(self, url_template: str) -> Operation | None:
        """Return the request of a template such as `{+baseurl}/users/{user%2Did}/onlineMeetings{?%24top}`."""
        return self._by_shape.get(path_shape(url_template))


@lru_cache(maxsize=512)
def path_shape(url_template: str) -> str:
    """Return the path of a URL template without base URL, options and arguments, with `{id}` for keys."""
    path = url_template.removeprefix("{+baseurl}").partition("{?")[0]
    return _TEMPLATE_KEY.sub("{id}", _TEMPLATE_CALL.sub(r"\1", path))
