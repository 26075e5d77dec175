"""Makes CSDL elements from OpenAPI, so that one parser handles both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codegen.csdl import STREAM, Place, QualifiedName
from codegen.read.csdl.annotations import CHANGE_TRACKING, DEPRECATED, OPTIONAL_PARAMETER, REVISIONS
from codegen.read.csdl.document import EDM
from codegen.read.openapi.load import Table
from codegen.read.openapi.paths import Call, Paths
from codegen.read.openapi.schemas import PropertySchema, Schemas

BINARY = "Edm.Binary"
CONTAINER = "GraphService"
BINDING = "bindingParameter"
KEY = "id"
_DAY = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class Node:
    """A CSDL element as the parser uses it."""

    tag: str
    attrib: Mapping[str, str]
    children: "tuple[Node, ...]"
    sourceline: int | None
    text: str | None = None

    def get(self, key: str, /) -> str | None:
        """Return an attribute, or `None`."""
        return self.attrib.get(key)

    def __iter__(self) -> "Iterator[Node]":
        return iter(self.children)


class Nodes:
    """Makes the elements of one document.

    Args:
        schemas: its types.
        paths: what its paths say.
    """

    def __init__(self, schemas: Schemas, paths: Paths) -> None:
        self._schemas = schemas
        self._paths = paths
        self._entities = self._all_entities()

    def type(self, name: QualifiedName) -> Node:
        """Make an enumeration, entity type or complex type."""
        schema = self._schemas.tables[name]
        if self._schemas.is_enum(name):
            members = [_node("Member", schema.place, Name=member) for member in schema.texts("enum")]
            flags = "true" if schema.table("x-ms-enum-flags").is_true("isFlags") else None
            return _node("EnumType", schema.place, *members, Name=name.simple, IsFlags=flags)
        is_entity, base = name in self._entities, self._schemas.base(name)
        own = self._schemas.properties(name)
        has_key = is_entity and base is None and KEY in own
        reference = _node("PropertyRef", schema.place, Name=KEY)
        return _node(
            "EntityType" if is_entity else "ComplexType",
            schema.place,
            *([_node("Key", schema.place, reference)] if has_key else []),
            *(self._property(name, property_) for property_ in own.values()),
            *_deprecation(schema),
            Name=name.simple,
            BaseType=base,
        )

    def function(self, call: Call) -> Node:
        """Make a function."""
        parameters = [
            _node(
                "Parameter",
                call.place,
                *([_node("Annotation", call.place, Term=OPTIONAL_PARAMETER)] if parameter.is_optional else []),
                Name=parameter.name,
                Type=str(parameter.type),
            )
            for parameter in call.parameters
        ]
        return _node(
            "Function",
            call.place,
            _node("Parameter", call.place, Name=BINDING, Type=str(call.binding)),
            *parameters,
            _node("ReturnType", call.place, Type=str(call.returns)),
            *_tracking(call.place, is_tracked=call.is_change_tracked),
            *_deprecation(call.operation),
            Name=call.name.simple,
            IsBound="true",
            IsComposable="true" if call.is_composed or call.is_asked_for else None,
        )

    def container(self, place: Place) -> Node:
        """Make the entity container."""
        roots: list[Node] = []
        for name, (reference, where) in self._paths.roots.items():
            tag, attribute = ("EntitySet", "EntityType") if reference.is_collection else ("Singleton", "Type")
            tracking = _tracking(where, is_tracked=name in self._paths.tracked)
            roots.append(_node(tag, where, *tracking, **{"Name": name, attribute: reference.name}))
        return _node("EntityContainer", place, *roots, Name=CONTAINER)

    def _property(self, owner: QualifiedName, own: PropertySchema) -> Node:
        member = (owner, own.name)
        type_ = str(own.use.type)
        if own.is_navigation or member in self._paths.followed:
            contains = None if member in self._paths.referenced else "true"
            return _node(
                "NavigationProperty",
                own.table.place,
                *_tracking(own.table.place, is_tracked=member in self._paths.tracked),
                *_deprecation(own.table),
                Name=own.name,
                Type=type_,
                ContainsTarget=contains,
            )
        return _node(
            "Property",
            own.table.place,
            *_deprecation(own.table),
            Name=own.name,
            Type=STREAM if type_ == BINARY and member in self._paths.streams else type_,
            Nullable=None if self._may_be_null(own) else "false",
        )

    def _may_be_null(self, own: PropertySchema) -> bool:
        """Whether a property may be null. For a collection of complex values, OpenAPI does not say."""
        is_structured = self._schemas.is_structured(own.use.type.name)
        return own.use.is_nullable or (own.use.type.is_collection and is_structured)

    def _known_entities(self) -> Iterator[QualifiedName]:
        yield from (reference.name for reference, _ in self._paths.roots.values())
        yield from self._paths.keyed
        for name in self._schemas.tables:
            yield from (own.use.type.name for own in self._schemas.properties(name).values() if own.is_navigation)
        for owner, followed in self._paths.followed:
            yield self._schemas.properties(owner)[followed].use.type.name

    def _all_entities(self) -> frozenset[QualifiedName]:
        """Find the entity types. In a hierarchy either all types are, or none is."""
        known = set(self._known_entities()) & self._schemas.tables.keys()
        found: set[QualifiedName] = set()
        pending = {self._schemas.lineage(name)[-1] for name in known}
        while pending:
            name = pending.pop()
            found.add(name)
            pending |= set(self._schemas.derived.get(name, ())) - found
        return frozenset(found)


def _tracking(place: Place, *, is_tracked: bool) -> tuple[Node, ...]:
    return (_node("Annotation", place, Term=CHANGE_TRACKING),) if is_tracked else ()


def _deprecation(table: Table) -> tuple[Node, ...]:
    facts = table.table("x-ms-deprecation")
    if not facts.entries and not table.is_true("deprecated"):
        return ()
    place = facts.place
    values = [_node("PropertyValue", place, Property="Kind", EnumMember=DEPRECATED)]
    for name, key in (("Date", "date"), ("RemovalDate", "removalDate")):
        # The converter writes a date as a time at midnight.
        day = (facts.text(key) or "")[:_DAY]
        values += [_node("PropertyValue", place, Property=name, Date=day)] if day else []
    version = facts.text("version")
    values += [_node("PropertyValue", place, Property="Version", String=version)] if version else []
    collection = _node("Collection", place, _node("Record", place, *values))
    return (_node("Annotation", place, collection, Term=REVISIONS),)


def _node(name: str, place: Place, *children: Node, **attributes: str | None) -> Node:
    present = {key: value for key, value in attributes.items() if value is not None}
    return Node(f"{EDM}{name}", MappingProxyType(present), children, place.line)
