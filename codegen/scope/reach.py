"""The types, functions and roots that requests need."""

from collections import defaultdict
from collections.abc import Iterable
from types import MappingProxyType

from codegen import csdl
from codegen.csdl import QualifiedName, Request, Schema
from codegen.errors import CodegenError, did_you_mean
from codegen.read.csdl.parse import Members, Parser
from codegen.rules.scope import Derived, Rules

_PRIMITIVES = frozenset(
    {
        "Edm.Binary",
        "Edm.Boolean",
        "Edm.Byte",
        "Edm.Date",
        "Edm.DateTimeOffset",
        "Edm.Decimal",
        "Edm.Double",
        "Edm.Duration",
        "Edm.Guid",
        "Edm.Int16",
        "Edm.Int32",
        "Edm.Int64",
        "Edm.SByte",
        "Edm.Single",
        "Edm.Stream",
        "Edm.String",
        "Edm.TimeOfDay",
        "Edm.Untyped",
        *csdl.GEO_TYPES,
    }
)


class Reach:
    """Collects the types and functions that requests need."""

    def __init__(self, parser: Parser, rules: Rules, requests: tuple[Request, ...]) -> None:
        self.parser = parser
        self.rules = rules
        self.requests = requests
        self.models: dict[QualifiedName, csdl.StructuredType] = {}
        self.passed: dict[QualifiedName, csdl.StructuredType] = {}
        self.enums: dict[QualifiedName, csdl.EnumType] = {}
        self.definitions: dict[QualifiedName, csdl.TypeDefinition] = {}
        self.used: set[QualifiedName] = set()
        self._targets = frozenset(request.response.name for request in requests)
        self._derived: dict[QualifiedName, Derived] = {rule.base: rule for rule in rules.derived}
        self._properties = {rule.type: frozenset(rule.names) for rule in rules.properties}
        # The navigation properties and streams that requests follow from a type, whichever of its bases declares them.
        self._followed: defaultdict[QualifiedName, set[str]] = defaultdict(set)
        for request in requests:
            for step in request.steps:
                if step.source is not None and isinstance(step.via, csdl.NavigationProperty | csdl.Property):
                    for name in parser.lineage(step.source.name):
                        self._followed[name].add(step.via.name)

    def add_responses(self) -> None:
        """Add the types of responses, and every type that these need."""
        pending: list[tuple[QualifiedName, object]] = [
            (request.response.name, request.path) for request in self.requests
        ]
        while pending:
            name, place = pending.pop()
            if name in self.used:
                continue
            self.used.add(name)
            pending.extend(self._use(name, place))

    def _use(self, name: QualifiedName, place: object) -> Iterable[tuple[QualifiedName, object]]:
        """Add the type of a property or a response, and return the types that it needs."""
        if name.is_primitive:
            if name not in _PRIMITIVES:
                raise CodegenError(f"{name} is not supported", place)
            return []
        kind = self.parser.kind(name, place)
        if kind == "EnumType":
            self.enums[name] = self.parser.enum(name)
            return []
        if kind == "TypeDefinition":
            self.definitions[name] = self.parser.definition(name)
            return [(self.definitions[name].underlying, self.definitions[name].place)]
        offered = self._offered(name)
        added = [self._add_model(t) for t in (*self.parser.lineage(name), *offered)]
        for type_ in added:
            if type_.name in offered:
                self._check_derived(name, type_)
        needed = [(property_.type.name, property_.place) for type_ in added for property_ in type_.properties]
        return [*needed, *((derived, place) for derived in offered if name not in self._derived)]

    def _check_derived(self, base: QualifiedName, type_: csdl.StructuredType) -> None:
        """Raise an error that tells how to leave out a derived type that has an unsupported property."""
        for property_ in type_.properties:
            if property_.type.name.is_primitive and property_.type.name not in _PRIMITIVES:
                message = f"{property_.type.name} is not supported, and {type_.name} has it as {property_.name}"
                way_out = f"to leave that type out, list those to offer for {base} in [common.derived]"
                raise CodegenError(f"{message}; {way_out} of {self.rules.file}", property_.place)

    def _offered(self, name: QualifiedName) -> tuple[QualifiedName, ...]:
        descendants = self.parser.descendants(name)
        rule = self._derived.get(name)
        if rule is None:
            return descendants
        for offered in rule.offered:
            if offered not in descendants:
                place = f"{self.rules.file}: derived.{name}"
                raise CodegenError(f"{offered} does not derive from it{did_you_mean(offered, descendants)}", place)
        bases = {base for offered in rule.offered for base in self.parser.lineage(offered)}
        return tuple(derived for derived in descendants if derived in bases)

    def _add_model(self, name: QualifiedName) -> csdl.StructuredType:
        if name not in self.models:
            offered = self._properties.get(name)
            wanted = Members(
                properties=True,
                offered=None if offered is None else offered | self._followed[name],
                navigations=frozenset(self._followed[name]),
                targets=self._targets,
            )
            self.models[name] = self.parser.structured(name, wanted)
        return self.models[name]

    def add_parameters(self) -> None:
        """Add the enumerations that parameters of functions have.

        Raises:
            CodegenError: a parameter has a structured type.
        """
        for function in functions_of(self.requests):
            for parameter in function.parameters:
                name = parameter.type.name
                if not name.is_primitive and self.parser.kind(name, function.place) != "EnumType":
                    raise CodegenError(f"{parameter.name}: parameters of type {name} are not supported", function.place)
                self._use(name, function.place)

    def add_keys(self) -> None:
        """Add the enumerations and type definitions that keys have."""
        for request in self.requests:
            for step in request.steps:
                if isinstance(step.via, csdl.Key):
                    self._use(step.via.type, step.via.place)

    def add_passed_through(self) -> None:
        """Add the types that paths pass through, without their properties except for keys that are not strings."""
        steps = [step for request in self.requests for step in request.steps]
        typed = [step for step in steps if isinstance(step.via, csdl.Key) and step.via.type != csdl.STRING]
        keys = frozenset(name for step in typed for name in self.parser.key(step.target.name))
        for name in {step.target.name for step in steps if not step.target.name.is_primitive}:
            for type_ in self.parser.lineage(name):
                if type_ not in self.models:
                    wanted = Members(properties=False, navigations=frozenset(self._followed[type_]), named=keys)
                    self.passed[type_] = self.parser.structured(type_, wanted)

    def schema(self) -> Schema:
        """Return everything that was added, sorted."""
        roots = {step.via.name: step.via for r in self.requests for step in r.steps if isinstance(step.via, csdl.Root)}
        types = {**self.models, **self.passed}
        return Schema(
            container=self.parser.container.name,
            roots=tuple(roots[name] for name in sorted(roots)),
            types=MappingProxyType({name: types[name] for name in sorted(types)}),
            enums=MappingProxyType({name: self.enums[name] for name in sorted(self.enums)}),
            definitions=MappingProxyType({name: self.definitions[name] for name in sorted(self.definitions)}),
            functions=functions_of(self.requests),
            actions=_actions_of(self.requests),
        )


def functions_of(requests: Iterable[Request]) -> tuple[csdl.Function, ...]:
    """Return the functions that requests call, each once, sorted."""
    found = {function.signature: function for request in requests for function in request.functions}
    return tuple(found[signature] for signature in sorted(found))


def _actions_of(requests: Iterable[Request]) -> tuple[csdl.Action, ...]:
    """Return the actions that requests call, each once, sorted."""
    steps = [step for request in requests for step in request.steps]
    found = {step.via.signature: step.via for step in steps if isinstance(step.via, csdl.Action)}
    return tuple(found[signature] for signature in sorted(found))
