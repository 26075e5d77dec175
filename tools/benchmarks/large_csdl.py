"""A CSDL document as large as Graph's own, padded around the part that this project keeps."""

import copy
from collections.abc import Mapping

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
            target = etree.SubElement(services, schema.tag, {"Namespace": f"{schema.get('Namespace')}.copy{number}"})
            for element in schema:
                if element.tag in _TYPES:
                    copied = copy.deepcopy(element)
                    # A copy that derived from a kept type would be reached together with it.
                    if base := copied.get("BaseType"):
                        copied.set("BaseType", _name_of_copy(base, number, namespaces))
                    target.append(copied)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _name_of_copy(qualified_name: str, number: int, namespaces: Mapping[str, str]) -> str:
    namespace, _, name = qualified_name.rpartition(".")
    return f"{namespaces.get(namespace, namespace)}.copy{number}.{name}"
