"""What the rules reach in the metadata: the requests, and the types, functions and roots that they need."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from codegen import csdl
from codegen.csdl import QualifiedName, Request, Schema
from codegen.errors import CodegenError, near
from codegen.read.csdl.parse import Members, Parser
from codegen.rules.scope import ContentOf, Derived, Rules
from codegen.scope.partial import present
from codegen.scope.resolve import resolve

T = TypeVar("T")

_PRIMITIVES = frozenset(
    {
        "Edm.Binary",
        "Edm.Boolean",
        "Edm.Date",
        "Edm.DateTimeOffset",
        "Edm.Decimal",
        "Edm.Double",
        "Edm.Duration",
        "Edm.Guid",
        "Edm.Int16",
        "Edm.Int32",
        "Edm.Int64",
        "Edm.Single",
        "Edm.Stream",
        "Edm.String",
        "Edm.TimeOfDay",
    }
)


@dataclass(frozen=True, slots=True)
class ContentPath:
    """Where the stream of an entity is: the first path whose keys, properties of the entity, it has."""

    type: QualifiedName
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """One version of the API as far as it is offered.

    Args:
        rules: what was asked for.
        requests: in the order of the rules.
        models: the types that answers consist of; the others of the schema are only passed through.
        schema: what was reached, and nothing else.
        content_of: where streams of entities found elsewhere are.
        absent: what of the rules the document lacks, a sentence each; only where that is allowed.
    """

    rules: Rules
    requests: tuple[Request, ...]
    models: frozenset[QualifiedName]
    schema: Schema
    content_of: tuple[ContentPath, ...]
    absent: tuple[str, ...] = ()


def reach(parser: Parser, rules: Rules, *, is_partial: bool = False) -> Scope:
    """Find everything that the rules need.

    Args:
        parser: of the document.
        rules: of the version.
        is_partial: whether the document may lack some of it, being that of another cloud or of an earlier day.

    Raises:
        CodegenError: a rule matches nothing, or something in scope is not understood.
    """
    place = f"{rules.file}: versions.{rules.version}"
    rules, absent = present(parser, rules) if is_partial else (rules, ())
    requests = tuple(resolve(parser, path, place) for path in rules.requests)
    for path in {request.path for request in requests}:
        if rules.requests.count(path) > 1:
            raise CodegenError("is listed twice", f"{place}: {path}")
    content = tuple(_content_paths(parser, rule, requests, place) for rule in rules.content_of)
    reached = _Reach(parser, rules, requests)
    reached.add_answers()
    reached.add_parameters()
    reached.add_passed_through()
    matching = _Matching(place, is_partial=is_partial)
    rules = matching.rules(rules, reached, requests)
    content = tuple(path for path in content if path.type in reached.models)
    models = frozenset(reached.models)
    return Scope(rules, requests, models, reached.schema(), content, (*absent, *matching.absent, *_cut(parser)))


def _cut(parser: Parser) -> Iterator[str]:
    for name, base in sorted(parser.missing_bases.items()):
        yield f"bases: {name} has nothing of {base}, its base"


def _content_paths(parser: Parser, rule: ContentOf, requests: tuple[Request, ...], place: str) -> ContentPath:
    found = tuple(resolve(parser, path, f"{place}.content_of") for path in rule.paths)
    offered = {tuple(step.target for step in known.steps) for known in requests}
    for request in found:
        if tuple(step.target for step in request.steps) not in offered:
            raise CodegenError(f"{request.path} is not among the requests", f"{place}.content_of")
        if not isinstance(request.last.via, csdl.Property):
            raise CodegenError(f"{request.path} does not end in a stream", f"{place}.content_of")
    return ContentPath(rule.type, found)


class _Reach:
    """Collects what the requests need, each thing once."""

    def __init__(self, parser: Parser, rules: Rules, requests: tuple[Request, ...]) -> None:
        self.parser = parser
        self.rules = rules
        self.requests = requests
        self.models: dict[QualifiedName, csdl.StructuredType] = {}
        self.passed: dict[QualifiedName, csdl.StructuredType] = {}
        self.enums: dict[QualifiedName, csdl.EnumType] = {}
        self.definitions: dict[QualifiedName, csdl.TypeDefinition] = {}
        self.used: set[QualifiedName] = set()
        self._targets = frozenset(request.answer.name for request in requests)
        self._derived: dict[QualifiedName, Derived] = {rule.base: rule for rule in rules.derived}
        # The navigation properties that requests follow from a type, whichever base declares them.
        self._followed: defaultdict[QualifiedName, set[str]] = defaultdict(set)
        for request in requests:
            for step in request.steps:
                if step.source is not None and isinstance(step.via, csdl.NavigationProperty):
                    for name in parser.lineage(step.source.name):
                        self._followed[name].add(step.via.name)

    def add_answers(self) -> None:
        pending: list[tuple[QualifiedName, object]] = [(request.answer.name, request.path) for request in self.requests]
        while pending:
            name, place = pending.pop()
            if name in self.used:
                continue
            self.used.add(name)
            pending.extend(self._use(name, place))

    def _use(self, name: QualifiedName, place: object) -> Iterable[tuple[QualifiedName, object]]:
        """Add a type that a property or an answer has; give the types that this one needs."""
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
        needed = [(property_.type.name, property_.place) for type_ in added for property_ in type_.properties]
        return [*needed, *((derived, place) for derived in offered if name not in self._derived)]

    def _offered(self, name: QualifiedName) -> tuple[QualifiedName, ...]:
        descendants = self.parser.descendants(name)
        rule = self._derived.get(name)
        if rule is None:
            return descendants
        for offered in rule.offered:
            if offered not in descendants:
                place = f"{self.rules.file}: derived.{name}"
                raise CodegenError(f"{offered} does not derive from it{near(offered, descendants)}", place)
        bases = {base for offered in rule.offered for base in self.parser.lineage(offered)}
        return tuple(derived for derived in descendants if derived in bases)

    def _add_model(self, name: QualifiedName) -> csdl.StructuredType:
        if name not in self.models:
            wanted = Members(properties=True, navigations=frozenset(self._followed[name]), targets=self._targets)
            self.models[name] = self.parser.structured(name, wanted)
        return self.models[name]

    def add_parameters(self) -> None:
        for function in _functions(self.requests):
            for parameter in function.parameters:
                name = parameter.type.name
                if not name.is_primitive and self.parser.kind(name, function.place) != "EnumType":
                    raise CodegenError(f"{parameter.name}: a parameter cannot be a {name}", function.place)
                self._use(name, function.place)

    def add_passed_through(self) -> None:
        steps = [step for request in self.requests for step in request.steps]
        for name in {step.target.name for step in steps if not step.target.name.is_primitive}:
            for type_ in self.parser.lineage(name):
                if type_ not in self.models:
                    wanted = Members(properties=False, navigations=frozenset(self._followed[type_]))
                    self.passed[type_] = self.parser.structured(type_, wanted)

    def schema(self) -> Schema:
        roots = {step.via.name: step.via for r in self.requests for step in r.steps if isinstance(step.via, csdl.Root)}
        types = {**self.models, **self.passed}
        return Schema(
            container=self.parser.container()[0],
            roots=tuple(roots[name] for name in sorted(roots)),
            types=MappingProxyType({name: types[name] for name in sorted(types)}),
            enums=MappingProxyType({name: self.enums[name] for name in sorted(self.enums)}),
            definitions=MappingProxyType({name: self.definitions[name] for name in sorted(self.definitions)}),
            functions=_functions(self.requests),
        )


def _functions(requests: tuple[Request, ...]) -> tuple[csdl.Function, ...]:
    found = {function.signature: function for request in requests for function in request.functions}
    return tuple(found[signature] for signature in sorted(found))


class _Matching:
    """Finds rules that match nothing in scope: an error, or what a document may lack."""

    def __init__(self, place: str, *, is_partial: bool) -> None:
        self.place = place
        self.is_partial = is_partial
        self.absent: list[str] = []

    def rules(self, rules: Rules, reached: _Reach, requests: tuple[Request, ...]) -> Rules:
        names = {**reached.models, **reached.passed, **reached.enums}
        streams = [f"{r.answer.name}/{r.last.via.name}" for r in requests if isinstance(r.last.via, csdl.Property)]
        parameters = [
            f"{function.name.simple} on {function.binding.type} with {parameter.name}"
            for function in _functions(requests)
            for parameter in function.parameters
        ]
        return replace(
            rules,
            derived=self._kept("derived", rules.derived, lambda rule: rule.base, reached.used),
            rename=self._kept("rename", rules.rename, lambda rule: rule.type, names),
            content_of=self._kept("content_of", rules.content_of, lambda rule: rule.type, reached.models),
            media_types=self._kept(
                "media_types", rules.media_types, lambda rule: f"{rule.type}/{rule.property}", streams
            ),
            defaults=self._kept(
                "defaults",
                rules.defaults,
                lambda rule: f"{rule.function} on {rule.binding} with {rule.parameter}",
                parameters,
            ),
        )

    def _kept(
        self, table: str, rules: tuple[T, ...], name_of: Callable[[T], str], known: Iterable[str]
    ) -> tuple[T, ...]:
        names = set(known)
        lacking = [name for name in map(name_of, rules) if name not in names]
        if lacking and not self.is_partial:
            hint = near(lacking[0], names)
            raise CodegenError(f"{lacking[0]} is not in scope{hint}", f"{self.place}.{table}")
        self.absent += (f"{table}: {name} is not in scope" for name in lacking)
        return tuple(rule for rule in rules if name_of(rule) in names)
