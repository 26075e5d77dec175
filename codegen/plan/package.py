"""The client in Python's words: names as the code has them, in the order of the code."""

from dataclasses import dataclass

from codegen.beside import Beside
from codegen.csdl import Schema
from codegen.naming import AttributeName, ClassName, ModuleName
from codegen.plan.former_names import ClassAlias, EnumMemberAlias, FieldAlias, MemberAlias
from codegen.plan.operations import OperationTable
from codegen.plan.tables import NO_TABLES, TablePlans

CLIENT_CLASS = ClassName("GraphMeetingsClient")


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import names`, sorted."""

    module: ModuleName
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imports:
    """The imports of a module, sorted, in the sections that ruff separates.

    Args:
        standard: of the standard library.
        own: of this distribution.
        typing_only: needed only in annotations.
    """

    standard: tuple[Import, ...] = ()
    own: tuple[Import, ...] = ()
    typing_only: tuple[Import, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword-only parameter of a builder's method, and how it gets into the URL.

    Args:
        name: in Python.
        types: those that it accepts, apart from None.
        is_optional: whether it accepts None.
        default: the expression of its default, empty if it has none.
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
        row: the class of the rows if the builder has to be told it, otherwise empty.
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
        is_delta: whether it is `delta`, which has a builder of its own.
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
        model: the class of what `get` returns, empty if the builder has no `get`.
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
        """Whether requests end here, or in a builder without a class of its own."""
        return bool(self.permissions)


@dataclass(frozen=True, slots=True)
class ContentCase:
    """The path from the client to the content of one class of entity.

    Args:
        model: the class.
        guard: the condition on the entity, empty if the case holds for all that remain.
        expression: that makes the builder, from `self`.
        returns: the class of the builder.
    """

    model: ClassName
    guard: str
    expression: str
    returns: ClassName


@dataclass(frozen=True, slots=True)
class ContentOverload:
    """The class of the builder that `content_of` returns for one class of entity."""

    artifact: ClassName
    returns: ClassName


@dataclass(frozen=True, slots=True)
class Client:
    """The client class.

    Args:
        artifacts: the classes of entities that `content_of` takes.
        content_class: of the builders that it returns.
        content_overloads: its types for each class of entity, none if they do not differ.
    """

    doc: str
    version: str
    roots: tuple[Link, ...]
    content: tuple[ContentCase, ...]
    artifacts: tuple[ClassName, ...]
    content_class: ClassName
    content_overloads: tuple[ContentOverload, ...] = ()
    aliases: tuple[MemberAlias, ...] = ()

    @property
    def has_content(self) -> bool:
        """Whether `content_of` takes any class of entity."""
        return bool(self.content)

    @property
    def has_cases(self) -> bool:
        """Whether there are several cases, for one class or more."""
        return len(self.content) > 1


@dataclass(frozen=True, slots=True)
class Module:
    """What every module has. The aliases are former names of its classes."""

    name: ModuleName
    imports: Imports
    aliases: tuple[ClassAlias, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """Everything generated for one version of the API.

    Args:
        schema: what is in scope, in CSDL's words.
        kind: what its first line says about it beside the version.
        notes: what a maintainer should know, one sentence each, such as an alias that names nothing.
        beside: what the metadata has beside the scope.
    """

    name: ModuleName
    version: str
    enums_module: Module
    models_module: Module
    builders_module: Module
    client_module: Module
    operations_module: Module
    init_module: Module
    enums: tuple[Enum, ...]
    models: tuple[Model, ...]
    builders: tuple[Builder, ...]
    client: Client
    operations: OperationTable
    exports: tuple[str, ...]
    schema: Schema
    tables: TablePlans = NO_TABLES
    kind: str = ""
    notes: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
