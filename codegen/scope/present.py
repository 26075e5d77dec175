"""The paths and types of the rules that a document has: one of another cloud or an earlier day may lack some."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codegen import csdl
from codegen.csdl import QualifiedName, Request
from codegen.errors import CodegenError, NotInMetadata, did_you_mean
from codegen.read.csdl.parse import Parser
from codegen.rules.scope import ContentOf, Derived, Properties, Rules
from codegen.scope.resolve import resolve, with_methods
from codegen.scope.scope import ContentPath


@dataclass(frozen=True, slots=True)
class Present:
    """The part of the rules that a document has.

    Args:
        rules: the rules whose paths and types it has. They can still name types that no request reaches.
        requests: the paths of the rules, resolved.
        content: the paths of `content_of`, resolved.
        missing: what the document lacks, one sentence each; always empty unless it may lack something.
    """

    rules: Rules
    requests: tuple[Request, ...]
    content: tuple[ContentPath, ...]
    missing: tuple[str, ...]


def find_present(parser: Parser, rules: Rules, *, is_partial: bool) -> Present:
    """Resolve every path of the rules once.

    Args:
        parser: of the document.
        rules: of the version.
        is_partial: whether the document may lack some of it.

    Raises:
        CodegenError: the document lacks something that it must have, or something on a path is not supported.
    """
    return _Search(parser, rules, is_partial=is_partial).present()


class _Search:
    def __init__(self, parser: Parser, rules: Rules, *, is_partial: bool) -> None:
        self.parser = parser
        self.rules = rules
        self.is_partial = is_partial
        self.place = f"{rules.file}: versions.{rules.version}"
        self.missing: list[str] = []

    def present(self) -> Present:
        requests = tuple(self._requests())
        derived = tuple(map(self._derived, self.rules.derived)) if self.is_partial else self.rules.derived
        content = tuple(filter(None, [self._content(rule, requests) for rule in self.rules.content_of]))
        kept = {path.type for path in content}
        rules = replace(
            self.rules,
            properties=tuple(map(self._properties, self.rules.properties)),
            requests=tuple(request.path for request in requests),
            derived=derived,
            content_of=tuple(rule for rule in self.rules.content_of if rule.type in kept),
        )
        return Present(rules, requests, content, tuple(self.missing))

    def _requests(self) -> Iterator[Request]:
        methods = {rule.path: rule.names for rule in self.rules.methods}
        seen: set[str] = set()
        for path in self.rules.requests:
            try:
                place = "requests" if self.is_partial else self.place
                request = resolve(self.parser, path, place)
                yield with_methods(self.parser, request, methods.get(path, request.methods), place)
            except NotInMetadata as error:
                if not self.is_partial:
                    raise
                self.missing.append(str(error))
            if path in seen:
                raise CodegenError("is listed twice", f"{self.place}: {path}")
            seen.add(path)

    def _derived(self, rule: Derived) -> Derived:
        descendants = self.parser.descendants(rule.base)
        self.missing += (
            f"derived.{rule.base}: {name} does not derive from it" for name in rule.offered if name not in descendants
        )
        return replace(rule, offered=tuple(name for name in rule.offered if name in descendants))

    def _properties(self, rule: Properties) -> Properties:
        """Drop the names of properties that the type lacks, or raise an error. A missing type is detected later."""
        if rule.type not in self.parser.document.types:
            return rule
        lacking = [name for name in rule.names if not isinstance(self.parser.member(rule.type, name), csdl.Property)]
        if lacking and not self.is_partial:
            hint = did_you_mean(lacking[0], self.parser.member_names(rule.type))
            raise CodegenError(f"{rule.type} has no property {lacking[0]!r}{hint}", f"{self.place}.properties")
        self.missing += (f"properties.{rule.type}: it has no {name}" for name in lacking)
        return replace(rule, names=tuple(name for name in rule.names if name not in lacking))

    def _content(self, rule: ContentOf, requests: tuple[Request, ...]) -> ContentPath | None:
        """Resolve the paths of an entity's stream; returns `None` if the document has none of them."""
        offered = {tuple(step.target for step in request.steps) for request in requests}
        found: list[Request] = []
        for path in rule.paths:
            request = self._content_request(rule.type, path)
            if request is None:
                self.missing.append(f"content_of.{rule.type}: {path}")
                continue
            if tuple(step.target for step in request.steps) not in offered:
                raise CodegenError(f"{path} is not among the requests", f"{self.place}.content_of")
            if not isinstance(request.last.via, csdl.Property):
                raise CodegenError(f"{path} does not end in a stream", f"{self.place}.content_of")
            found.append(request)
        return ContentPath(rule.type, tuple(found)) if found else None

    def _content_request(self, entity: QualifiedName, path: str) -> Request | None:
        if not self.is_partial:
            return resolve(self.parser, path, f"{self.place}.content_of")
        try:
            request = resolve(self.parser, path, self.parser.document.file)
        except NotInMetadata:
            return None
        return request if self._has_keys(entity, path) else None

    def _has_keys(self, entity: QualifiedName, path: str) -> bool:
        """Return whether an entity has every property from which a path takes a key."""
        return entity in self.parser.document.types and all(
            self._has_property(entity, key) for key in re.findall(r"\{([^{}]*)\}", path)
        )

    def _has_property(self, owner: QualifiedName, path: str) -> bool:
        for name in path.split("/"):
            found = None if owner.is_primitive else self.parser.member(owner, name)
            if not isinstance(found, csdl.Property):
                return False
            owner = found.type.name
        return True
