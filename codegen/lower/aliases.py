"""Former names that scope.toml keeps, as aliases of the current ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from codegen import plan
from codegen.errors import CodegenError, did_you_mean
from codegen.lower.lowering import Lowering
from codegen.lower.runtime.exports import RUNTIME_EXPORTS
from codegen.lower.runtime.imports import RENAMED_MODULE, ImportCollector
from codegen.naming import (
    AttributeName,
    ClassName,
    builder_member_name,
    class_name,
    client_member_name,
    field_name,
    member_name,
    parameter_name,
)
from codegen.plan.former_names import ClassAlias, EnumMemberAlias, FieldAlias, MemberAlias
from codegen.rules.scope import Alias

N = TypeVar("N", bound=str)


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a package, and their former names by module."""

    enums: tuple[plan.Enum, ...]
    models: tuple[plan.Model, ...]
    builders: tuple[plan.Builder, ...]
    client: plan.Client
    former: Mapping[str, tuple[ClassAlias, ...]]

    @property
    def names(self) -> Mapping[str, str]:
        """The module of each class that can have a former name."""
        return {
            **{enum.name: "enums" for enum in self.enums},
            **{model.name: "models" for model in self.models},
            **{builder.name: "request_builders" for builder in self.builders},
        }


class AliasLowering:
    """Adds former names to classes.

    Args:
        lowering: with the rules; for a document of an earlier day, aliases that do not apply are left out.
        imports: of each module; what the former names need is added.

    Attributes:
        left_out: the aliases that do not apply, one sentence each.
    """

    def __init__(self, lowering: Lowering, imports: Mapping[str, ImportCollector]) -> None:
        self._lowering = lowering
        self._imports = imports
        self._classes = {a.name: a.target for a in lowering.scope.rules.aliases if "." not in a.name}
        self.left_out: list[str] = []

    def with_aliases(self, classes: Classes) -> Classes:
        """Return classes with their former names.

        Raises:
            CodegenError: the target of an alias does not exist, or the alias itself does.
        """
        rules = self._lowering.scope.rules
        for alias in rules.aliases:
            try:
                classes = self._with_alias(classes, alias)
            except CodegenError as error:
                place = f"{rules.file}: versions.{rules.version}.aliases"
                problem = f'"{alias.name}" = "{alias.target}": {error}'
                if not self._lowering.docs.is_partial:
                    raise CodegenError(problem, place) from error
                self.left_out.append(f"{place}: {problem}; the alias is left out")
        return classes

    def _with_alias(self, classes: Classes, alias: Alias) -> Classes:
        owner, _, name = alias.name.rpartition(".")
        if not owner:
            return self._with_class(classes, name, alias.target)
        target = alias.target
        module = "client" if owner == plan.CLIENT_CLASS else classes.names.get(owner)
        match module:
            case "enums":
                changed = replace(classes, enums=_changed(classes.enums, owner, lambda e: _enum(e, name, target)))
                factory = "RenamedMember"
            case "models":
                models = _changed(classes.models, owner, lambda m: _model(classes.models, m, name, target))
                changed, factory = replace(classes, models=models), "RenamedField"
            case "request_builders":
                builders = _changed(classes.builders, owner, lambda b: _builder(b, name, target))
                changed, factory = replace(classes, builders=builders), "renamed"
            case "client":
                changed, factory = replace(classes, client=_client(classes.client, name, target)), "renamed"
            case _:
                raise CodegenError(f"unknown class {owner}{self._hint(owner, name, classes)}")
        self._imports[module].use(RENAMED_MODULE, factory)
        return changed

    def _hint(self, owner: str, name: str, classes: Classes) -> str:
        """Return the name to write instead of an unknown class, empty if there is none like it."""
        if owner in self._classes:
            return f', the former name of {self._classes[owner]}; write "{self._classes[owner]}.{name}"'
        return did_you_mean(owner, [plan.CLIENT_CLASS, *classes.names])

    def _with_class(self, classes: Classes, name: str, target: str) -> Classes:
        module = classes.names.get(target)
        if module is None:
            raise CodegenError(f"unknown class {target}{did_you_mean(target, classes.names)}")
        generated = class_name(name)
        _check_free(name, generated, [*classes.names, plan.CLIENT_CLASS, *RUNTIME_EXPORTS], "the package")
        self._imports[module].use(RENAMED_MODULE, "renamed_classes")
        self._imports[module].use_typing("TYPE_CHECKING")
        added = ClassAlias(generated, ClassName(target))
        return replace(classes, former={**classes.former, module: _sorted([*classes.former.get(module, ()), added])})


C = TypeVar("C", plan.Enum, plan.Model, plan.Builder)


