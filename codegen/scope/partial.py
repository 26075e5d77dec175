"""What of the rules a document has that they were not written for: that of another cloud, or of an earlier day."""

import re
from dataclasses import replace

from codegen import csdl
from codegen.csdl import QualifiedName
from codegen.errors import NotInMetadata
from codegen.read.csdl.parse import Parser
from codegen.rules.scope import ContentOf, Derived, Rules
from codegen.scope.resolve import is_in, resolve


def present(parser: Parser, rules: Rules) -> tuple[Rules, tuple[str, ...]]:
    """Keep of the rules what a document has; say what it lacks, a sentence each.

    What is left can still name a type that nothing reaches any more; the scope finds out.

    Raises:
        CodegenError: something on the way is not understood.
    """
    absent: list[str] = []
    kept = replace(
        rules,
        requests=tuple(path for path in rules.requests if _has_request(parser, path, absent)),
        derived=tuple(_derived(parser, rule, absent) for rule in rules.derived),
    )
    content = (_content_of(parser, rule, absent) for rule in rules.content_of)
    return replace(kept, content_of=tuple(rule for rule in content if rule.paths)), tuple(absent)


def _has_request(parser: Parser, path: str, absent: list[str]) -> bool:
    try:
        resolve(parser, path, "requests")
    except NotInMetadata as error:
        absent.append(str(error))
        return False
    return True


def _derived(parser: Parser, rule: Derived, absent: list[str]) -> Derived:
    descendants = parser.descendants(rule.base)
    absent += (
        f"derived.{rule.base}: {name} does not derive from it" for name in rule.offered if name not in descendants
    )
    return replace(rule, offered=tuple(name for name in rule.offered if name in descendants))


def _content_of(parser: Parser, rule: ContentOf, absent: list[str]) -> ContentOf:
    kept = tuple(path for path in rule.paths if is_in(parser, path) and _has_keys(parser, rule.type, path))
    absent += (f"content_of.{rule.type}: {path}" for path in rule.paths if path not in kept)
    return replace(rule, paths=kept)


def _has_keys(parser: Parser, name: QualifiedName, path: str) -> bool:
    """Whether an entity has every property that a path takes a key from."""
    return name in parser.document.types and all(
        _has_property(parser, name, key) for key in re.findall(r"\{([^{}]*)\}", path)
    )


def _has_property(parser: Parser, owner: QualifiedName, path: str) -> bool:
    for name in path.split("/"):
        found = None if owner.is_primitive else parser.member(owner, name)
        if not isinstance(found, csdl.Property):
            return False
        owner = found.type.name
    return True
