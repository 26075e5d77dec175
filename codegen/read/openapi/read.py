"""Reads an OpenAPI description as the CSDL document that it was converted from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from codegen.csdl import QualifiedName
from codegen.errors import CodegenError
from codegen.read.csdl.document import Document
from codegen.read.openapi.load import load
from codegen.read.openapi.nodes import CONTAINER, Node, Nodes
from codegen.read.openapi.paths import Paths
from codegen.read.openapi.schemas import Schemas

_MOST = 100_000  # types and paths, far more than the converter's 30 MB document has
_MOST_CHARACTERS = 10_000_000  # of all paths; their prefixes then take a gigabyte at most
_SUFFIXES = frozenset({".json", ".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class OpenApiDocument(Document):
    """A CSDL document made from OpenAPI, with its source.

    Args:
        schemas: the types.
        paths: what the paths say.
    """

    schemas: Schemas
    paths: Paths


def is_openapi(path: Path) -> bool:
    """Whether a file is OpenAPI, by its suffix. Every other file is CSDL."""
    return path.suffix.lower() in _SUFFIXES


def read_openapi(path: Path, name: str, requests: Iterable[str]) -> OpenApiDocument:
    """Read an OpenAPI 3 description in the shape that Microsoft.OpenApi.OData gives it.

    What OpenAPI does not say is assumed; `codegen.read.openapi.assumptions` lists the assumptions.

    Args:
        path: the file, YAML or JSON.
        name: its name in messages.
        requests: paths of scope.toml. One that continues after a function tells that it is composable.

    Raises:
        CodegenError: it is not what `openapi_read.load` reads, or it declares no types.
    """
    source = load(path, name)
    schemas = Schemas(source)
    if not schemas.tables:
        raise CodegenError("declares no types: components/schemas needs names like microsoft.graph.user", name)
    entries = source.table("paths").entries
    for what, found, most in (
        ("types", len(schemas.tables), _MOST),
        ("paths", len(entries), _MOST),
        ("characters in its paths", sum(map(len, entries)), _MOST_CHARACTERS),
    ):
        if found > most:
            raise CodegenError(f"has {found:,} {what}; at most {most:,} are allowed", name)
    paths = Paths(source, schemas, tuple(requests))
    nodes = Nodes(schemas, paths)
    functions: defaultdict[QualifiedName, list[Node]] = defaultdict(list)
    for call in paths.calls.values():
        functions[call.name].append(nodes.function(call))
    container = QualifiedName(f"{schemas.default_namespace}.{CONTAINER}")
    return OpenApiDocument(
        file=name,
        types=MappingProxyType({type_: nodes.type(type_) for type_ in schemas.tables}),
        functions=MappingProxyType({function: tuple(found) for function, found in functions.items()}),
        container=(container, nodes.container(source.place)),
        annotations=MappingProxyType({}),
        derived=schemas.derived,
        aliases=MappingProxyType({}),
        actions=MappingProxyType({}),  # of writing, OpenAPI is not asked
        schemas=schemas,
        paths=paths,
    )
