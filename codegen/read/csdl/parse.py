"""Parses CSDL into frozen records, on request. Anything unknown is an error with its place."""

from dataclasses import dataclass

from codegen import csdl
from codegen.csdl import QualifiedName
from codegen.errors import CodegenError, did_you_mean
from codegen.read.csdl.annotations import Annotations
from codegen.read.csdl.container import ContainerParser
from codegen.read.csdl.document import Document, Element
from codegen.read.csdl.elements import Elements, children
from codegen.read.csdl.grammar import check, local_name
from codegen.read.csdl.operations import OperationParser

_MISSING_KEY = ("id",)
_LONGEST_LINEAGE = 50  # Graph's longest has 7 types; Python itself gives up at about a hundred


@dataclass(frozen=True, slots=True)
class Members:
    """Which members of a structured type to parse.

    Args:
        properties: whether to parse structural properties.
        named: names of structural properties to parse in any case.
        offered: names of the only structural properties to parse besides the key; `None` for all.
        navigations: names of navigation properties to parse.
        targets: entity types; navigation properties that lead to them are parsed too.
    """

    properties: bool
    navigations: frozenset[str] = frozenset()
    targets: frozenset[QualifiedName] = frozenset()
    named: frozenset[str] = frozenset()
    offered: frozenset[str] | None = None


