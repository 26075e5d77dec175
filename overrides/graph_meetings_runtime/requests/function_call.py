"""Calls of OData functions in URLs.

Source: OData 4.01 URL conventions, section 4.5
"""

from enum import Enum
from typing import Any, Final
from urllib.parse import quote

from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.shown import naming_value
from graph_meetings_runtime.requests.keys import python_name


class PathUser(Enum):
    """Means the user in the path of a builder."""

    PATH_USER = "the user in the path"


PATH_USER: Final = PathUser.PATH_USER


class FunctionCall(str):
    """A rendered, percent-encoded call such as `getAllRecordings(meetingOrganizerUserId='…')`."""

    __slots__ = ()


def function_call(name: str, *arguments: tuple[str, EdmType[Any], object]) -> FunctionCall:
    """Return the rendered call of a function.

    Args:
        name: of the function.
        arguments: name, type and value of each parameter; those with the value `None` are left out.

    Raises:
        TypeError, ValueError: a value, such as a naive datetime, cannot be written as a literal of its type.
    """
    rendered = [
        f"{parameter}={_literal(parameter, edm_type, value)}"
        for parameter, edm_type, value in arguments
        if value is not None
    ]
    return FunctionCall(f"{name}({','.join(rendered)})" if rendered else name)


def _literal(parameter: str, edm_type: EdmType[Any], value: object) -> str:
    with naming_value(python_name(parameter)):
        return quote(edm_type.literal(value), safe="':")
