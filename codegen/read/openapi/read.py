"""The second front end: an OpenAPI description of the service, indexed as the CSDL document that it was made of."""

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

_MOST = 100_000  # types and paths, far above what 30 million bytes of the converter's have
_MOST_CHARACTERS = 10_000_000  # of all paths, whose prefixes are kept: these take a gigabyte at most
_SUFFIXES = frozenset({".json", ".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class OpenApiDocument(Document):
    """A document that was made of OpenAPI, with what it was made of.

    Args:
        schemas: the types.
        paths: what the paths say.
    """

    schemas: Schemas
    paths: Paths


def is_openapi(path: Path) -> bool:
    """Whether a file's name says that it is OpenAPI; every other file is CSDL."""
    return path.suffix.lower() in _SUFFIXES


def read_openapi(path: Path, name: str, requests: Iterable[str]) -> OpenApiDocument:
    """Read an OpenAPI 3 description in the shape that Microsoft.OpenApi.OData gives it.

    What OpenAPI has lost of CSDL is assumed; `codegen.read.openapi.lost` says what.

    Args:
        path: the file, YAML or JSON.
        name: what messages call it.
        requests: of scope.toml; one that goes on behind a function says that it can be composed on.

    Raises:
        CodegenError: it is not what `openapi_read.load` reads, or declares no types.
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
        schemas=schemas,
        paths=paths,
    )