class Parser:
    """Parses the types of a document on request.

    Args:
        document: to parse.
        is_partial: whether a base type may be missing. An entity type then has the key `id`, as all of Graph's do.

    Attributes:
        missing_bases: the base types that are missing, by the types that name them.
        operations: parses the functions and actions that are bound to types.
        container: parses the entity sets and singletons.
    """

    def __init__(self, document: Document, *, is_partial: bool = False) -> None:
        self.document = document
        self.is_partial = is_partial
        self.missing_bases: dict[QualifiedName, QualifiedName] = {}
        self.operations = OperationParser(document)
        self.container = ContainerParser(document)
        self._elements = Elements(document)
        self._annotations = Annotations(document)

    def structured(self, name: QualifiedName, wanted: Members) -> csdl.StructuredType:
        """Parse an entity or complex type with the wanted members."""
        element = self._elements.declaration(name, "EntityType", "ComplexType")
        keys = [self._elements.name(ref) for key in children(element, "Key") for ref in children(key, "PropertyRef")]
        properties = [e for e in children(element, "Property") if _is_offered(e, wanted, keys)]
        navigations = [e for e in children(element, "NavigationProperty") if self._is_wanted(e, wanted)]
        is_entity = local_name(element) == "EntityType"
        base = self.base(name)
        if is_entity and not keys and name in self.missing_bases:
            keys = list(_MISSING_KEY)
        return csdl.StructuredType(
            name=name,
            is_entity=is_entity,
            base=base,
            is_abstract=self._elements.flag(element, "Abstract"),
            is_open=self._elements.flag(element, "OpenType"),
            key=tuple(keys),
            properties=tuple(sorted((self._property(name, e) for e in properties), key=lambda p: p.name)),
            navigations=tuple(sorted((self._navigation(name, e) for e in navigations), key=lambda n: n.name)),
            deprecation=self._annotations.deprecation(element, name),
            place=self.document.place(element),
        )

    def kind(self, name: QualifiedName, used_at: object) -> str:
        """Return the kind of a declared type, such as `EnumType`."""
        element = self.document.types.get(name)
        if element is None:
            raise CodegenError(f"unknown type {name}{did_you_mean(name, self.document.types)}", used_at)
        return local_name(element)

    def place(self, name: QualifiedName) -> csdl.Place:
        """Return the place of a declared type."""
        return self.document.place(self.document.types[name])

    def base(self, name: QualifiedName) -> QualifiedName | None:
        """Return the base type of an entity or complex type."""
        element = self._elements.structured(name)
        text = element.get("BaseType")
        if text is None:
            return None
        base = self._elements.reference(element, text).name
        if base not in self.document.types and self.is_partial:
            self.missing_bases[name] = base
            return None
        if base not in self.document.types:
            hint = did_you_mean(base, self.document.types)
            raise CodegenError(f"unknown type {base}, the base of {name}{hint}", self.document.place(element))
        return base

    def lineage(self, name: QualifiedName) -> tuple[QualifiedName, ...]:
        """Return a type and its bases, the type itself first.

        Raises:
            CodegenError: a type is its own base, or has too many bases.
        """
        names: list[QualifiedName] = []
        at: QualifiedName | None = name
        while at is not None:
            if at in names:
                cycle = " → ".join([*names[names.index(at) :], at])
                raise CodegenError(f"a type cannot be its own base: {cycle}", self.place(at))
            if len(names) == _LONGEST_LINEAGE:
                raise CodegenError(f"{name} has a hierarchy of more than {_LONGEST_LINEAGE} types", self.place(name))
            names.append(at)
            at = self.base(at)
        return tuple(names)

    def descendants(self, name: QualifiedName) -> tuple[QualifiedName, ...]:
        """Return all direct and indirect subtypes of a type, sorted."""
        found: set[QualifiedName] = set()
        pending = [name]
        while pending:
            new = set(self.document.derived.get(pending.pop(), ())) - found
            found |= new
            pending.extend(new)
        return tuple(sorted(found))

    def member(self, name: QualifiedName, member: str) -> csdl.Property | csdl.NavigationProperty | None:
        """Parse one property of a type or of its bases, `None` if there is none."""
        for owner in self.lineage(name):
            for element in self._elements.structured(owner):
                if element.get("Name") == member and local_name(element) == "Property":
                    return self._property(owner, element)
                if element.get("Name") == member and local_name(element) == "NavigationProperty":
                    return self._navigation(owner, element)
        return None

    def member_names(self, name: QualifiedName) -> list[str]:
        """Return the names of the properties of a type and its bases, for suggestions."""
        elements = (e for owner in self.lineage(name) for e in self._elements.structured(owner))
        return [member for e in elements if local_name(e) != "Key" and (member := e.get("Name"))]

    def navigation_names(self, name: QualifiedName) -> list[str]:
        """Return the names of the navigation properties that a type itself declares."""
        elements = children(self._elements.structured(name), "NavigationProperty")
        return [member for e in elements if (member := e.get("Name"))]

    def key(self, name: QualifiedName) -> tuple[str, ...]:
        """Return the key of an entity type, inherited or its own."""
        for owner in self.lineage(name):
            for key in children(self._elements.structured(owner), "Key"):
                return tuple(self._elements.name(ref) for ref in children(key, "PropertyRef"))
        return _MISSING_KEY if self.missing_bases.keys() & set(self.lineage(name)) else ()

    def enum(self, name: QualifiedName) -> csdl.EnumType:
        """Parse an enumeration."""
        element = self._elements.declaration(name, "EnumType")
        members = [self._member(member) for member in children(element, "Member")]
        if not members:
            raise CodegenError(f"the enumeration {name} has no members", self.document.place(element))
        is_flags = self._elements.flag(element, "IsFlags")
        return csdl.EnumType(name, is_flags, tuple(members), self.document.place(element))

    def definition(self, name: QualifiedName) -> csdl.TypeDefinition:
        """Parse a type definition."""
        element = self._elements.declaration(name, "TypeDefinition")
        underlying = self._elements.reference(element, element.get("UnderlyingType") or "").name
        return csdl.TypeDefinition(name, underlying, self.document.place(element))

    def forbids(self, via: object, owner: QualifiedName | None, target: QualifiedName, method: str) -> bool:
        """Whether the annotations of a set or a property, or of the type that it leads to, forbid a method.

        Args:
            via: the set or the property.
            owner: the type that has it, `None` for a set.
            target: the type of the entities in it.
            method: such as `POST`.
        """
        places = [(self._elements.structured(target), str(target))]
        if isinstance(via, csdl.Root):
            container = self.container
            places += [(e, f"{container.name}/{via.name}") for e in container.element if e.get("Name") == via.name]
        elif isinstance(via, csdl.NavigationProperty) and owner is not None:
            owners = [(name, self._elements.structured(name)) for name in self.lineage(owner)]
            places += [(e, f"{name}/{via.name}") for name, type_ in owners for e in type_ if e.get("Name") == via.name]
        return any(self._annotations.forbids(element, place, method) for element, place in places)

    def _member(self, element: Element) -> csdl.Member:
        return csdl.Member(self._elements.name(check(self.document, element)), element.get("Value"))

    def _property(self, owner: QualifiedName, element: Element) -> csdl.Property:
        name = self._elements.name(check(self.document, element))
        return csdl.Property(
            name=name,
            type=self._elements.reference(element, element.get("Type") or ""),
            is_nullable=self._elements.flag(element, "Nullable", default=True),
            deprecation=self._annotations.deprecation(element, f"{owner}/{name}"),
            place=self.document.place(element),
        )

    def _navigation(self, owner: QualifiedName, element: Element) -> csdl.NavigationProperty:
        name = self._elements.name(check(self.document, element))
        return csdl.NavigationProperty(
            name=name,
            type=self._elements.reference(element, element.get("Type") or ""),
            contains_target=self._elements.flag(element, "ContainsTarget"),
            is_change_tracked=self._annotations.is_change_tracked(element, f"{owner}/{name}"),
            deprecation=self._annotations.deprecation(element, f"{owner}/{name}"),
            place=self.document.place(element),
        )

    def _is_wanted(self, element: Element, wanted: Members) -> bool:
        target = (element.get("Type") or "").removeprefix("Collection(").removesuffix(")")
        return element.get("Name") in wanted.navigations or self.document.resolve(target) in wanted.targets


def _is_offered(element: Element, wanted: Members, keys: list[str]) -> bool:
    name = element.get("Name")
    if not wanted.properties or wanted.offered is None:
        return wanted.properties or name in wanted.named
    return name in wanted.offered or name in keys
