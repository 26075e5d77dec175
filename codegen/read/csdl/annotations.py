"""Reads the annotations that matter to a client, inside an element or in `Annotations` elsewhere in the document."""

from collections.abc import Iterator

from codegen.csdl import Deprecation
from codegen.errors import CodegenError
from codegen.read.csdl.document import EDM, Document, Element

OPTIONAL_PARAMETER = "Org.OData.Core.V1.OptionalParameter"
CHANGE_TRACKING = "Org.OData.Capabilities.V1.ChangeTracking"
RESTRICTIONS = {
    "POST": ("Org.OData.Capabilities.V1.InsertRestrictions", "Insertable"),
    "PATCH": ("Org.OData.Capabilities.V1.UpdateRestrictions", "Updatable"),
    "DELETE": ("Org.OData.Capabilities.V1.DeleteRestrictions", "Deletable"),
}
"""By method: the term that can forbid it, and the property that does."""
REVISIONS = "Org.OData.Core.V1.Revisions"
DEPRECATED = "Org.OData.Core.V1.RevisionKind/Deprecated"


class Annotations:
    """The annotations of a document's elements. Other terms are ignored."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def is_optional(self, element: Element) -> bool:
        """Whether a parameter is optional."""
        return any(True for _ in self._find(element, None, OPTIONAL_PARAMETER))

    def is_change_tracked(self, element: Element, target: str) -> bool:
        """Whether `delta` may follow. `target` is the name of the element in `Annotations`."""
        for annotation in self._find(element, target, CHANGE_TRACKING):
            supported = _property_values(annotation, "Supported")
            return all(value.get("Bool") != "false" for value in supported)
        return False

    def forbids(self, element: Element, target: str, method: str) -> bool:
        """Whether a method must not be sent to a set or a property, or to any of a type."""
        term, name = RESTRICTIONS[method]
        values = (value for found in self._find(element, target, term) for value in _property_values(found, name))
        return any(value.get("Bool") == "false" for value in values)

    def deprecation(self, element: Element, target: str) -> Deprecation | None:
        """Return the deprecation of an element, `None` if there is none."""
        for annotation in self._find(element, target, REVISIONS):
            for record in annotation:
                for revision in record if record.tag == f"{EDM}Collection" else (record,):
                    if self._is_deprecation(revision):
                        return Deprecation(
                            date=self._text(revision, "Date", "Date"),
                            removal_date=self._text(revision, "RemovalDate", "Date"),
                            version=self._text(revision, "Version", "String"),
                        )
        return None

    def _is_deprecation(self, revision: Element) -> bool:
        for value in _property_values(revision, "Kind"):
            texts = [value.get("EnumMember"), *(child.text for child in value)]
            return DEPRECATED in texts
        return False

    def _text(self, record: Element, name: str, attribute: str) -> str | None:
        for value in _property_values(record, name):
            text = value.get(attribute)
            if text is not None and not all(letter.isalnum() or letter in "-_/.: " for letter in text):
                raise CodegenError(f"invalid {name} of a revision: {text!r}", self._document.place(value))
            return text
        return None

    def _find(self, element: Element, target: str | None, term: str) -> Iterator[Element]:
        blocks = [element, *(self._document.annotations.get(target, ()) if target else ())]
        for block in blocks:
            for child in block:
                if child.tag == f"{EDM}Annotation" and self._document.resolve(child.get("Term") or "") == term:
                    yield child


def _property_values(parent: Element, name: str) -> Iterator[Element]:
    """Yield the values of a property in a record, or in the records of an annotation."""
    for child in parent:
        if child.tag == f"{EDM}Record":
            yield from _property_values(child, name)
        elif child.tag == f"{EDM}PropertyValue" and child.get("Property") == name:
            yield child
