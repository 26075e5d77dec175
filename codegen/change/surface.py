"""What users of a client can name, flat: each name with the facts that code can depend on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from codegen import plan
from codegen.former_names import MemberAlias


class Kind(StrEnum):
    """What a name stands for, in the word for people."""

    PACKAGE = "package"
    CLASS = "class"
    FIELD = "field"
    ENUM = "enumeration"
    MEMBER = "enumeration member"
    CLIENT_MEMBER = "client member"
    BUILDER = "builder"
    LINK = "builder property"
    METHOD = "builder method"
    PARAMETER = "parameter"
    REQUEST = "request"


class Aspect(StrEnum):
    """What can change about a name, in the word for people."""

    TYPE = "type"
    RETURNS = "result"
    BASE = "base class"
    NEEDED = "need"
    DEFAULT = "default"
    VALUE = "value"
    MEDIA_TYPE = "media type"
    DEPRECATED = "deprecation"
    MISSING = "clouds without it"
    DOUBTFUL = "clouds in doubt"
    PERMISSIONS = "permissions"
    WIRE = "name or type on the wire"
    PRESENT = "present name"


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that users can type.

    Args:
        name: dotted, as in names.txt; a request by its path.
        kind: what it stands for.
        owner: the name that it is a part of.
        facts: about it; what is not known or not so is not there.
    """

    name: str
    kind: Kind
    owner: str
    facts: Mapping[Aspect, str]

    @property
    def own_name(self) -> str:
        """What distinguishes it from others of its owner."""
        return self.name.removeprefix(self.owner).strip(".()")


@dataclass(frozen=True, slots=True)
class Surface:
    """Every name of some packages."""

    entries: Mapping[str, Entry]

    def lineage(self, name: str) -> tuple[str, ...]:
        """Give a class and its bases, the class itself first; nothing where there is no such class."""
        found: list[str] = []
        while name in self.entries and name not in found:
            found.append(name)
            name = f"{self.entries[name].owner}.{self.entries[name].facts.get(Aspect.BASE, '')}"
        return tuple(found)

    def field(self, owner: str, name: str) -> Entry | None:
        """Find a field of a class, inherited or its own."""
        candidates = (self.entries.get(f"{cls}.{name}") for cls in self.lineage(owner))
        return next(filter(None, candidates), None)

    def fields(self, owner: str) -> frozenset[str]:
        """Give the names of a class's fields, inherited ones included."""
        classes = set(self.lineage(owner))
        return frozenset(e.own_name for e in self.entries.values() if e.kind is Kind.FIELD and e.owner in classes)


def surface_of(packages: tuple[plan.Package, ...]) -> Surface:
    """List the names of lowered packages; a former name has the facts of the present one, and says which it is."""
    entries = {entry.name: entry for package in packages for entry in _package(package)}
    present = Surface(MappingProxyType(entries))
    former = (entry for package in packages for entry in _former(package, present))
    return Surface(MappingProxyType({**entries, **{entry.name: entry for entry in former}}))


def _entry(name: str, kind: Kind, owner: str, **facts: str) -> Entry:
    known = {Aspect[aspect.upper()]: text for aspect, text in facts.items() if text}
    return Entry(name, kind, owner, MappingProxyType(known))


def _package(package: plan.Package) -> Iterator[Entry]:
    yield _entry(package.name, Kind.PACKAGE, "")
    for enum in package.enums:
        name = f"{package.name}.{enum.name}"
        yield _entry(name, Kind.ENUM, package.name)
        for member in enum.members:
            yield _entry(f"{name}.{member.name}", Kind.MEMBER, name, value=member.value)
    for model in package.models:
        yield from _model(package, model)
    client = f"{package.name}.GraphMeetingsClient"
    for root in package.client.roots:
        yield _entry(f"{client}.{root.name}", Kind.CLIENT_MEMBER, package.name, returns=root.returns)
    if package.client.has_content:
        name = f"{client}.content_of"
        yield _entry(name, Kind.CLIENT_MEMBER, package.name)
        yield _entry(f"{name}(artifact)", Kind.PARAMETER, name, type=package.client.artifact)
    for builder in package.builders:
        yield from _builder(package, builder)
    yield from _requests(package)


