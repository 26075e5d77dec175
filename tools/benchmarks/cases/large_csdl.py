"""A CSDL document as large as Graph's own, padded around the part that this project keeps."""

import copy

from lxml import etree

_EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
_TYPES = frozenset(f"{_EDM}{name}" for name in ("EntityType", "ComplexType", "EnumType"))


def large_csdl(extract: bytes, size: int) -> bytes:
    """Pad a CSDL document with copies of its types, in namespaces of their own, that no request reaches.

    Args:
        extract: the document.
        size: approximate size of the result in bytes, but never less than the document.
    """
    root = etree.fromstring(extract)
    services = root[0]
    schemas = list(services)
    namespaces = {schema.get("Alias") or "": schema.get("Namespace") or "" for schema in schemas}
    for number in range(size // len(extract)):
        for schema in schemas:
            copied = etree.SubElement(services, schema.tag, {"Namespace": f"{schema.get('Namespace')}.copy{number}"})
            copied.extend(_copy(element, number, namespaces) for element in schema if element.tag in _TYPES)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _copy(element: etree._Element, number: int, namespaces: dict[str, str]) -> etree._Element:
    """Copy a type. A copy derives from another copy: one that derived from a kept type would be reached with it."""
    copied = copy.deepcopy(element)
    if base := copied.get("BaseType"):
        namespace, _, name = base.rpartition(".")
        copied.set("BaseType", f"{namespaces.get(namespace, namespace)}.copy{number}.{name}")
    return copied
