"""The table of operations: every documented request as data."""

import re
from collections.abc import Iterator, Mapping

from msgspec import structs

from codegen import csdl
from codegen.csdl import Request
from codegen.lower.lowering import Lowering
from codegen.lower.permission_notes import permission_sentence
from codegen.lower.runtime.imports import OPERATIONS_MODULE, QUERY_OPTIONS_MODULE, RUNTIME, ImportCollector
from codegen.naming import ConstantName, check_distinct, constant_name, overload_name, plural
from codegen.outside import OutsideScope
from codegen.plan.operations import (
    FunctionFact,
    OperationFact,
    OperationTable,
    OptionsFact,
    ParameterFact,
    PermissionsFact,
)
from codegen.rules.path_rules import PathRule, is_wildcard
from codegen.rules.permissions import Permissions, permissions_of
from codegen.rules.query_options import QueryOptions, Refusal

_LONGEST_PART = 100


class OperationLowering:
    """Makes the table of operations, and the functions, permissions and query options that it names."""

    def __init__(self, lowering: Lowering) -> None:
        self.imports = ImportCollector()
        self._lowering = lowering

    def operations(self) -> OperationTable:
        """Return the table."""
        requests = sorted(self._lowering.scope.requests, key=lambda request: request.path)
        functions = tuple(map(self._function, self._lowering.scope.schema.functions))
        rules = {rule.name: rule for rule in map(self._permissions, requests)}
        permissions = tuple(_permissions_fact(rules[name]) for name in sorted(rules))
        documented = {rule.name: rule for rule in filter(None, map(self._options, requests))}
        options = tuple(self._options_fact(documented[name]) for name in sorted(documented))
        constants = [(function.constant, function.wire_name) for function in functions]
        constants += [(fact.constant, "permissions") for fact in permissions]
        constants += [(fact.constant, "query options") for fact in options]
        check_distinct(constants, "the table of operations")
        for name in ("Operation", "Permissions", "Returns"):
            self.imports.use(OPERATIONS_MODULE, name)
        return OperationTable(functions, permissions, options, tuple(map(self._operation, requests)))

    def covered(self) -> Iterator[OutsideScope]:
        """Yield the requests whose permissions a wildcard decides, as no pattern names them."""
        for request in self._lowering.scope.requests:
            rule = self._permissions(request)
            pattern = rule.pattern_for(self._lowering.scope.rules.version, request.path)
            if pattern is not None and is_wildcard(pattern):
                place = f"{self._lowering.permissions.file}: {rule.name}"
                yield OutsideScope(f"{place}: the wildcard {pattern!r} decides the permissions of", request.path)

    def _permissions(self, request: Request) -> PathRule[Permissions]:
        return permissions_of(self._lowering.permissions, self._lowering.scope.rules.version, request.path)

    def _options(self, request: Request) -> PathRule[QueryOptions] | None:
        return self._lowering.options.find(self._lowering.scope.rules.version, request.path)

    def _options_fact(self, rule: PathRule[QueryOptions]) -> OptionsFact:
        self.imports.use(QUERY_OPTIONS_MODULE, "QueryOptions")
        if rule.value.refused:
            self.imports.use(QUERY_OPTIONS_MODULE, "Refusal")
        return OptionsFact(_options_constant(rule), _options_arguments(rule.value))

    def _function_constant(self, function: csdl.Function) -> ConstantName:
        model = self._lowering.classes[function.binding.type.name]
        owner = plural(model) if function.binding.type.is_collection else model
        parameters = self._lowering.distinguishing_parameters(function)
        return constant_name(owner, overload_name(function.name.simple, parameters))

    def _function(self, function: csdl.Function) -> FunctionFact:
        self.imports.use(OPERATIONS_MODULE, "Function")
        if function.parameters:
            self.imports.use(OPERATIONS_MODULE, "Parameter")
        return FunctionFact(
            constant=self._function_constant(function),
            wire_name=function.name.simple,
            parameters=tuple(ParameterFact(p.name, str(p.type), p.is_optional) for p in function.parameters),
            entity_set_path=function.entity_set_path,
            is_change_tracked=function.is_change_tracked,
        )

    def _operation(self, request: Request) -> OperationFact:
        returns = _returns(request)
        available = self._lowering.availability[request.path]
        if available.missing_in or available.doubtful_in:
            self.imports.use(RUNTIME, "Cloud")
        options = self._options(request)
        return OperationFact(
            path_parts=_lines(request.path),
            returns=ConstantName(returns),
            model=self._lowering.model_class(request.response.name, self.imports),
            functions=tuple(map(self._function_constant, request.functions)),
            permissions=_permissions_constant(self._permissions(request)),
            options=None if options is None else _options_constant(options),
            missing_in=available.missing_in,
            doubtful_in=available.doubtful_in,
            methods=() if request.methods == ("GET",) else request.methods,
        )


def _returns(request: Request) -> str:
    match request.last.via:
        case csdl.Action():
            return "NOTHING"
        case csdl.Property():
            return "STREAM"
        case _:
            return "MANY" if request.response.is_collection else "ONE"


def _permissions_fact(rule: PathRule[Permissions]) -> PermissionsFact:
    return PermissionsFact(
        constant=_permissions_constant(rule),
        arguments=_keywords(structs.asdict(rule.value)),
        sentence=permission_sentence(rule.value),
    )


def _permissions_constant(rule: PathRule[Permissions]) -> ConstantName:
    return constant_name(rule.name, "permissions")


def _options_constant(rule: PathRule[QueryOptions]) -> ConstantName:
    return constant_name(rule.name, "options")


def _options_arguments(options: QueryOptions) -> str:
    keywords = _keywords(structs.asdict(structs.replace(options, refused={})))
    refusals = "".join(f"{_refusal(name, refusal)}, " for name, refusal in sorted(options.refused.items()))
    return ", ".join(filter(None, (keywords, f"refused=({refusals})" if refusals else "")))


def _refusal(name: str, refusal: Refusal) -> str:
    default = structs.asdict(Refusal())
    changed = {key: value for key, value in structs.asdict(refusal).items() if value != default[key]}
    return f"Refusal({', '.join(filter(None, (repr(name), _keywords(changed))))})"


def _keywords(values: Mapping[str, object]) -> str:
    """Return the arguments that are not empty."""
    return ", ".join(f"{name}={value!r}" for name, value in values.items() if value)


def _lines(path: str) -> tuple[str, ...]:
    """Split a path after slashes and commas into parts that fit on a line."""
    parts = [""]
    for piece in re.findall(r"[^/,]*[/,]?", path):
        if len(parts[-1]) + len(piece) > _LONGEST_PART:
            parts.append("")
        parts[-1] += piece
    return tuple(parts)
