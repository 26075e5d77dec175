"""CSDL in its own words: what the metadata says, as frozen records without XML.

Source: OData CSDL XML representation 4.01.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

STREAM = "Edm.Stream"
STRING = "Edm.String"
DELTA = "delta"
GEO_TYPES = tuple(
    f"Edm.{kind}{shape}"
    for kind in ("Geography", "Geometry")
    for shape in ("", "Collection", "LineString", "MultiLineString", "MultiPoint", "MultiPolygon", "Point", "Polygon")
)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class QualifiedName(str):
    """A name with its namespace, such as `microsoft.graph.callRecording`."""

    __slots__ = ()

    @property
    def namespace(self) -> str:
        """The part before the last dot."""
        return self.rpartition(".")[0]

    @property
    def simple(self) -> str:
        """The part after the last dot."""
        return self.rpartition(".")[2]

    @property
    def is_primitive(self) -> bool:
        """Whether it is one of OData's own types."""
        return self.namespace == "Edm"


@dataclass(frozen=True, slots=True)
class TypeReference:
    """A use of a type: the type itself or a collection of it."""

    name: QualifiedName
    is_collection: bool = False

    def __str__(self) -> str:
        return f"Collection({self.name})" if self.is_collection else self.name


@dataclass(frozen=True, slots=True)
class Deprecation:
    """A revision of the kind `Deprecated` (`Org.OData.Core.V1.Revisions`)."""

    date: str | None
    removal_date: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class Property:
    """A structural property."""

    name: str
    type: TypeReference
    is_nullable: bool
    deprecation: Deprecation | None
    place: Place


@dataclass(frozen=True, slots=True)
class NavigationProperty:
    """A property that leads to other entities."""

    name: str
    type: TypeReference
    contains_target: bool
    is_change_tracked: bool
    deprecation: Deprecation | None
    place: Place


@dataclass(frozen=True, slots=True)
class StructuredType:
    """An entity type or a complex type, with the members that were requested from the parser."""

    name: QualifiedName
    is_entity: bool
    base: QualifiedName | None
    is_abstract: bool
    is_open: bool
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    navigations: tuple[NavigationProperty, ...]
    deprecation: Deprecation | None
    place: Place


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enumeration."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enumeration."""

    name: QualifiedName
    is_flags: bool
    members: tuple[Member, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """Another name for a primitive type."""

    name: QualifiedName
    underlying: QualifiedName
    place: Place


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function."""

    name: str
    type: TypeReference
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Function:
    """One overload of a function that is bound to a type; its first parameter is the binding one."""

    name: QualifiedName
    is_composable: bool
    entity_set_path: str | None
    binding: Parameter
    parameters: tuple[Parameter, ...]
    returns: TypeReference
    is_change_tracked: bool
    deprecation: Deprecation | None
    place: Place

    @property
    def signature(self) -> str:
        """What distinguishes the overload, such as `microsoft.graph.delta(Collection(microsoft.graph.user))`."""
        return f"{self.name}({', '.join([str(self.binding.type), *(str(p.type) for p in self.parameters)])})"


@dataclass(frozen=True, slots=True)
class Action:
    """An action bound to one object of a type, without parameters and without a result."""

    name: QualifiedName
    binding: Parameter
    deprecation: Deprecation | None
    place: Place

    @property
    def signature(self) -> str:
        """What distinguishes the action, such as `microsoft.graph.reauthorize(microsoft.graph.subscription)`."""
        return f"{self.name}({self.binding.type})"


@dataclass(frozen=True, slots=True)
class Root:
    """An entity set or a singleton of the container, where a path begins."""

    name: str
    type: TypeReference
    is_change_tracked: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything in scope, by name."""

    container: QualifiedName
    roots: tuple[Root, ...]
    types: Mapping[QualifiedName, StructuredType]
    enums: Mapping[QualifiedName, EnumType]
    definitions: Mapping[QualifiedName, TypeDefinition]
    functions: tuple[Function, ...]
    actions: tuple[Action, ...] = ()

    def lineage(self, name: QualifiedName) -> tuple[StructuredType, ...]:
        """Return a type and its bases, the type itself first."""
        types: list[StructuredType] = []
        at: QualifiedName | None = name
        while at is not None:
            types.append(self.types[at])
            at = types[-1].base
        return tuple(types)

    def property_of(self, name: QualifiedName, wire_name: str) -> Property | None:
        """Return a structural property of a type, inherited or its own."""
        own = (p for t in self.lineage(name) for p in t.properties if p.name == wire_name)
        return next(own, None)


@dataclass(frozen=True, slots=True)
class Key:
    """The step of a path from a collection of entities to one of them.

    Args:
        placeholder: its name in the path.
        type: of the key.
        place: of the entity type.
    """

    placeholder: str
    type: QualifiedName
    place: Place


@dataclass(frozen=True, slots=True)
class Cast:
    """The step of a path to the objects of a derived type, such as `/microsoft.graph.user`."""

    type: QualifiedName


Via: TypeAlias = Root | Key | NavigationProperty | Property | Function | Action | Cast
"""What a path follows in one step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request's path.

    Args:
        source: the type before it, `None` at the beginning of the path.
        via: what it follows.
        target: the type after it; for an action, the type to which it is bound.
        arguments: the names of the parameters that the path gives to a function.
    """

    source: TypeReference | None
    via: Via
    target: TypeReference
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A documented request, with one or more methods."""

    path: str
    steps: tuple[Step, ...]
    methods: tuple[str, ...] = ("GET",)

    @property
    def functions(self) -> tuple[Function, ...]:
        """The functions that the path calls, from left to right."""
        return tuple(step.via for step in self.steps if isinstance(step.via, Function))

    @property
    def last(self) -> Step:
        """The step that ends the path."""
        return self.steps[-1]

    @property
    def response(self) -> TypeReference:
        """The type of the response; for a stream, the type of the entity that has the stream."""
        if isinstance(self.last.via, Property) and self.last.source is not None:
            return self.last.source
        return self.last.target
