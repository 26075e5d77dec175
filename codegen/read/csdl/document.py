"""Reads a CSDL document into an index of its elements, which are parsed only on request."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from lxml import etree

from codegen.csdl import Place, QualifiedName
from codegen.errors import CodegenError

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
LARGEST_DOCUMENT = 64 * 1024 * 1024
"""In bytes. Graph's beta has 8 million. Anything larger is not metadata, and reading it would only cost memory."""
_MOST_SCHEMAS = 1000  # Graph has 30
EDMX = "{http://docs.oasis-open.org/odata/ns/edmx}"


class Element(Protocol):
    """The part of an lxml element that the parser uses."""

    @property
    def tag(self) -> str:
        """The name, with its XML namespace in braces."""
        ...

    @property
    def text(self) -> str | None:
        """The text before the first child."""
        ...

    @property
    def sourceline(self) -> int | None:
        """The line on which it begins."""
        ...

    @property
    def attrib(self) -> Mapping[str, str]:
        """The attributes by name."""
        ...

    def get(self, key: str, /) -> str | None:
        """Return an attribute, or `None`."""
        ...

    def __iter__(self) -> Iterator["Element"]: ...


@dataclass(frozen=True, slots=True)
class Document:
    """The schema elements of a document, by qualified name.

    Args:
        file: its name in messages.
        types: the entity, complex and enumeration types and the type definitions.
        functions: the overloads of each function.
        actions: the overloads of each action.
        container: the entity container with its name.
        annotations: the out-of-line annotations, by target with aliases resolved and blanks removed.
        derived: the names of the direct subtypes of a type.
        aliases: short names of namespaces.
    """

    file: str
    types: Mapping[QualifiedName, Element]
    functions: Mapping[QualifiedName, tuple[Element, ...]]
    container: tuple[QualifiedName, Element] | None
    annotations: Mapping[str, tuple[Element, ...]]
    derived: Mapping[QualifiedName, tuple[QualifiedName, ...]]
    aliases: Mapping[str, str]
    actions: Mapping[QualifiedName, tuple[Element, ...]]

    def place(self, element: Element) -> Place:
        """Return the place of an element."""
        return Place(self.file, element.sourceline or 0)

    def resolve(self, name: str) -> QualifiedName:
        """Replace the alias of a qualified name by its namespace."""
        return _resolve(name, self.aliases)


_TYPE_TAGS = frozenset({EDM + tag for tag in ("EntityType", "ComplexType", "EnumType", "TypeDefinition")})


def read_document(path: Path, name: str) -> Document:
    """Read and index a CSDL document.

    Args:
        path: the file.
        name: its name in messages.

    Raises:
        CodegenError: it is not well-formed XML, has a DOCTYPE, or is not CSDL.
    """
    root = _load(path, name)
    schemas = [schema for services in root for schema in services if schema.tag == f"{EDM}Schema"]
    if root.tag != f"{EDMX}Edmx" or not schemas:
        raise CodegenError("not CSDL: expected edmx:Edmx with Schema elements of OData 4", f"{name}:1")
    if len(schemas) > _MOST_SCHEMAS:
        raise CodegenError(f"has {len(schemas)} schemas; at most {_MOST_SCHEMAS} are allowed", f"{name}:1")
    aliases = {alias: schema.get("Namespace") or "" for schema in schemas if (alias := schema.get("Alias"))}
    index = _Index(name, aliases)
    for schema in schemas:
        index.add(schema)
    return index.document()


def _load(path: Path, name: str) -> Element:
    size = path.stat().st_size if path.is_file() else 0
    if size > LARGEST_DOCUMENT:
        raise CodegenError(f"has {size:,} bytes; at most {LARGEST_DOCUMENT:,} are allowed", name)
    # Metadata is untrusted: no entities, no DTD, no network, no unbounded depth.
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.parse(path, parser)
    except etree.XMLSyntaxError as error:
        raise CodegenError(f"not well-formed XML: {error.msg}", f"{name}:{error.lineno}") from error
    except OSError as error:
        raise CodegenError(f"cannot be read: {error}", name) from error
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise CodegenError("DOCTYPE is not allowed", f"{name}:1")
    # The stubs allow every type that a name can be set to; in a parsed element without comments they are strings.
    return cast("Element", tree.getroot())


def _resolve(name: str, aliases: Mapping[str, str]) -> QualifiedName:
    prefix, _, simple = name.rpartition(".")
    return QualifiedName(f"{aliases.get(prefix, prefix)}.{simple}")


class _Index:
    """Collects the elements of a document, schema by schema."""

    def __init__(self, file: str, aliases: Mapping[str, str]) -> None:
        self.file = file
        self.aliases = aliases
        self.types: dict[QualifiedName, Element] = {}
        self.functions: dict[QualifiedName, list[Element]] = {}
        self.actions: dict[QualifiedName, list[Element]] = {}
        self.annotations: dict[str, list[Element]] = {}
        self.derived: dict[QualifiedName, list[QualifiedName]] = {}
        self.containers: list[tuple[QualifiedName, Element]] = []
        names = "|".join(map(re.escape, aliases)) or r"(?!)"
        self._alias = re.compile(rf"(?<![\w.])({names})\.(?=\w+(?![\w.]))")

    def add(self, schema: Element) -> None:
        namespace = schema.get("Namespace") or ""
        for element in schema:
            tag = element.tag
            name = QualifiedName(f"{namespace}.{element.get('Name')}")
            if tag in _TYPE_TAGS:
                self._add_type(name, element)
            elif tag == f"{EDM}Annotations":
                self.annotations.setdefault(self._target(element), []).append(element)
            elif tag == f"{EDM}Function":
                self.functions.setdefault(name, []).append(element)
            elif tag == f"{EDM}Action":
                self.actions.setdefault(name, []).append(element)
            elif tag == f"{EDM}EntityContainer":
                self.containers.append((name, element))
            # A client needs no terms.

    def _add_type(self, name: QualifiedName, element: Element) -> None:
        if name in self.types:
            raise CodegenError(f"{name} is declared twice", f"{self.file}:{element.sourceline}")
        self.types[name] = element
        base = element.get("BaseType")
        if base is not None:
            self.derived.setdefault(_resolve(base, self.aliases), []).append(name)

    def _target(self, element: Element) -> str:
        target = (element.get("Target") or "").replace(" ", "")
        return self._alias.sub(lambda match: f"{self.aliases[match[1]]}.", target)

    def document(self) -> Document:
        return Document(
            self.file,
            MappingProxyType(self.types),
            MappingProxyType({name: tuple(found) for name, found in self.functions.items()}),
            self.containers[0] if self.containers else None,
            MappingProxyType({target: tuple(found) for target, found in self.annotations.items()}),
            MappingProxyType({name: tuple(sorted(found)) for name, found in self.derived.items()}),
            self.aliases,
            MappingProxyType({name: tuple(found) for name, found in self.actions.items()}),
        )