def _changed(classes: Iterable[C], name: str, change: Callable[[C], C]) -> tuple[C, ...]:
    return tuple(change(cls) if cls.name == name else cls for cls in classes)


def _enum(enum: plan.Enum, name: str, target: str) -> plan.Enum:
    members = [member.name for member in enum.members]
    found = _target(target, members, enum.name)
    generated = member_name(name)
    _check_free(name, generated, members, enum.name)
    return replace(enum, aliases=_sorted([*enum.aliases, EnumMemberAlias(generated, found)]))


def _model(models: tuple[plan.Model, ...], model: plan.Model, name: str, target: str) -> plan.Model:
    lineage = list(_lineage(models, model))
    owners = {field.name: owner.name for owner in reversed(lineage) for field in owner.fields}
    found = _target(target, owners, model.name)
    generated = field_name(name)
    related = [*lineage, *(other for other in models if model in _lineage(models, other))]
    taken = [name for other in related for name in _field_names(other)]
    _check_free(name, generated, taken, model.name)
    expression = found if owners[found] == model.name else f"{owners[found]}.{found}"
    return replace(model, aliases=_sorted([*model.aliases, FieldAlias(generated, found, expression)]))


def _field_names(model: plan.Model) -> tuple[str, ...]:
    return (*(field.name for field in model.fields), *(alias.name for alias in model.aliases))


def _lineage(models: tuple[plan.Model, ...], model: plan.Model) -> Iterator[plan.Model]:
    by_name = {other.name: other for other in models}
    found: plan.Model | None = model
    while found is not None:
        yield found
        found = by_name.get(found.base)


def _builder(builder: plan.Builder, name: str, target: str) -> plan.Builder:
    made = [
        *(_key_alias(key, name) for key in builder.keys),
        *(_link_alias(link, name) for link in builder.links),
        *(_call_alias(call, name) for call in builder.calls),
    ]
    aliases = _member_aliases(builder.name, builder.aliases, made, builder_member_name(name), target)
    return replace(builder, aliases=aliases)


def _client(client: plan.Client, name: str, target: str) -> plan.Client:
    made = [_link_alias(root, name) for root in client.roots]
    return replace(
        client, aliases=_member_aliases(plan.CLIENT_CLASS, client.aliases, made, client_member_name(name), target)
    )


def _member_aliases(
    owner: str, aliases: tuple[MemberAlias, ...], made: list[MemberAlias], generated: AttributeName, target: str
) -> tuple[MemberAlias, ...]:
    """Return the aliases of a class, with the candidate that leads to the target added."""
    by_target = {candidate.target: candidate for candidate in made}
    found = by_target[_target(target, by_target, owner)]
    _check_free(found.name, generated, by_target, owner)
    return _sorted([*aliases, found])


def _link_alias(link: plan.Link, name: str) -> MemberAlias:
    return MemberAlias(AttributeName(name), link.name, link.returns, is_property=True)


def _key_alias(key: plan.ByKey, name: str) -> MemberAlias:
    # The former method's name tells the parameter's former name.
    parameter = parameter_name(name.removeprefix("by_")) if name.startswith("by_") else key.parameter
    parameters = ("self", f"{parameter}: str")
    return MemberAlias(AttributeName(name), key.name, key.returns, False, parameters, (parameter,), (parameter,))


def _call_alias(call: plan.Call, name: str) -> MemberAlias:
    keywords = tuple(
        f"{a.name}: {a.annotation} = {a.default}" if a.default else f"{a.name}: {a.annotation}" for a in call.arguments
    )
    parameters = ("self", "*", *keywords) if keywords else ("self",)
    arguments = tuple(f"{argument.name}={argument.name}" for argument in call.arguments)
    names = tuple(argument.name for argument in call.arguments)
    return MemberAlias(AttributeName(name), call.name, call.made.annotation, False, parameters, arguments, names)


def _target(target: str, known: Iterable[N], owner: str) -> N:
    by_text = {str(name): name for name in known}
    if target not in by_text:
        raise CodegenError(f"{owner} has no {target}{did_you_mean(target, by_text)}")
    return by_text[target]


def _check_free(name: str, generated: str, taken: Iterable[str], owner: str) -> None:
    """Raise an error if a former name cannot have been generated, or is taken."""
    if name != generated:
        raise CodegenError(f"{name!r} is not a name that the generator makes; use {generated!r}")
    if name in taken:
        raise CodegenError(f"{owner} already has {name}; remove the alias")


A = TypeVar("A", ClassAlias, EnumMemberAlias, FieldAlias, MemberAlias)


def _sorted(aliases: Iterable[A]) -> tuple[A, ...]:
    return tuple(sorted(aliases, key=lambda alias: alias.name))
