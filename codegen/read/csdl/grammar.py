"""What CSDL may contain: valid names, and the attributes and children of each element."""

import unicodedata
from functools import lru_cache

from codegen.errors import CodegenError
from codegen.read.csdl.document import EDM, Document, Element

_KNOWN_ATTRIBUTES = {
    "EntityType": "Name BaseType Abstract OpenType HasStream",
    "ComplexType": "Name BaseType Abstract OpenType",
    "EnumType": "Name UnderlyingType IsFlags",
    "TypeDefinition": "Name UnderlyingType MaxLength Precision Scale Unicode SRID",
    "Property": "Name Type Nullable DefaultValue MaxLength Precision Scale Unicode SRID",
    "NavigationProperty": "Name Type Nullable Partner ContainsTarget",
    "Member": "Name Value",
    "Function": "Name IsBound IsComposable EntitySetPath",
    "Action": "Name IsBound EntitySetPath",
    "Parameter": "Name Type Nullable MaxLength Precision Scale Unicode SRID",
    "ReturnType": "Type Nullable MaxLength Precision Scale Unicode SRID",
    "EntitySet": "Name EntityType IncludeInServiceDocument",
    "Singleton": "Name Type Nullable",
    "Key": "",
    "PropertyRef": "Name",
}
_KNOWN_CHILDREN = {
    "EntityType": "Key Property NavigationProperty Annotation",
    "ComplexType": "Property NavigationProperty Annotation",
    "EnumType": "Member Annotation",
    "TypeDefinition": "Annotation",
    "Property": "Annotation",
    "NavigationProperty": "Annotation ReferentialConstraint OnDelete",
    "Member": "Annotation",
    "Function": "Parameter ReturnType Annotation",
    "Action": "Parameter ReturnType Annotation",
    "Parameter": "Annotation",
    "ReturnType": "Annotation",
    "EntitySet": "NavigationPropertyBinding Annotation",
    "Singleton": "NavigationPropertyBinding Annotation",
    "Key": "PropertyRef",
    "PropertyRef": "",
}
_ATTRIBUTES = {tag: frozenset(names.split()) for tag, names in _KNOWN_ATTRIBUTES.items()}
_CHILDREN = {tag: frozenset(names.split()) for tag, names in _KNOWN_CHILDREN.items()}
_LONGEST_NAME = 128
_LEADING = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})
_FOLLOWING = _LEADING | {"Nd", "Mn", "Mc", "Pc", "Cf"}


@lru_cache(maxsize=4096)
def is_simple_identifier(name: str) -> bool:
    """Whether a name is a `simpleIdentifier` of OData's grammar."""
    if not 0 < len(name) <= _LONGEST_NAME:
        return False
    first = name[0] == "_" or unicodedata.category(name[0]) in _LEADING
    return first and all(unicodedata.category(letter) in _FOLLOWING for letter in name[1:])


def local_name(element: Element) -> str:
    """Return an element's name without CSDL's XML namespace."""
    return element.tag.removeprefix(EDM)


def check(document: Document, element: Element) -> Element:
    """Return an element if all its attributes and children are known.

    Raises:
        CodegenError: for the first unknown one, with its line.
    """
    tag = local_name(element)
    for attribute in element.attrib:
        if attribute not in _ATTRIBUTES[tag]:
            raise CodegenError(f"{tag} has an unknown attribute {attribute}", document.place(element))
    for child in element:
        if local_name(child) not in _CHILDREN[tag]:
            raise CodegenError(f"{tag} has an unknown element {local_name(child)}", document.place(child))
    return element
