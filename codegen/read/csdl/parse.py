"""Parses CSDL elements into frozen records, on request. Anything unknown is an error with its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from codegen import csdl
from codegen.csdl import QualifiedName, TypeReference
from codegen.errors import CodegenError, did_you_mean
from codegen.read.csdl.annotations import Annotations
from codegen.read.csdl.document import EDM, Document, Element
from codegen.read.csdl.grammar import check, is_simple_identifier, local_name

_ROOTS = frozenset({"EntitySet", "Singleton"})
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
    """Parses elements of a document on request.

    Args:
        document: to parse.
        is_partial: whether a base type may be missing. An entity type then has the key `id`, as all of Graph's do.
    """

    def __init__(self, document: Document, *, is_partial: bool = False) -> None:
        self.document = document
        self.is_partial = is_partial
        self.missing_bases: dict[QualifiedName, QualifiedName] = {}
        self._annotations = Annotations(document)

    def structured(self, name: QualifiedName, wanted: Members) -> csdl.StructuredType:
        """Parse an entity or complex type with the wanted members."""
        element = self._declaration(name, "EntityType", "ComplexType")
        keys = [self._name(ref) for key in _children(element, "Key") for ref in _children(key, "PropertyRef")]
        properties = [e for e in _children(element, "Property") if _is_offered(e, wanted, keys)]
        navigations = [e for e in _children(element, "NavigationProperty") if self._is_wanted(e, wanted)]
        is_entity = local_name(element) == "EntityType"
        base = self.base(name)
        if is_entity and not keys and name in self.missing_bases:
            keys = list(_MISSING_KEY)
        return csdl.StructuredType(
            name=name,
            is_entity=is_entity,
            base=base,
            is_abstract=self._flag(element, "Abstract"),
            is_open=self._flag(element, "OpenType"),
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

    def base(self, name: QualifiedName) -> QualifiedName | None:
        """Return the base type of an entity or complex type."""
        element = self._type(name, "EntityType", "ComplexType")
        text = element.get("BaseType")
        if text is None:
            return None
        base = self._reference(element, text).name
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
            for element in self._type(owner, "EntityType", "ComplexType"):
                if element.get("Name") == member and local_name(element) == "Property":
                    return self._property(owner, element)
                if element.get("Name") == member and local_name(element) == "NavigationProperty":
                    return self._navigation(owner, element)
        return None

    def member_names(self, name: QualifiedName) -> list[str]:
        """Return the names of the properties of a type and its bases, for suggestions."""
        elements = (e for owner in self.lineage(name) for e in self._type(owner, "EntityType", "ComplexType"))
        return [member for e in elements if local_name(e) != "Key" and (member := e.get("Name"))]

    def navigation_names(self, name: QualifiedName) -> list[str]:
        """Return the names of the navigation properties that a type itself declares."""
        elements = _children(self._type(name, "EntityType", "ComplexType"), "NavigationProperty")
        return [member for e in elements if (member := e.get("Name"))]

    def key(self, name: QualifiedName) -> tuple[str, ...]:
        """Return the key of an entity type, inherited or its own."""
        for owner in self.lineage(name):
            for key in _children(self._type(owner, "EntityType", "ComplexType"), "Key"):
                return tuple(self._name(ref) for ref in _children(key, "PropertyRef"))
        return _MISSING_KEY if self.missing_bases.keys() & set(self.lineage(name)) else ()

    def enum(self, name: QualifiedName) -> csdl.EnumType:
        """Parse an enumeration."""
        element = self._declaration(name, "EnumType")
        members = [
            csdl.Member(self._name(check(self.document, m)), m.get("Value")) for m in _children(element, "Member")
        ]
        if not members:
            raise CodegenError(f"the enumeration {name} has no members", self.document.place(element))
        return csdl.EnumType(name, self._flag(element, "IsFlags"), tuple(members), self.document.place(element))

    def definition(self, name: QualifiedName) -> csdl.TypeDefinition:
        """Parse a type definition."""
        element = self._declaration(name, "TypeDefinition")
        underlying = self._reference(element, element.get("UnderlyingType") or "").name
        return csdl.TypeDefinition(name, underlying, self.document.place(element))

    def functions(self, simple_name: str, binding: TypeReference) -> tuple[csdl.Function, ...]:
        """Parse the overloads of a function bound to a type, in any namespace."""
        found: list[csdl.Function] = []
        for name, overloads in self.document.functions.items():
            if name.simple == simple_name:
                found += [self._function(name, e) for e in overloads if self._binding(e) == binding]
        return tuple(found)

    def function_names(self, binding: TypeReference) -> list[str]:
        """Return the names of the functions bound to a type, for suggestions."""
        overloads = self.document.functions.items()
        return [name.simple for name, elements in overloads if any(self._binding(e) == binding for e in elements)]

    def actions(self, simple_name: str, binding: TypeReference) -> tuple[csdl.Action, ...]:
        """Parse the overloads of an action bound to a type, in any namespace.

        Raises:
            CodegenError: one has parameters or a result, which is not supported.
        """
        found: list[csdl.Action] = []
        for name, overloads in self.document.actions.items():
            if name.simple == simple_name:
                found += [self._action(name, e) for e in overloads if self._binding(e) == binding]
        return tuple(found)

    def forbids(self, via: object, owner: QualifiedName | None, target: QualifiedName, method: str) -> bool:
        """Whether the annotations of a set or a property, or of the type that it leads to, forbid a method.

        Args:
            via: the set or the property.
            owner: the type that has it, `None` for a set.
            target: the type of the entities in it.
            method: such as `POST`.
        """
        places = [(self._type(target, "EntityType", "ComplexType"), str(target))]
        if isinstance(via, csdl.Root):
            container, element = self.container()
            places += [(e, f"{container}/{via.name}") for e in element if e.get("Name") == via.name]
        elif isinstance(via, csdl.NavigationProperty) and owner is not None:
            owners = [(name, self._type(name, "EntityType", "ComplexType")) for name in self.lineage(owner)]
            places += [(e, f"{name}/{via.name}") for name, type_ in owners for e in type_ if e.get("Name") == via.name]
        return any(self._annotations.forbids(element, place, method) for element, place in places)

    def root(self, name: str) -> csdl.Root | None:
        """Parse an entity set or singleton of the container, `None` if there is none."""
        _, container = self.container()
        return next((self._root(e) for e in container if e.get("Name") == name and local_name(e) in _ROOTS), None)

    def root_names(self) -> list[str]:
        """Return the names of the entity sets and singletons, for suggestions."""
        _, container = self.container()
        return [name for e in container if local_name(e) in _ROOTS and (name := e.get("Name"))]

    def container(self) -> tuple[QualifiedName, Element]:
        """Return the name of the entity container, and its element."""
        if self.document.container is None:
            raise CodegenError("has no EntityContainer", self.document.file)
        return self.document.container

    def _root(self, element: Element) -> csdl.Root:
        check(self.document, element)
        is_set = local_name(element) == "EntitySet"
        target = self._reference(element, element.get("EntityType" if is_set else "Type") or "")
        tracked = self._annotations.is_change_tracked(element, f"{self.container()[0]}/{element.get('Name')}")
        reference = TypeReference(target.name, is_set)
        return csdl.Root(self._name(element), reference, tracked, self.document.place(element))

    def _property(self, owner: QualifiedName, element: Element) -> csdl.Property:
        name = self._name(check(self.document, element))
        return csdl.Property(
            name=name,
            type=self._reference(element, element.get("Type") or ""),
            is_nullable=self._flag(element, "Nullable", default=True),
            deprecation=self._annotations.deprecation(element, f"{owner}/{name}"),
            place=self.document.place(element),
        )

    def _navigation(self, owner: QualifiedName, element: Element) -> csdl.NavigationProperty:
        name = self._name(check(self.document, element))
        return csdl.NavigationProperty(
            name=name,
            type=self._reference(element, element.get("Type") or ""),
            contains_target=self._flag(element, "ContainsTarget"),
            is_change_tracked=self._annotations.is_change_tracked(element, f"{owner}/{name}"),
            deprecation=self._annotations.deprecation(element, f"{owner}/{name}"),
            place=self.document.place(element),
        )

    def _is_wanted(self, element: Element, wanted: Members) -> bool:
        target = (element.get("Type") or "").removeprefix("Collection(").removesuffix(")")
        return element.get("Name") in wanted.navigations or self.document.resolve(target) in wanted.targets

    def _function(self, name: QualifiedName, element: Element) -> csdl.Function:
        self._check_declaration(name, element)
        parameters = [self._parameter(e) for e in _children(element, "Parameter")]
        returns = [self._reference(e, e.get("Type") or "") for e in _children(element, "ReturnType")]
        if len(returns) != 1:
            raise CodegenError(f"the function {name} must have one ReturnType", self.document.place(element))
        target = f"{name}({','.join(str(p.type) for p in parameters)})"
        return csdl.Function(
            name=name,
            is_composable=self._flag(element, "IsComposable"),
            entity_set_path=self._entity_set_path(element),
            binding=parameters[0],
            parameters=tuple(parameters[1:]),
            returns=returns[0],
            is_change_tracked=self._annotations.is_change_tracked(element, target),
            deprecation=self._annotations.deprecation(element, target),
            place=self.document.place(element),
        )

    def _action(self, name: QualifiedName, element: Element) -> csdl.Action:
        self._check_declaration(name, element)
        binding, *parameters = [self._parameter(e) for e in _children(element, "Parameter")]
        place = self.document.place(element)
        if parameters or any(True for _ in _children(element, "ReturnType")):
            raise CodegenError(f"the action {name} has parameters or a result, which is not supported", place)
        if binding.type.is_collection:
            raise CodegenError(f"the action {name} is bound to a collection, which is not supported", place)
        deprecation = self._annotations.deprecation(element, f"{name}({binding.type})")
        return csdl.Action(name, binding, deprecation, place)

    def _parameter(self, element: Element) -> csdl.Parameter:
        reference = self._reference(check(self.document, element), element.get("Type") or "")
        return csdl.Parameter(self._name(element), reference, self._annotations.is_optional(element))

    def _binding(self, element: Element) -> TypeReference | None:
        first = next(iter(_children(element, "Parameter")), None)
        if element.get("IsBound") != "true" or first is None:
            return None
        text = first.get("Type") or ""
        is_collection = text.startswith("Collection(")
        name = text.removeprefix("Collection(").removesuffix(")") if is_collection else text
        return TypeReference(self.document.resolve(name), is_collection)

    def _entity_set_path(self, element: Element) -> str | None:
        path = element.get("EntitySetPath")
        if path is not None and not all(map(is_simple_identifier, re.split("[./]", path))):
            raise CodegenError(f"EntitySetPath {path!r} is not a path of names", self.document.place(element))
        return path

    def _reference(self, element: Element, text: str) -> TypeReference:
        is_collection = text.startswith("Collection(") and text.endswith(")")
        name = text.removeprefix("Collection(").removesuffix(")") if is_collection else text
        if "." not in name or not all(map(is_simple_identifier, name.split("."))):
            raise CodegenError(f"{text!r} is not a type name", self.document.place(element))
        return TypeReference(self.document.resolve(name), is_collection)

    def _type(self, name: QualifiedName, *tags: str) -> Element:
        element = self.document.types.get(name)
        if element is None:
            raise CodegenError(f"unknown type {name}{did_you_mean(name, self.document.types)}", self.document.file)
        if local_name(element) not in tags:
            place = self.document.place(element)
            raise CodegenError(f"{name} is an {local_name(element)}, not an {' or '.join(tags)}", place)
        return element

    def _declaration(self, name: QualifiedName, *tags: str) -> Element:
        return self._check_declaration(name, self._type(name, *tags))

    def _check_declaration(self, name: QualifiedName, element: Element) -> Element:
        if not all(map(is_simple_identifier, name.split("."))):
            raise CodegenError(f"{name!r} is not an OData name", self.document.place(element))
        return check(self.document, element)

    def place(self, name: QualifiedName) -> csdl.Place:
        """Return the place of a declared type."""
        return self.document.place(self.document.types[name])

    def _name(self, element: Element) -> str:
        name = element.get("Name") or ""
        if not is_simple_identifier(name):
            raise CodegenError(f"{name!r} is not an OData name", self.document.place(element))
        return name

    def _flag(self, element: Element, attribute: str, *, default: bool = False) -> bool:
        text = element.get(attribute)
        if text not in {None, "true", "false"}:
            raise CodegenError(f"{attribute} must be true or false, not {text!r}", self.document.place(element))
        return default if text is None else text == "true"


def _is_offered(element: Element, wanted: Members, keys: list[str]) -> bool:
    name = element.get("Name")
    if not wanted.properties or wanted.offered is None:
        return wanted.properties or name in wanted.named
    return name in wanted.offered or name in keys


def _children(element: Element, tag: str) -> Iterable[Element]:
    return (child for child in element if child.tag == EDM + tag)
