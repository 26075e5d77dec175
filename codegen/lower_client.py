"""The client class, the way from an entity to its stream, and the table of operations."""

import re

from codegen import csdl, plan
from codegen.csdl import QualifiedName, Request
from codegen.docs import function_key
from codegen.errors import CodegenError, near
from codegen.imports import OPERATIONS_MODULE, RUNTIME, ImportCollector
from codegen.lower_builders import builder_name, chain
from codegen.lower_types import Lowering
from codegen.naming import (
    ClassName,
    ConstantName,
    check_distinct,
    client_member_name,
    constant_name,
    field_name,
    overload_name,
    plural,
)
from codegen.scope import ContentPath

_STRING = "Edm.String"
_LONGEST_PART = 100


def lower_client(lowering: Lowering) -> tuple[plan.Client, ImportCollector]:
    """Make the client."""
    imports = ImportCollector()
    imports.use(RUNTIME, "GraphClient")
    roots: list[plan.Link] = []
    for root in lowering.scope.schema.roots:
        returns = imports.use(f"{lowering.package}.request_builders", builder_name(lowering, root.type))
        doc = lowering.docs.root(root.name)
        roots.append(plan.Link(client_member_name(root.name), ClassName(returns), root.name, doc))
    check_distinct(((root.name, root.segment) for root in roots), "the entity container")
    content = tuple(_content_case(lowering, path, imports) for path in lowering.scope.content_of)
    if content:
        imports.use(RUNTIME, "ContentRequestBuilder")
        imports.use(RUNTIME, "required")
    return plan.Client(
        doc=lowering.docs.client,
        version=lowering.scope.rules.version,
        roots=tuple(sorted(roots, key=lambda root: root.name)),
        content=content,
        artifact=" | ".join(case.model for case in content),
    ), imports


def _content_case(lowering: Lowering, path: ContentPath, imports: ImportCollector) -> plan.ContentCase:
    keys = [
        _key_expression(lowering, path, step.via.placeholder, imports)
        for step in path.request.steps
        if isinstance(step.via, csdl.Key)
    ]
    model = imports.use(f"{lowering.package}.models", lowering.classes[path.type])
    return plan.ContentCase(ClassName(model), f"self.{chain(lowering, path.request.steps, keys)}")


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


def lower_operations(
    lowering: Lowering,
) -> tuple[tuple[plan.FunctionFact, ...], tuple[plan.OperationFact, ...], ImportCollector]:
    """Make the table of operations and the functions that it names."""
    imports = ImportCollector()
    functions = tuple(_function_fact(lowering, f, imports) for f in lowering.scope.schema.functions)
    check_distinct(((f.constant, f.wire_name) for f in functions), "functions")
    imports.use(OPERATIONS_MODULE, "Operation")
    imports.use(OPERATIONS_MODULE, "Returns")
    requests = sorted(lowering.scope.requests, key=lambda request: request.path)
    return functions, tuple(_operation(lowering, r, imports) for r in requests), imports


def _function_constant(lowering: Lowering, function: csdl.Function) -> ConstantName:
    model = lowering.classes[function.binding.type.name]
    owner = plural(model) if function.binding.type.is_collection else model
    alike = [f for f in lowering.scope.schema.functions if function_key(f) == function_key(function)]
    told_apart = [parameter.name for parameter in function.parameters] if len(alike) > 1 else []
    return constant_name(owner, overload_name(function.name.simple, told_apart))


def _function_fact(lowering: Lowering, function: csdl.Function, imports: ImportCollector) -> plan.FunctionFact:
    imports.use(OPERATIONS_MODULE, "Function")
    if function.parameters:
        imports.use(OPERATIONS_MODULE, "Parameter")
    return plan.FunctionFact(
        constant=_function_constant(lowering, function),
        wire_name=function.name.simple,
        parameters=tuple((p.name, str(p.type), p.is_optional) for p in function.parameters),
        entity_set_path=function.entity_set_path,
        is_change_tracked=function.is_change_tracked,
    )


def _operation(lowering: Lowering, request: Request, imports: ImportCollector) -> plan.OperationFact:
    is_stream = isinstance(request.last.via, csdl.Property)
    returns = "STREAM" if is_stream else "MANY" if request.answer.is_collection else "ONE"
    model = imports.use(f"{lowering.package}.models", lowering.classes[request.answer.name])
    return plan.OperationFact(
        path_parts=_lines(request.path),
        returns=ConstantName(returns),
        model=ClassName(model),
        functions=tuple(_function_constant(lowering, function) for function in request.functions),
    )


def _lines(path: str) -> tuple[str, ...]:
    """Cut a path behind slashes and commas into parts that fit a line."""
    parts = [""]
    for piece in re.findall(r"[^/,]*[/,]?", path):
        if len(parts[-1]) + len(piece) > _LONGEST_PART:
            parts.append("")
        parts[-1] += piece
    return tuple(parts)
