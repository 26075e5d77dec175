"""The table of operations: every documented request as data."""

import re

from codegen import csdl, plan
from codegen.csdl import Request
from codegen.lower.imports import OPERATIONS_MODULE, RUNTIME, ImportCollector
from codegen.lower.models import Lowering
from codegen.lower.permission_notes import permission_sentence
from codegen.naming import ClassName, ConstantName, check_distinct, constant_name, overload_name, plural
from codegen.rules.docs import function_key
from codegen.rules.path_rules import PathRule
from codegen.rules.permissions import Permissions, permissions_of

_LONGEST_PART = 100


def lower_operations(
    lowering: Lowering,
) -> tuple[
    tuple[plan.FunctionFact, ...], tuple[plan.PermissionsFact, ...], tuple[plan.OperationFact, ...], ImportCollector
]:
    """Make the table of operations, and the functions and permissions that it names."""
    imports = ImportCollector()
    requests = sorted(lowering.scope.requests, key=lambda request: request.path)
    functions = tuple(_function_fact(lowering, f, imports) for f in lowering.scope.schema.functions)
    rules = {rule.name: rule for request in requests for rule in [_permissions(lowering, request)]}
    permissions = tuple(_permissions_fact(rules[name]) for name in sorted(rules))
    constants = [(f.constant, f.wire_name) for f in functions] + [(p.constant, "permissions") for p in permissions]
    check_distinct(constants, "the table of operations")
    imports.use(OPERATIONS_MODULE, "Operation")
    imports.use(OPERATIONS_MODULE, "Permissions")
    imports.use(OPERATIONS_MODULE, "Returns")
    return functions, permissions, tuple(_operation(lowering, r, imports) for r in requests), imports


def _permissions(lowering: Lowering, request: Request) -> PathRule[Permissions]:
    return permissions_of(lowering.permissions, lowering.scope.rules.version, request.path)


def _permissions_fact(rule: PathRule[Permissions]) -> plan.PermissionsFact:
    keywords: tuple[tuple[str, object], ...] = (
        ("delegated", rule.value.delegated),
        ("application", rule.value.application),
        ("needs_access_policy", rule.value.needs_access_policy),
    )
    return plan.PermissionsFact(
        constant=_permissions_constant(rule),
        arguments=", ".join(f"{name}={value!r}" for name, value in keywords if value),
        sentence=permission_sentence(rule.value),
    )


def _permissions_constant(rule: PathRule[Permissions]) -> ConstantName:
    return constant_name(rule.name, "permissions")


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
    available = lowering.availability[request.path]
    if available.missing_in or available.doubtful_in:
        imports.use(RUNTIME, "Cloud")
    return plan.OperationFact(
        path_parts=_lines(request.path),
        returns=ConstantName(returns),
        model=ClassName(model),
        functions=tuple(_function_constant(lowering, function) for function in request.functions),
        permissions=_permissions_constant(_permissions(lowering, request)),
        missing_in=available.missing_in,
        doubtful_in=available.doubtful_in,
    )


def _lines(path: str) -> tuple[str, ...]:
    """Cut a path behind slashes and commas into parts that fit a line."""
    parts = [""]
    for piece in re.findall(r"[^/,]*[/,]?", path):
        if len(parts[-1]) + len(piece) > _LONGEST_PART:
            parts.append("")
        parts[-1] += piece
    return tuple(parts)
