"""Request builders: for each type that paths pass through, a class for one object and one for many."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from codegen import csdl, plan
from codegen.csdl import STREAM, STRING, QualifiedName, Request, Step, TypeReference
from codegen.errors import CodegenError, did_you_mean
from codegen.lower.calls import CallLowering
from codegen.lower.lowering import Lowering, deprecation_note, with_deprecation
from codegen.lower.permission_notes import permission_notes
from codegen.lower.runtime.exports import ASYNC_EXPORTS
from codegen.lower.runtime.imports import DEPRECATION_MODULE, RUNTIME, ImportCollector
from codegen.lower.streams import content_class, media_types
from codegen.naming import (
    ClassName,
    builder_member_name,
    by_key_name,
    cast_member_name,
    check_distinct,
    client_member_name,
)

_Followed: TypeAlias = csdl.NavigationProperty | csdl.Property
_WRITING: Final = {
    "POST": ("PostRequestBuilder", True),
    "PATCH": ("PatchRequestBuilder", True),
    "DELETE": ("DeleteRequestBuilder", False),
}
"""By method: the runtime's class, and whether the response contains the object."""


@dataclass(slots=True)
class _Stop:
    """One or many objects of a type, at which paths end or continue.

    Args:
        steps: the steps that continue from here.
        requests: the requests that its builder sends or leads to.
        methods: of the requests that end here.
    """

    steps: dict[str, Step] = field(default_factory=dict[str, Step])
    requests: list[Request] = field(default_factory=list[Request])
    methods: set[str] = field(default_factory=set[str])


