"""Opens a metadata document, CSDL or OpenAPI, for parsing."""

from collections.abc import Iterable
from pathlib import Path

from codegen.read.csdl.document import read_document
from codegen.read.csdl.parse import Parser
from codegen.read.openapi.read import is_openapi, read_openapi


def parser_of(metadata: Path, document: Path, requests: Iterable[str] = (), *, is_partial: bool = False) -> Parser:
    """Read a document. Its name in messages is its path in the metadata folder.

    Args:
        metadata: the folder.
        document: the file, CSDL or OpenAPI.
        requests: paths of scope.toml, which say what can follow a function. OpenAPI does not.
        is_partial: whether it may lack base types.
    """
    name = document.relative_to(metadata).as_posix() if document.is_relative_to(metadata) else document.name
    read = read_openapi(document, name, requests) if is_openapi(document) else read_document(document, name)
    return Parser(read, is_partial=is_partial)
