"""Former names in Python's words. Each is an alias of a current name, and warns when used."""

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
    """A former name of a field. In the class body an expression such as `Entity.id` refers to the field."""

    name: AttributeName
    target: AttributeName
    expression: str


@dataclass(frozen=True, slots=True)
class MemberAlias:
    """A former name of a builder's member that leads to the next builder.

    Args:
        is_property: whether it is a property rather than a method.
        parameters: of its signature, as source text.
        arguments: with which it calls the target.
        parameter_names: those that users pass.
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
        """The name as in names.txt, for a method with its parameters."""
        return self.name if self.is_property else f"{self.name}({', '.join(self.parameter_names)})"
