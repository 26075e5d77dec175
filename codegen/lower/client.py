"""The client class, and the way from an entity to its stream."""

from codegen import csdl, plan
from codegen.csdl import QualifiedName, Request
from codegen.errors import CodegenError, near
from codegen.lower.builders import builder_name, chain
from codegen.lower.imports import RUNTIME, ImportCollector
from codegen.lower.models import Lowering
from codegen.naming import ClassName, check_distinct, client_member_name, field_name
from codegen.scope.scope import ContentPath

_STRING = "Edm.String"


def lower_client(lowering: Lowering) -> tuple[plan.Client, ImportCollector]:
    """Make the client."""
    imports = ImportCollector()
    imports.use(RUNTIME, "GraphClient")
    imports.use(f"{lowering.package}.operations", "OPERATIONS")
    roots: list[plan.Link] = []
    for root in lowering.scope.schema.roots:
        returns = imports.use(f"{lowering.package}.request_builders", builder_name(lowering, root.type))
        doc = lowering.docs.root(root.name)
        roots.append(plan.Link(client_member_name(root.name), ClassName(returns), root.name, doc))
    check_distinct(((root.name, root.segment) for root in roots), "the entity container")
    content = tuple(case for path in lowering.scope.content_of for case in _content_cases(lowering, path, imports))
    if content:
        imports.use(RUNTIME, "ContentRequestBuilder")
        imports.use(RUNTIME, "required")
    client = plan.Client(
        doc=lowering.docs.client,
        version=lowering.scope.rules.version,
        roots=tuple(sorted(roots, key=lambda root: root.name)),
        content=content,
        artifacts=tuple(dict.fromkeys(case.model for case in content)),
    )
    if client.has_cases:
        imports.use(RUNTIME, "no_content")
    return client, imports


def _content_cases(lowering: Lowering, path: ContentPath, imports: ImportCollector) -> list[plan.ContentCase]:
    model = ClassName(imports.use(f"{lowering.package}.models", lowering.classes[path.type]))
    cases: list[plan.ContentCase] = []
    for number, request in enumerate(path.requests, start=1):
        keys = _placeholders(request)
        expressions = [_key_expression(lowering, path, key, imports) for key in keys]
        later = {key for other in path.requests[number:] for key in _placeholders(other)}
        own = [key for key in keys if key not in later]
        is_last = number == len(path.requests)
        guard = "" if is_last else _guard(lowering, path, own)
        cases.append(plan.ContentCase(model, guard, f"self.{chain(lowering, request.steps, expressions)}"))
    return cases


def _placeholders(request: Request) -> list[str]:
    return [step.via.placeholder for step in request.steps if isinstance(step.via, csdl.Key)]


def _guard(lowering: Lowering, path: ContentPath, keys: list[str]) -> str:
    """Give the condition that an entity has the keys that only this path needs."""
    if not keys or any("/" in key for key in keys):
        place = f"{lowering.scope.rules.file}: content_of.{path.type}"
        raise CodegenError("needs a property of its own that a later path does without", place)
    return " and ".join(f"artifact.{field_name(key)}" for key in keys)


def _key_expression(lowering: Lowering, path: ContentPath, placeholder: str, imports: ImportCollector) -> str:
    """Give the call that reads a key from the entity, property by property."""
    place = f"{lowering.scope.rules.file}: content_of.{path.type}"
    owner: QualifiedName = path.type
    fields: list[str] = []
    for name in placeholder.split("/"):
        if owner not in lowering.scope.models:
            raise CodegenError(f"{placeholder}: {owner} has no properties", place)
        found = lowering.scope.schema.property_of(owner, name)
        if found is None or found.type.is_collection:
            known = [p.name for type_ in lowering.scope.schema.lineage(owner) for p in type_.properties]
            raise CodegenError(f"{owner} has no single property {name!r}{near(name, known)}", place)
        model = imports.use(f"{lowering.package}.models", lowering.classes[owner])
        fields.append(f"{model}.{field_name(name)}")
        owner = found.type.name
    if owner != _STRING:
        raise CodegenError(f"{placeholder} is a {owner}, not a string", place)
    return f"required(artifact, {', '.join(fields)})"
