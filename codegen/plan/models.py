"""Enumerations and models."""

from dataclasses import dataclass

from codegen.naming import AttributeName, ClassName
from codegen.plan.former_names import EnumMemberAlias, FieldAlias


@dataclass(frozen=True, slots=True)
class EnumMember:
    """One line of an enumeration."""

    name: AttributeName
    value: str


@dataclass(frozen=True, slots=True)
class Enum:
    """An enumeration class."""

    name: ClassName
    doc: str
    members: tuple[EnumMember, ...]
    aliases: tuple[EnumMemberAlias, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model: `name = factory(wire_name, type_expression)`.

    Args:
        value_type: the Python type of its values, such as `list[Identity]`.
        deprecated: the sentence that says so, also part of `doc`; empty if it is not deprecated, here and elsewhere.
    """

    name: AttributeName
    factory: ClassName
    wire_name: str
    type_expression: str
    value_type: str
    doc: str
    deprecated: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model class."""

    name: ClassName
    base: ClassName
    odata_type: str
    doc: str
    deprecated: str
    fields: tuple[Field, ...]
    aliases: tuple[FieldAlias, ...] = ()
