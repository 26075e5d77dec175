"""The public API as a flat list of names, each with the facts that code can depend on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from codegen import plan
from codegen.plan.former_names import MemberAlias


class Kind(StrEnum):
    """What a name stands for, as reports call it."""

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
    TABLE = "table"
    COLUMN = "column"
    REQUEST = "request"


class Aspect(StrEnum):
    """What can change about a name, as reports call it."""

    TYPE = "type"
    RETURNS = "result"
    BASE = "base class"
    NEEDED = "requirement"
    DEFAULT = "default"
    VALUE = "value"
    MEDIA_TYPE = "media type"
    DEPRECATED = "deprecation"
    MISSING = "clouds without it"
    DOUBTFUL = "clouds in doubt"
    PERMISSIONS = "permissions"
    WIRE = "name or type on the wire"
    PRESENT = "current name"


@dataclass(frozen=True, slots=True)
class PublicName:
    """A name that users can type.

    Args:
        name: dotted, as in names.txt; a request by its path.
        own_name: without its owner.
        kind: what it names.
        owner: the name that it is a part of.
        facts: what is known about it. Types and clouds can have several values, other aspects have one.
    """

    name: str
    own_name: str
    kind: Kind
    owner: str
    facts: Mapping[Aspect, tuple[str, ...]]

    def text(self, aspect: Aspect) -> str:
        """Return a fact as reports show it; empty if there is none."""
        return joined(aspect, self.facts.get(aspect, ()))


def joined(aspect: Aspect, values: tuple[str, ...]) -> str:
    """Return the values of a fact as reports show them."""
    return (" | " if aspect is Aspect.TYPE else ", ").join(values)


@dataclass(frozen=True, slots=True)
class PublicApi:
    """Every public name of some packages."""

    names: Mapping[str, PublicName]

    def package(self, name: PublicName) -> str:
        """Return the package that a name is in."""
        while name.kind is not Kind.PACKAGE:
            name = self.names[name.owner]
        return name.name

    def lineage(self, name: str) -> tuple[str, ...]:
        """Return a class and its bases, the class itself first; nothing if there is no such class."""
        found: list[str] = []
        while name in self.names and name not in found:
            found.append(name)
            name = f"{self.names[name].owner}.{self.names[name].text(Aspect.BASE)}"
        return tuple(found)

    def field(self, owner: str, name: str) -> PublicName | None:
        """Return a field of a class, inherited or its own."""
        candidates = (self.names.get(f"{cls}.{name}") for cls in self.lineage(owner))
        return next(filter(None, candidates), None)

    def fields(self, owner: str) -> frozenset[str]:
        """Return the names of a class's fields, inherited ones included."""
        classes = set(self.lineage(owner))
        return frozenset(n.own_name for n in self.names.values() if n.kind is Kind.FIELD and n.owner in classes)


def public_api_of(packages: tuple[plan.Package, ...]) -> PublicApi:
    """Return the public API of packages. A former name has the facts of the current one, and refers to it."""
    names = {name.name: name for package in packages for name in _package(package)}
    present = PublicApi(MappingProxyType(names))
    former = {name.name: name for package in packages for name in _former(package, present)}
    return PublicApi(MappingProxyType({**names, **former}))


def _named(kind: Kind, owner: str, own_name: str, **facts: str | tuple[str, ...]) -> PublicName:
    values = {Aspect[key.upper()]: (fact,) if isinstance(fact, str) else fact for key, fact in facts.items() if fact}
    return PublicName(_dotted(kind, owner, own_name), own_name, kind, owner, MappingProxyType(values))


def _dotted(kind: Kind, owner: str, own_name: str) -> str:
    if kind is Kind.PARAMETER:
        return f"{owner}({own_name})"
    return own_name if kind in {Kind.PACKAGE, Kind.REQUEST} else f"{owner}.{own_name}"


def _package(package: plan.Package) -> Iterator[PublicName]:
    yield _named(Kind.PACKAGE, "", package.name)
    for enum in package.enums:
        yield _named(Kind.ENUM, package.name, enum.name)
        for member in enum.members:
            yield _named(Kind.MEMBER, f"{package.name}.{enum.name}", member.name, value=member.value)
    for model in package.models:
        yield from _model(package, model)
    yield from _client(package)
    for builder in package.builders:
        yield from _builder(package, builder)
    yield from _tables(package)
    yield from _requests(package)


def _tables(package: plan.Package) -> Iterator[PublicName]:
    for table in package.tables.tables:
        named = _named(Kind.TABLE, package.name, f"tables.{table.name}")
        yield named
        for column in table.flat:
            yield _named(Kind.COLUMN, named.name, column.name, type=column.type.replace("_", " ").lower())


