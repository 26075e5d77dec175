"""The table of operations in Python's words."""

from dataclasses import dataclass

from codegen.naming import ClassName, ConstantName


@dataclass(frozen=True, slots=True)
class ParameterFact:
    """A parameter of a function."""

    name: str
    edm_type: str
    is_optional: bool


@dataclass(frozen=True, slots=True)
class FunctionFact:
    """A function that requests call."""

    constant: ConstantName
    wire_name: str
    parameters: tuple[ParameterFact, ...]
    entity_set_path: str | None
    is_change_tracked: bool


@dataclass(frozen=True, slots=True)
class PermissionsFact:
    """A set of permissions that requests need; `sentence` states it for people."""

    constant: ConstantName
    arguments: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OptionsFact:
    """What the documents of some requests say about query options."""

    constant: ConstantName
    arguments: str


@dataclass(frozen=True, slots=True)
class OperationFact:
    """A documented request.

    Args:
        path_parts: the path, split to fit on lines.
        returns: the member of `Returns`.
        model: the class of the response.
        functions: the constants of those that the path calls.
        permissions: the constant of what a token needs.
        options: the constant of its query options, `None` if nothing is known of them.
        missing_in: the clouds that lack the request.
        doubtful_in: the clouds that may lack it.
        methods: that are sent to it, none if that is GET alone.
    """

    path_parts: tuple[str, ...]
    returns: ConstantName
    model: ClassName
    functions: tuple[ConstantName, ...]
    permissions: ConstantName
    options: ConstantName | None
    missing_in: tuple[str, ...]
    doubtful_in: tuple[str, ...]
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OperationTable:
    """The documented requests, and the functions, permissions and query options that they refer to."""

    functions: tuple[FunctionFact, ...]
    permissions: tuple[PermissionsFact, ...]
    options: tuple[OptionsFact, ...]
    operations: tuple[OperationFact, ...]

    @property
    def constants(self) -> tuple[str, ...]:
        """The names that the module defines."""
        return (
            "OPERATIONS",
            *(fact.constant for fact in self.functions),
            *(fact.constant for fact in self.permissions),
            *(fact.constant for fact in self.options),
        )
