"""What one version's rules reach in a document."""

from pathlib import Path

from codegen.progress import Tell, unheard
from codegen.read.metadata import parser_of
from codegen.read.openapi.lost import lost_facts
from codegen.read.openapi.read import OpenApiDocument
from codegen.rules.scope import Rules
from codegen.scope.reach import Scope, reach


def scope_of(metadata: Path, rules: Rules, document: Path, *, is_partial: bool = False, tell: Tell = unheard) -> Scope:
    """Find what one version's rules reach in a document.

    Args:
        metadata: the folder.
        rules: of the version.
        document: complete or an extract.
        is_partial: whether it may lack some of it, being that of another cloud or of an earlier day.
        tell: hears what it lacks, and what OpenAPI has lost.
    """
    parser = parser_of(metadata, document, rules.requests, is_partial=is_partial)
    scope = reach(parser, rules, is_partial=is_partial)
    if isinstance(parser.document, OpenApiDocument):
        tell(f"{parser.document.file} is OpenAPI, which has lost facts of CSDL:")
        for fact in lost_facts(parser.document, scope.schema):
            tell(f"  {fact}")
    if scope.absent:
        requests = len(rules.requests) - len(scope.requests)
        tell(f"{parser.document.file} lacks {requests} of the {len(rules.requests)} requests of {rules.version}")
        for absence in scope.absent:
            tell(f"  {absence}")
    return scope
