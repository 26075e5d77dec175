"""Former names in Python's words: each leads to a present one, and warns."""

from dataclasses import dataclass

from codegen.naming import AttributeName, ClassName


@dataclass(frozen=True, slots=True)
class ClassAlias:
    """A former name of a class."""

    name: ClassName
    target: ClassName


@dataclass(frozen=True, slots=True)
class EnumMemberAlias:
    """A former name of a member of an enumeration."""

    name: AttributeName
    target: AttributeName


@dataclass(frozen=True, slots=True)
class FieldAlias:
    """A former name of a field; in the body of the class, an expression such as `Entity.id` stands for the field."""

    name: AttributeName
    target: AttributeName
    expression: str


@dataclass(frozen=True, slots=True)
class MemberAlias:
    """A former name of what leads from a builder to the next one.

    Args:
        is_property: whether it is no method.
        parameters: of its signature.
        arguments: of the call of the target.
        parameter_names: what it takes.
    """

    name: AttributeName
    target: AttributeName
    returns: str
    is_property: bool
    parameters: tuple[str, ...] = ("self",)
    arguments: tuple[str, ...] = ()
    parameter_names: tuple[AttributeName, ...] = ()

    @property
    def signature(self) -> str:
        """The name, of a method with its parameters, as in names.txt."""
        return self.name if self.is_property else f"{self.name}({', '.join(self.parameter_names)})"
