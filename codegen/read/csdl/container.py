"""Parses what the entity container has, on request."""

from codegen import csdl
from codegen.csdl import QualifiedName, TypeReference
from codegen.errors import CodegenError
from codegen.read.csdl.annotations import Annotations
from codegen.read.csdl.document import Document, Element
from codegen.read.csdl.elements import Elements
from codegen.read.csdl.grammar import check, local_name

_ROOTS = frozenset({"EntitySet", "Singleton"})


class ContainerParser:
    """Parses the entity sets and singletons of a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._elements = Elements(document)
        self._annotations = Annotations(document)

    def root(self, name: str) -> csdl.Root | None:
        """Parse an entity set or singleton of the container, `None` if there is none."""
        return next((self._root(e) for e in self.element if e.get("Name") == name and local_name(e) in _ROOTS), None)

    def root_names(self) -> list[str]:
        """Return the names of the entity sets and singletons, for suggestions."""
        return [name for e in self.element if local_name(e) in _ROOTS and (name := e.get("Name"))]

    @property
    def name(self) -> QualifiedName:
        """The name of the container."""
        return self._declared()[0]

    @property
    def element(self) -> Element:
        """The element of the container."""
        return self._declared()[1]

    def _declared(self) -> tuple[QualifiedName, Element]:
        if self._document.container is None:
            raise CodegenError("has no EntityContainer", self._document.file)
        return self._document.container

    def _root(self, element: Element) -> csdl.Root:
        check(self._document, element)
        is_set = local_name(element) == "EntitySet"
        target = self._elements.reference(element, element.get("EntityType" if is_set else "Type") or "")
        tracked = self._annotations.is_change_tracked(element, f"{self.name}/{element.get('Name')}")
        reference = TypeReference(target.name, is_set)
        return csdl.Root(self._elements.name(element), reference, tracked, self._document.place(element))
