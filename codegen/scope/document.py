"""Finds what one version's rules reach in a document."""

from collections.abc import Iterator
from pathlib import Path

from codegen.progress import Tell, silent
from codegen.read.csdl.parse import Parser
from codegen.read.metadata import parser_of
from codegen.read.openapi.assumptions import assumptions_of
from codegen.read.openapi.read import OpenApiDocument
from codegen.rules.scope import Rules
from codegen.scope.matching import Matching
from codegen.scope.outside import outside
from codegen.scope.present import find_present
from codegen.scope.reach import Reach
from codegen.scope.scope import Scope


def scope_of(metadata: Path, rules: Rules, document: Path, *, is_partial: bool = False, tell: Tell = silent) -> Scope:
    """Read a document and find what one version's rules reach in it.

    Args:
        metadata: the folder.
        rules: of the version.
        document: complete or an extract.
        is_partial: whether it may lack some of it, being of another cloud or of an earlier day.
        tell: receives what it lacks, and what OpenAPI does not say.
    """
    parser = parser_of(metadata, document, rules.requests, is_partial=is_partial)
    scope = reach(parser, rules, is_partial=is_partial)
    if isinstance(parser.document, OpenApiDocument):
        tell(f"{parser.document.file} is OpenAPI, which lacks facts of CSDL:")
        for fact in assumptions_of(parser.document, scope.schema):
            tell(f"  {fact}")
    if scope.missing:
        requests = len(rules.requests) - len(scope.requests)
        tell(f"{parser.document.file} lacks {requests} of the {len(rules.requests)} requests of {rules.version}")
        for sentence in scope.missing:
            tell(f"  {sentence}")
    return scope


def reach(parser: Parser, rules: Rules, *, is_partial: bool = False) -> Scope:
    """Find everything that the rules reach.

    Args:
        parser: of the document.
        rules: of the version.
        is_partial: whether the document may lack some of it, being of another cloud or of an earlier day.

    Raises:
        CodegenError: a rule matches nothing, or something in scope is not supported.
    """
    present = find_present(parser, rules, is_partial=is_partial)
    reached = Reach(parser, present.rules, present.requests)
    reached.add_responses()
    reached.add_parameters()
    reached.add_keys()
    reached.add_passed_through()
    matching = Matching(f"{rules.file}: versions.{rules.version}", is_partial=is_partial)
    return Scope(
        rules=matching.rules(present.rules, reached, present.requests),
        requests=present.requests,
        models=frozenset(reached.models),
        schema=reached.schema(),
        content_of=tuple(path for path in present.content if path.type in reached.models),
        outside=tuple(outside(parser, present.rules, reached)),
        missing=(*present.missing, *matching.missing, *_missing_bases(parser)),
    )


def _missing_bases(parser: Parser) -> Iterator[str]:
    for name, base in sorted(parser.missing_bases.items()):
        yield f"bases: {name} lacks its base {base}"
