"""A document as large as Graph's own, around the part of it that this project keeps."""

import copy

from lxml import etree

_EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
_KEPT = {f"{_EDM}{name}" for name in ("EntityType", "ComplexType", "EnumType")}


def large_csdl(extract: bytes, size: int) -> bytes:
    """Pad a CSDL document with copies of its types, each in a namespace of its own, that nothing refers to.

    Args:
        extract: the document.
        size: about how many bytes the result has; never less than the document.
    """
    root = etree.fromstring(extract)
    services = root[0]
    schemas = list(services)
    for number in range(size // len(extract)):
        for schema in schemas:
            types = etree.SubElement(services, schema.tag, {"Namespace": f"{schema.get('Namespace')}.copy{number}"})
            types.extend(copy.deepcopy(element) for element in schema if element.tag in _KEPT)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
