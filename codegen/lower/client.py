"""The client class, and the way from an entity to its stream."""

from codegen import csdl, plan
from codegen.csdl import STRING, Request
from codegen.errors import CodegenError, did_you_mean
from codegen.lower.builders import chain
from codegen.lower.lowering import Lowering
from codegen.lower.runtime.imports import RUNTIME, ImportCollector
from codegen.lower.streams import common_class, content_class
from codegen.naming import ClassName, check_distinct, client_member_name, field_name
from codegen.scope.scope import ContentPath


class ClientLowering:
    """Makes the client class.

    Attributes:
        left_out: the entities whose streams `content_of` cannot find in this document, one sentence each.
    """

    def __init__(self, lowering: Lowering) -> None:
        self.imports = ImportCollector()
        self._lowering = lowering
        self.left_out: list[str] = []

    def client(self) -> plan.Client:
        """Return the class."""
        self.imports.use(RUNTIME, "GraphClient")
        self.imports.use(f"{self._lowering.package}.operations", "OPERATIONS")
        roots = tuple(map(self._root, self._lowering.scope.schema.roots))
        check_distinct(((root.name, root.segment) for root in roots), "the entity container")
        content = tuple(case for path in self._lowering.scope.content_of for case in self._present_cases(path))
        returns = common_class(case.returns for case in content)
        client = plan.Client(
            doc=self._lowering.docs.client,
            version=self._lowering.scope.rules.version,
            roots=tuple(sorted(roots, key=lambda root: root.name)),
            content=content,
            artifacts=tuple(dict.fromkeys(case.model for case in content)),
            content_class=returns,
            content_overloads=_overloads(content),
        )
        if client.has_content:
            for name in (returns, "EntityKey", "read_as", "required"):
                self.imports.use(RUNTIME, name)
        if client.content_overloads:
            self.imports.use_typing("overload")
            for overload in client.content_overloads:
                self.imports.use(RUNTIME, overload.returns)
        if client.has_cases:
            self.imports.use(RUNTIME, "no_content")
        return client

    def _root(self, root: csdl.Root) -> plan.Link:
        builder = self._lowering.builder_class(root.type)
        returns = ClassName(self.imports.use(f"{self._lowering.package}.request_builders", builder))
        return plan.Link(client_member_name(root.name), returns, root.name, self._lowering.docs.root(root.name))

    def _present_cases(self, path: ContentPath) -> list[plan.ContentCase]:
        try:
            return self._content_cases(path)
        except CodegenError as error:
            if not self._lowering.docs.is_partial:
                raise
            self.left_out.append(f"{error}; it is left out")
            return []

    def _content_cases(self, path: ContentPath) -> list[plan.ContentCase]:
        model = self._lowering.model_class(path.type, self.imports)
        cases: list[plan.ContentCase] = []
        for number, request in enumerate(path.requests, start=1):
            keys = _placeholders(request)
            expressions = [self._key_expression(path, key) for key in keys]
            later = {key for other in path.requests[number:] for key in _placeholders(other)}
            is_last = number == len(path.requests)
            guard = "" if is_last else self._guard(path, [key for key in keys if key not in later])
            expression = f"self.{chain(self._lowering, request.steps, expressions)}"
            cases.append(plan.ContentCase(model, guard, expression, content_class(self._lowering, request.last)))
        return cases

    def _guard(self, path: ContentPath, keys: list[str]) -> str:
        """Return the condition that an entity has the keys that only this path needs."""
        if not keys or any("/" in key for key in keys):
            raise CodegenError("must use a property that no later path uses", self._place(path))
        return " and ".join(f"artifact.{field_name(key)}" for key in keys)

    def _key_expression(self, path: ContentPath, placeholder: str) -> str:
        """Return the call that reads a key from the entity, property by property."""
        scope, place = self._lowering.scope, self._place(path)
        owner = path.type
        fields: list[str] = []
        for name in placeholder.split("/"):
            if owner not in scope.models:
                raise CodegenError(f"{placeholder}: {owner} has no properties", place)
            found = scope.schema.property_of(owner, name)
            if found is None or found.type.is_collection:
                known = [p.name for type_ in scope.schema.lineage(owner) for p in type_.properties]
                raise CodegenError(f"{owner} has no single-valued property {name!r}{did_you_mean(name, known)}", place)
            fields.append(f"{self._lowering.model_class(owner, self.imports)}.{field_name(name)}")
            owner = found.type.name
        if owner != STRING:
            raise CodegenError(f"{placeholder} is {owner}, not a string", place)
        return f"required(artifact, {', '.join(fields)})"

    def _place(self, path: ContentPath) -> str:
        return f"{self._lowering.scope.rules.file}: content_of.{path.type}"


def _overloads(cases: tuple[plan.ContentCase, ...]) -> tuple[plan.ContentOverload, ...]:
    """Return an overload for each class of entity; none if all their contents have the same class."""
    found: dict[ClassName, list[ClassName]] = {}
    for case in cases:
        found.setdefault(case.model, []).append(case.returns)
    overloads = tuple(plan.ContentOverload(artifact, common_class(returns)) for artifact, returns in found.items())
    return overloads if len({overload.returns for overload in overloads}) > 1 else ()


def _placeholders(request: Request) -> list[str]:
    return [step.via.placeholder for step in request.steps if isinstance(step.via, csdl.Key)]