def _model(package: plan.Package, model: plan.Model) -> Iterator[Entry]:
    name = f"{package.name}.{model.name}"
    facts = {"base": model.base, "wire": model.odata_type, "deprecated": model.deprecated}
    yield _entry(name, Kind.CLASS, package.name, **facts)
    for field in model.fields:
        yield _entry(
            f"{name}.{field.name}",
            Kind.FIELD,
            name,
            type=field.value_type,
            deprecated=field.deprecated,
            wire=f"{field.wire_name}: {field.type_expression}",
        )


def _builder(package: plan.Package, builder: plan.Builder) -> Iterator[Entry]:
    name = f"{package.name}.request_builders.{builder.name}"
    yield _entry(name, Kind.BUILDER, package.name, base=builder.base)
    for key in builder.keys:
        method = f"{name}.{key.name}"
        yield _entry(method, Kind.METHOD, name, returns=key.returns)
        yield _entry(f"{method}({key.parameter})", Kind.PARAMETER, method, type="str", needed="required")
    for link in builder.links:
        facts = {"returns": link.returns, "media_type": link.accept, "deprecated": link.deprecated}
        yield _entry(f"{name}.{link.name}", Kind.LINK, name, **facts, wire=link.segment)
    for call in builder.calls:
        method = f"{name}.{call.name}"
        facts = {"returns": call.returns, "deprecated": call.deprecated, "wire": call.wire_name}
        yield _entry(method, Kind.METHOD, name, **facts)
        for argument in call.arguments:
            yield _entry(
                f"{method}({argument.name})",
                Kind.PARAMETER,
                method,
                type=argument.annotation.removesuffix(" | None"),
                needed="optional" if argument.default else "required",
                default=argument.default,
                wire=f"{argument.wire_name}: {argument.edm}",
            )


def _requests(package: plan.Package) -> Iterator[Entry]:
    permissions = {fact.constant: fact.sentence for fact in package.permissions}
    for operation in package.operations:
        yield _entry(
            f"GET /{package.version}{''.join(operation.path_parts)}",
            Kind.REQUEST,
            package.name,
            permissions=permissions[operation.permissions],
            missing=_clouds(operation.missing_in),
            doubtful=_clouds(operation.doubtful_in),
        )


def _clouds(expression: str) -> str:
    return expression.strip("(),").replace("Cloud.", "")


def _former(package: plan.Package, present: Surface) -> Iterator[Entry]:
    for module in (package.init_module, package.builders_module):
        home = module.name.removesuffix(".__init__")
        for cls in module.aliases:
            yield _alias(present.entries[f"{home}.{cls.target}"], f"{home}.{cls.name}")
    for enum in package.enums:
        name = f"{package.name}.{enum.name}"
        for member in enum.aliases:
            yield _alias(present.entries[f"{name}.{member.target}"], f"{name}.{member.name}")
    for model in package.models:
        name = f"{package.name}.{model.name}"
        for field in model.aliases:
            target = present.field(name, field.target)
            if target is not None:
                yield replace(_alias(target, f"{name}.{field.name}"), owner=name)
    owners = [(f"{package.name}.GraphMeetingsClient", package.client.aliases)]
    owners += [(f"{package.builders_module.name}.{builder.name}", builder.aliases) for builder in package.builders]
    for name, aliases in owners:
        for former in aliases:
            yield from _member_alias(present, f"{name}.{former.target}", f"{name}.{former.name}", former)


def _member_alias(present: Surface, target: str, name: str, former: MemberAlias) -> Iterator[Entry]:
    yield _alias(present.entries[target], name)
    parameters = [entry for entry in present.entries.values() if entry.owner == target]
    for parameter, own_name in zip(parameters, former.parameter_names, strict=True):
        yield replace(parameter, name=f"{name}({own_name})", owner=name)


def _alias(target: Entry, name: str) -> Entry:
    return replace(target, name=name, facts=MappingProxyType({**target.facts, Aspect.PRESENT: target.name}))
