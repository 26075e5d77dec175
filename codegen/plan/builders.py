"""Request builders."""

from dataclasses import dataclass

from codegen.naming import AttributeName, ClassName
from codegen.plan.former_names import MemberAlias


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword-only parameter of a builder's method, and how it is written into the URL.

    Args:
        name: in Python.
        types: the types that it accepts, apart from None.
        is_optional: whether it accepts None.
        default: the expression of its default; empty if it has none.
        wire_name: in CSDL.
        edm: the expression of its EDM type.
        value: the expression of the value in the URL.
    """

    name: AttributeName
    types: tuple[str, ...]
    is_optional: bool
    default: str
    doc: str
    wire_name: str
    edm: str
    value: str

    @property
    def annotation(self) -> str:
        """The annotation in the code."""
        return " | ".join((*self.types, "None") if self.is_optional else self.types)


@dataclass(frozen=True, slots=True)
class Link:
    """A property of a builder that adds a segment; `accept` is the media type to request of a stream."""

    name: AttributeName
    returns: ClassName
    segment: str
    doc: str
    accept: str = ""
    deprecated: str = ""


@dataclass(frozen=True, slots=True)
class ByKey:
    """The method of a collection builder that returns the builder of one entity.

    Args:
        type: of the parameter.
        edm: the expression of the key's EDM type if it is a literal in parentheses, empty if it is a path segment.
    """

    name: AttributeName
    parameter: AttributeName
    type: str
    edm: str
    placeholder: str
    returns: ClassName
    doc: str


@dataclass(frozen=True, slots=True)
class MadeBuilder:
    """The builder that a method returns.

    Args:
        annotation: its type.
        row: the class of the rows, if the builder must be told; otherwise empty.
    """

    annotation: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """The method of a builder that calls a function.

    Args:
        name: in Python.
        made: what it returns.
        wire_name: the function's name in CSDL.
        is_delta: whether it is `delta`, which has its own builder.
    """

    name: AttributeName
    made: MadeBuilder
    wire_name: str
    doc: str
    arguments: tuple[Argument, ...]
    is_delta: bool
    deprecated: str

    @property
    def has_arguments(self) -> bool:
        """Whether the method takes arguments."""
        return bool(self.arguments)


@dataclass(frozen=True, slots=True)
class Builder:
    """A request builder class.

    Args:
        model: the class that `get` returns; empty if the builder has no `get`.
        permissions: one sentence each on some requests and what a token needs for them.
    """

    name: ClassName
    base: str
    model: str
    doc: str
    permissions: tuple[str, ...]
    keys: tuple[ByKey, ...]
    links: tuple[Link, ...]
    calls: tuple[Call, ...]
    aliases: tuple[MemberAlias, ...] = ()

    @property
    def has_permissions(self) -> bool:
        """Whether requests end here, or in a builder without its own class."""
        return bool(self.permissions)