class BuilderLowering:
    """Makes the builder classes."""

    def __init__(self, lowering: Lowering) -> None:
        self.imports = ImportCollector()
        self._lowering = lowering
        self._calls = CallLowering(lowering, self.imports)

    def builders(self) -> tuple[plan.Builder, ...]:
        """Return the classes, sorted by name."""
        builders = [self._builder(target, stop) for target, stop in self._stops().items()]
        check_distinct(((builder.name, f"a builder of {builder.doc!r}") for builder in builders), "request builders")
        return tuple(sorted(builders, key=lambda builder: builder.name))

    def _stops(self) -> dict[TypeReference, _Stop]:
        stops: defaultdict[TypeReference, _Stop] = defaultdict(_Stop)
        for request in self._lowering.scope.requests:
            last = request.steps[0].target
            for step in request.steps:
                if _has_class(step):
                    last = step.target
                    if step is request.last:
                        stops[last].methods.update(request.methods)
                if step.source is not None:
                    stops[step.source].steps[_identity(step)] = step
            stops[last].requests.append(request)
        return stops

    def _builder(self, target: TypeReference, stop: _Stop) -> plan.Builder:
        steps = list(stop.steps.values())
        keys = tuple(self._by_key(step.target, step.via) for step in steps if isinstance(step.via, csdl.Key))
        followed = [self._link(step, step.via) for step in steps if isinstance(step.via, _Followed)]
        casts = [self._cast(step.target, step.via) for step in steps if isinstance(step.via, csdl.Cast)]
        actions = [self._action(step.via) for step in steps if isinstance(step.via, csdl.Action)]
        links = (*followed, *casts, *actions)
        calls = tuple(self._calls.call(step.via) for step in steps if isinstance(step.via, csdl.Function))
        members: list[plan.ByKey | plan.Link | plan.Call] = [*keys, *links, *calls]
        check_distinct(((member.name, member.doc) for member in members), str(target))
        if any(link.deprecated for link in links) or any(call.deprecated for call in calls):
            self.imports.use(DEPRECATION_MODULE, "deprecated")
        model = self._lowering.model_class(target.name, self.imports) if stop.methods else ""
        return plan.Builder(
            name=self._lowering.builder_class(target),
            base=self._bases(target, model, stop.methods),
            model=model,
            doc=self._doc(target),
            permissions=permission_notes(self._lowering, stop.requests),
            keys=keys,
            links=tuple(sorted(links, key=lambda link: link.name)),
            calls=tuple(sorted(calls, key=lambda call: call.name)),
        )

    def _bases(self, target: TypeReference, model: str, methods: Collection[str]) -> str:
        """Choose the runtime's base classes: one for reading, and one for each other method."""
        if not methods:
            return self.imports.use(RUNTIME, "RequestBuilder")
        bases = [self._base(target, model)] if "GET" in methods else []
        for method, (base, is_answered) in _WRITING.items():
            if method in methods:
                bases.append(self.imports.use(RUNTIME, base) + (f"[{model}]" if is_answered else ""))
        return ", ".join(bases)

    def _base(self, target: TypeReference, model: str) -> str:
        """Choose the runtime's base class for reading.

        Raises:
            CodegenError: the rules name a class that the runtime does not have.
        """
        rules = self._lowering.scope.rules
        base = next((rule.class_name for rule in rules.builders if rule.target == str(target)), "")
        if base and base not in ASYNC_EXPORTS:
            place = f"{rules.file}: versions.{rules.version}.builders.{target}"
            raise CodegenError(f"the runtime has no class {base!r}{did_you_mean(base, ASYNC_EXPORTS)}", place)
        base = base or ("CollectionRequestBuilder" if target.is_collection else "ItemRequestBuilder")
        return f"{self.imports.use(RUNTIME, base)}[{model}]"

    def _by_key(self, target: TypeReference, key: csdl.Key) -> plan.ByKey:
        key_type = self._lowering.resolve(key.type)
        is_segment = key_type == STRING and self._lowering.scope.rules.key_as_segment
        name, parameter = by_key_name(self._lowering.classes[target.name])
        return plan.ByKey(
            name=name,
            parameter=parameter,
            type=self._key_type(key),
            edm="" if is_segment else self._lowering.edm_expression(key_type, self.imports),
            placeholder=f"{target.name.simple}-id",
            returns=self._lowering.builder_class(target),
            doc=f"{self._doc(target).rstrip('.')}, by id.",
        )

    def _key_type(self, key: csdl.Key) -> str:
        if self._lowering.resolve(key.type) in {"Edm.Guid", STRING}:
            return self.imports.use(RUNTIME, "EntityKey")
        type_ = self._lowering.url_type(key.type, self.imports)
        if type_ is None:
            raise CodegenError(f"keys of type {key.type} are not supported", key.place)
        return type_

    def _link(self, step: Step, via: _Followed) -> plan.Link:
        types = media_types(self._lowering, step)
        doc = self._link_doc(step, via)
        if len(types) > 1:
            others = ", ".join(f"`{name}`" for name in types[1:])
            doc = f"{doc}\n\nReturned as `{types[0]}` unless you ask for {others}."
        return plan.Link(
            name=builder_member_name(via.name),
            returns=self._link_target(step),
            segment=via.name,
            doc=with_deprecation(doc, via.deprecation),
            accept=types[0] if types else "",
            deprecated=deprecation_note(via.deprecation),
        )

    def _cast(self, target: TypeReference, cast: csdl.Cast) -> plan.Link:
        words = "Only those of the type" if target.is_collection else "The same object as a"
        return plan.Link(
            name=cast_member_name(cast.type),
            returns=self._lowering.builder_class(target),
            segment=cast.type,
            doc=f"{words} `{cast.type}`.",
        )

    def _action(self, action: csdl.Action) -> plan.Link:
        return plan.Link(
            name=builder_member_name(action.name.simple),
            returns=ClassName(self.imports.use(RUNTIME, "ActionRequestBuilder")),
            segment=action.name.simple,
            doc=with_deprecation(self._lowering.docs.action(action), action.deprecation),
            deprecated=deprecation_note(action.deprecation),
        )

    def _link_target(self, step: Step) -> ClassName:
        if step.target.name == STREAM:
            return ClassName(self.imports.use(RUNTIME, content_class(self._lowering, step)))
        return self._lowering.builder_class(step.target)

    def _link_doc(self, step: Step, via: _Followed) -> str:
        own = self._property_doc(step.source.name, via.name) if step.source is not None else None
        if own is not None:
            return own
        return self._lowering.docs.stream(via.name) if step.target.name == STREAM else self._doc(step.target)

    def _property_doc(self, owner: QualifiedName, name: str) -> str | None:
        types = self._lowering.docs.types
        documented = (types.get(type_.name) for type_ in self._lowering.scope.schema.lineage(owner))
        return next((doc.properties[name] for doc in documented if doc and name in doc.properties), None)

    def _doc(self, target: TypeReference) -> str:
        docs = self._lowering.docs
        return docs.many(target.name) if target.is_collection else docs.type(target.name).one


def _identity(step: Step) -> str:
    if isinstance(step.via, csdl.Function | csdl.Action):
        return step.via.signature
    if isinstance(step.via, csdl.Cast):
        return step.via.type
    return type(step.via).__name__ + ("" if isinstance(step.via, csdl.Key) else step.via.name)


def _has_class(step: Step) -> bool:
    """Return whether a step leads to a generated builder. Streams, actions and most functions use the runtime's."""
    if isinstance(step.via, csdl.Function):
        return step.via.is_composable
    return step.target.name != STREAM and not isinstance(step.via, csdl.Action)


def chain(lowering: Lowering, steps: Iterable[Step], keys: Iterable[str]) -> str:
    """Return the expression that follows a path from a member of the client, with an expression for each key."""
    expressions = iter(keys)
    links: list[str] = []
    for step in steps:
        match step.via:
            case csdl.Key():
                method, _ = by_key_name(lowering.classes[step.target.name])
                links.append(f"{method}({next(expressions)})")
            case csdl.Function() | csdl.Action():
                raise CodegenError(
                    f"{step.via.name} is a function; paths of content_of cannot call functions",
                    lowering.scope.rules.file,
                )
            case csdl.Root():
                links.append(client_member_name(step.via.name))
            case csdl.Cast():
                links.append(cast_member_name(step.via.type))
            case _:
                links.append(builder_member_name(step.via.name))
    return ".".join(links)
