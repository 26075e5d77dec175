"""What elements of any kind have: names, flags, references to types, and children."""

from collections.abc import Iterable

from codegen.csdl import QualifiedName, TypeReference
from codegen.errors import CodegenError, did_you_mean
from codegen.read.csdl.document import EDM, Document, Element
from codegen.read.csdl.grammar import check, is_simple_identifier, local_name


class Elements:
    """Reads the elements of a document. What is malformed is an error with its place."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def type(self, name: QualifiedName, *tags: str) -> Element:
        """Return the element of a declared type, which must be of one of these kinds."""
        element = self.document.types.get(name)
        if element is None:
            raise CodegenError(f"unknown type {name}{did_you_mean(name, self.document.types)}", self.document.file)
        if local_name(element) not in tags:
            place = self.document.place(element)
            raise CodegenError(f"expected {' or '.join(tags)}, but {name} is declared as {local_name(element)}", place)
        return element

    def structured(self, name: QualifiedName) -> Element:
        """Return the element of an entity or complex type."""
        return self.type(name, "EntityType", "ComplexType")

    def declaration(self, name: QualifiedName, *tags: str) -> Element:
        """Return the element of a declared type, after checking it."""
        return self.check_declaration(name, self.type(name, *tags))

    def check_declaration(self, name: QualifiedName, element: Element) -> Element:
        """Check the name of a declaration, its attributes and its children."""
        if not all(map(is_simple_identifier, name.split("."))):
            raise CodegenError(f"{name!r} is not an OData name", self.document.place(element))
        return check(self.document, element)

    def name(self, element: Element) -> str:
        """Return the name of an element."""
        name = element.get("Name") or ""
        if not is_simple_identifier(name):
            raise CodegenError(f"{name!r} is not an OData name", self.document.place(element))
        return name

    def flag(self, element: Element, attribute: str, *, default: bool = False) -> bool:
        """Return a boolean attribute."""
        text = element.get(attribute)
        if text not in {None, "true", "false"}:
            raise CodegenError(f"{attribute} must be true or false, not {text!r}", self.document.place(element))
        return default if text is None else text == "true"

    def reference(self, element: Element, text: str) -> TypeReference:
        """Return the type that the text of an attribute names."""
        is_collection = text.startswith("Collection(") and text.endswith(")")
        name = text.removeprefix("Collection(").removesuffix(")") if is_collection else text
        if "." not in name or not all(map(is_simple_identifier, name.split("."))):
            raise CodegenError(f"{text!r} is not a type name", self.document.place(element))
        return TypeReference(self.document.resolve(name), is_collection)


def children(element: Element, tag: str) -> Iterable[Element]:
    """Return the children of one kind."""
    return (child for child in element if child.tag == EDM + tag)