def _model(package: plan.Package, model: plan.Model) -> Iterator[PublicName]:
    facts = {"base": model.base, "wire": model.odata_type, "deprecated": model.deprecated}
    yield _named(Kind.CLASS, package.name, model.name, **facts)
    for field in model.fields:
        yield _named(
            Kind.FIELD,
            f"{package.name}.{model.name}",
            field.name,
            type=field.value_type,
            deprecated=field.deprecated,
            wire=f"{field.wire_name}: {field.type_expression}",
        )


def _client(package: plan.Package) -> Iterator[PublicName]:
    for root in package.client.roots:
        member = _named(Kind.CLIENT_MEMBER, package.name, f"{plan.CLIENT_CLASS}.{root.name}", returns=root.returns)
        yield replace(member, own_name=root.name)
    if package.client.has_content:
        content_of = _named(Kind.CLIENT_MEMBER, package.name, f"{plan.CLIENT_CLASS}.content_of")
        yield replace(content_of, own_name="content_of")
        yield _named(Kind.PARAMETER, content_of.name, "artifact", type=package.client.artifacts)


def _builder(package: plan.Package, builder: plan.Builder) -> Iterator[PublicName]:
    named = _named(Kind.BUILDER, package.builders_module.name, builder.name, base=builder.base)
    yield replace(named, owner=package.name, own_name=f"request_builders.{builder.name}")
    for key in builder.keys:
        method = _named(Kind.METHOD, named.name, key.name, returns=key.returns)
        yield method
        yield _named(Kind.PARAMETER, method.name, key.parameter, type=_key_type(key), needed="required")
    for link in builder.links:
        facts = {"returns": link.returns, "media_type": link.accept, "deprecated": link.deprecated}
        yield _named(Kind.LINK, named.name, link.name, **facts, wire=link.segment)
    for call in builder.calls:
        facts = {"returns": call.made.annotation, "deprecated": call.deprecated, "wire": call.wire_name}
        method = _named(Kind.METHOD, named.name, call.name, **facts)
        yield method
        for argument in call.arguments:
            yield _argument(method, argument)


def _key_type(key: plan.ByKey) -> str:
    return "str" if key.type == "EntityKey" else key.type


def _argument(method: PublicName, argument: plan.Argument) -> PublicName:
    return _named(
        Kind.PARAMETER,
        method.name,
        argument.name,
        type=argument.types,
        needed="optional" if argument.default else "required",
        default=argument.default,
        wire=f"{argument.wire_name}: {argument.edm}",
    )


def _requests(package: plan.Package) -> Iterator[PublicName]:
    permissions = {fact.constant: fact.sentence for fact in package.operations.permissions}
    for operation in package.operations.operations:
        for method in operation.methods or ("GET",):
            yield _named(
                Kind.REQUEST,
                package.name,
                f"{method} /{package.version}{''.join(operation.path_parts)}",
                permissions=permissions[operation.permissions],
                missing=operation.missing_in,
                doubtful=operation.doubtful_in,
            )


def _former(package: plan.Package, present: PublicApi) -> Iterator[PublicName]:
    builders = package.builders_module.name
    for home, module in ((package.name, package.init_module), (builders, package.builders_module)):
        for cls in module.aliases:
            yield _alias(present.names[f"{home}.{cls.target}"], home, cls.name)
    for enum in package.enums:
        name = f"{package.name}.{enum.name}"
        for member in enum.aliases:
            yield _alias(present.names[f"{name}.{member.target}"], name, member.name)
    for model in package.models:
        name = f"{package.name}.{model.name}"
        for field in model.aliases:
            target = present.field(name, field.target)
            if target is not None:
                yield replace(_alias(target, name, field.name), owner=name)
    owners = [(f"{package.name}.{plan.CLIENT_CLASS}", package.client.aliases)]
    owners += [(f"{builders}.{builder.name}", builder.aliases) for builder in package.builders]
    for name, aliases in owners:
        for former in aliases:
            yield from _member_alias(present, name, former)


def _member_alias(present: PublicApi, owner: str, former: MemberAlias) -> Iterator[PublicName]:
    target = present.names[f"{owner}.{former.target}"]
    alias = _alias(target, owner, former.name)
    yield alias
    parameters = [name for name in present.names.values() if name.owner == target.name]
    for parameter, own_name in zip(parameters, former.parameter_names, strict=True):
        yield replace(parameter, name=f"{alias.name}({own_name})", own_name=own_name, owner=alias.name)


def _alias(target: PublicName, home: str, own_name: str) -> PublicName:
    facts = MappingProxyType({**target.facts, Aspect.PRESENT: (target.name,)})
    return replace(target, name=f"{home}.{own_name}", own_name=own_name, facts=facts)
