"""What the rules of one version reach."""

from dataclasses import dataclass

from codegen.csdl import QualifiedName, Request, Schema
from codegen.outside import OutsideScope
from codegen.rules.scope import Rules


@dataclass(frozen=True, slots=True)
class ContentPath:
    """The paths to an entity's stream, with its properties as keys. The first path whose keys it has is used."""

    type: QualifiedName
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rules reach in a document.

    Args:
        rules: those that apply.
        requests: in the order of the rules.
        models: the types that responses consist of; requests only pass through the others of the schema.
        schema: what was reached, and nothing else.
        content_of: where streams of entities found elsewhere are.
        missing: what the document lacks, one sentence each; always empty unless it may lack something.
        outside: what it has outside the scope. An extract has nothing left out.
    """

    rules: Rules
    requests: tuple[Request, ...]
    models: frozenset[QualifiedName]
    schema: Schema
    content_of: tuple[ContentPath, ...]
    missing: tuple[str, ...] = ()
    outside: tuple[OutsideScope, ...] = ()
