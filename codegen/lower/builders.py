"""Request builders: one class for each type and number (one or many) that a path passes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from codegen import csdl, plan
from codegen.csdl import DELTA, STREAM, Request, Step, TypeReference
from codegen.errors import CodegenError
from codegen.lower.imports import DEPRECATION_MODULE, RUNTIME, ImportCollector
from codegen.lower.models import Lowering, deprecation_note, with_deprecation
from codegen.lower.permission_notes import permission_notes
from codegen.naming import (
    AttributeName,
    ClassName,
    builder_member_name,
    by_key_name,
    check_distinct,
    client_member_name,
    collection_builder_name,
    item_builder_name,
    overload_name,
    parameter_name,
)
from codegen.rules.docs import function_key

# The Python type of a parameter, and the module of the standard library that has it.
_PARAMETER_TYPES = {
    "Edm.Binary": ("bytes", ""),
    "Edm.Boolean": ("bool", ""),
    "Edm.Date": ("date", "datetime"),
    "Edm.Decimal": ("Decimal", "decimal"),
    "Edm.Double": ("float", ""),
    "Edm.Duration": ("timedelta", "datetime"),
    "Edm.Guid": ("UUID", "uuid"),
    "Edm.Int16": ("int", ""),
    "Edm.Int32": ("int", ""),
    "Edm.Int64": ("int", ""),
    "Edm.Single": ("float", ""),
    "Edm.String": ("str", ""),
    "Edm.TimeOfDay": ("time", "datetime"),
}


_LINKS = (csdl.NavigationProperty, csdl.Property)


@dataclass(slots=True)
class _Place:
    """A type and number on the way: the steps that leave it, the requests that its builder makes or leads to."""

    steps: dict[str, Step] = field(default_factory=dict[str, Step])
    requests: list[Request] = field(default_factory=list[Request])
    has_get: bool = False


def lower_builders(lowering: Lowering) -> tuple[tuple[plan.Builder, ...], ImportCollector]:
    """Make the builder classes, sorted by name."""
    imports = ImportCollector()
    places: defaultdict[TypeReference, _Place] = defaultdict(_Place)
    for request in lowering.scope.requests:
        last = request.steps[0].target
        for step in request.steps:
            if _has_class(step):
                places[step.target].has_get |= step is request.last
                last = step.target
            if step.source is not None:
                places[step.source].steps[_identity(step)] = step
        places[last].requests.append(request)
    builders = [_builder(lowering, target, place, imports) for target, place in places.items()]
    check_distinct(((builder.name, f"a builder of {builder.doc!r}") for builder in builders), "request builders")
    return tuple(sorted(builders, key=lambda builder: builder.name)), imports


def _identity(step: Step) -> str:
    return step.via.signature if isinstance(step.via, csdl.Function) else type(step.via).__name__ + _name(step)


def _name(step: Step) -> str:
    return "" if isinstance(step.via, csdl.Key) else step.via.name


def _has_class(step: Step) -> bool:
    """Whether what a step leads to has a generated builder; streams, delta and other functions have the runtime's."""
    if isinstance(step.via, csdl.Function):
        return step.via.is_composable
    return step.target.name != STREAM


def builder_name(lowering: Lowering, target: TypeReference) -> ClassName:
    """Name the builder of a type and number."""
    model = lowering.classes[target.name]
    return collection_builder_name(model) if target.is_collection else item_builder_name(model)


def _builder(lowering: Lowering, target: TypeReference, place: _Place, imports: ImportCollector) -> plan.Builder:
    steps = list(place.steps.values())
    keys = tuple(_by_key(lowering, step) for step in steps if isinstance(step.via, csdl.Key))
    links = tuple(_link(lowering, step, step.via, imports) for step in steps if isinstance(step.via, _LINKS))
    calls = tuple(_call(lowering, step.via, imports) for step in steps if isinstance(step.via, csdl.Function))
    members: list[plan.ByKey | plan.Link | plan.Call] = [*keys, *links, *calls]
    check_distinct(((member.name, member.doc) for member in members), str(target))
    if any(link.deprecated for link in links) or any(call.deprecated for call in calls):
        imports.use(DEPRECATION_MODULE, "deprecated")
    docs = lowering.docs
    base, model = _base(lowering, target, place, imports)
    return plan.Builder(
        name=builder_name(lowering, target),
        base=base,
        model=model,
        doc=docs.many(target.name) if target.is_collection else docs.type(target.name).one,
        permissions=permission_notes(lowering, place.requests),
        keys=keys,
        links=tuple(sorted(links, key=lambda link: link.name)),
        calls=tuple(sorted(calls, key=lambda call: call.name)),
    )


def _base(lowering: Lowering, target: TypeReference, place: _Place, imports: ImportCollector) -> tuple[str, str]:
    """Choose the runtime's base class; give the model too where there is something to get."""
    if not place.has_get:
        return imports.use(RUNTIME, "RequestBuilder"), ""
    model = imports.use(f"{lowering.package}.models", lowering.classes[target.name])
    base = imports.use(RUNTIME, "CollectionRequestBuilder" if target.is_collection else "ItemRequestBuilder")
    return f"{base}[{model}]", model


def _by_key(lowering: Lowering, step: Step) -> plan.ByKey:
    name, parameter = by_key_name(lowering.classes[step.target.name])
    return plan.ByKey(
        name=name,
        parameter=parameter,
        placeholder=f"{step.target.name.simple}-id",
        returns=builder_name(lowering, step.target),
        doc=f"{lowering.docs.type(step.target.name).one.rstrip('.')}, by id.",
    )


def _link(
    lowering: Lowering, step: Step, via: csdl.NavigationProperty | csdl.Property, imports: ImportCollector
) -> plan.Link:
    is_stream = step.target.name == STREAM
    returns = imports.use(RUNTIME, "ContentRequestBuilder") if is_stream else builder_name(lowering, step.target)
    media_types = _media_types(lowering, step, via)
    doc = _link_doc(lowering, step, via)
    if len(media_types) > 1:
        others = ", ".join(f"`{name}`" for name in media_types[1:])
        doc = f"{doc}\n\nAs `{media_types[0]}` unless asked for as {others}."
    return plan.Link(
        name=builder_member_name(via.name),
        returns=ClassName(returns),
        segment=via.name,
        doc=with_deprecation(doc, via.deprecation),
        accept=media_types[0] if media_types else "",
        deprecated=deprecation_note(via.deprecation),
    )


def _media_types(lowering: Lowering, step: Step, via: csdl.NavigationProperty | csdl.Property) -> tuple[str, ...]:
    """Give the media types of a stream, none where the rules name none."""
    rules = lowering.scope.rules.media_types
    owner = step.source.name if step.source is not None else None
    return next((rule.names for rule in rules if (rule.type, rule.property) == (owner, via.name)), ())


def _link_doc(lowering: Lowering, step: Step, via: csdl.NavigationProperty | csdl.Property) -> str:
    owners = lowering.scope.schema.lineage(step.source.name) if step.source is not None else ()
    documented = (lowering.docs.types.get(owner.name) for owner in owners)
    own = next((doc.properties[via.name] for doc in documented if doc and via.name in doc.properties), None)
    if own is not None:
        return own
    if step.target.name == STREAM:
        return lowering.docs.stream(via.name)
    many = step.target.is_collection
    return lowering.docs.many(step.target.name) if many else lowering.docs.type(step.target.name).one


def _call(lowering: Lowering, function: csdl.Function, imports: ImportCollector) -> plan.Call:
    doc = lowering.docs.function(function)
    arguments = tuple(_argument(lowering, function, p, doc.parameters[p.name], imports) for p in function.parameters)
    check_distinct(((argument.name, argument.wire_name) for argument in arguments), function.place)
    is_delta = function.name.simple == DELTA and function.binding.type.is_collection and not arguments
    if not is_delta:
        imports.use(RUNTIME, "function_call")
    returns, factory, row = _call_target(lowering, function, imports, is_delta=is_delta)
    return plan.Call(
        name=_call_name(lowering, function),
        returns=returns,
        factory=factory,
        row=row,
        wire_name=function.name.simple,
        doc=with_deprecation(doc.text, function.deprecation),
        arguments=arguments,
        is_delta=is_delta,
        deprecated=deprecation_note(function.deprecation),
    )


def _call_name(lowering: Lowering, function: csdl.Function) -> AttributeName:
    """Name the method of a function; overloads on one type are told apart by their parameters."""
    overloads = [other for other in lowering.scope.schema.functions if function_key(other) == function_key(function)]
    parameters = [parameter.name for parameter in function.parameters] if len(overloads) > 1 else []
    return builder_member_name(overload_name(function.name.simple, parameters))


def _call_target(
    lowering: Lowering, function: csdl.Function, imports: ImportCollector, *, is_delta: bool
) -> tuple[str, str, str]:
    """Give what a method returns, what makes it, and the class of its rows."""
    if function.is_composable:
        name = builder_name(lowering, function.returns)
        return name, f"{name}.below", ""
    if not function.returns.is_collection:
        raise CodegenError(f"{function.name} returns one value and is not composable: not supported", function.place)
    row = imports.use(f"{lowering.package}.models", lowering.classes[function.returns.name])
    builder = imports.use(RUNTIME, "DeltaRequestBuilder" if is_delta else "FunctionRequestBuilder")
    return f"{builder}[{row}]", f"{builder}.of", row


def _argument(
    lowering: Lowering, function: csdl.Function, parameter: csdl.Parameter, doc: str, imports: ImportCollector
) -> plan.Argument:
    name = parameter_name(parameter.name)
    types: tuple[str, ...] = (_annotation(lowering, function, parameter, imports),)
    default = "None" if parameter.is_optional else ""
    value: str = name
    if _defaults_to_user_in_path(lowering, function, parameter):
        default = imports.use(RUNTIME, "PATH_USER")
        types = ("str", imports.use(RUNTIME, "PathUser"))
        value = f"self.user_or({name})"
    return plan.Argument(
        name=name,
        types=types,
        is_optional=parameter.is_optional,
        default=default,
        doc=f"{name}: {doc}",
        wire_name=parameter.name,
        edm=lowering.edm_expression(parameter.type.name, imports),
        value=value,
    )


def _annotation(
    lowering: Lowering, function: csdl.Function, parameter: csdl.Parameter, imports: ImportCollector
) -> str:
    if parameter.type.is_collection:
        raise CodegenError(f"{parameter.name}: a parameter cannot be a collection", function.place)
    name = lowering.resolve(parameter.type.name)
    if name in lowering.scope.schema.enums:
        return imports.use(f"{lowering.package}.enums", lowering.classes[name])
    if name == "Edm.DateTimeOffset":
        return imports.use(RUNTIME, "DateTimeParameter")
    if name not in _PARAMETER_TYPES:
        raise CodegenError(f"{parameter.name}: a parameter cannot be {name}", function.place)
    python, module = _PARAMETER_TYPES[name]
    return imports.annotate(module, python) if module else python


def _defaults_to_user_in_path(lowering: Lowering, function: csdl.Function, parameter: csdl.Parameter) -> bool:
    return any(
        (rule.function, rule.binding, rule.parameter)
        == (function.name.simple, str(function.binding.type), parameter.name)
        for rule in lowering.scope.rules.defaults
    )


def chain(lowering: Lowering, steps: Iterable[Step], keys: Iterable[str]) -> str:
    """Give the expression that follows a path of names and keys from the client's own members."""
    expressions = iter(keys)
    links: list[str] = []
    for step in steps:
        if isinstance(step.via, csdl.Key):
            links.append(f"{by_key_name(lowering.classes[step.target.name])[0]}({next(expressions)})")
        elif isinstance(step.via, csdl.Function):
            raise CodegenError(f"{step.via.name} cannot stand in such a path", lowering.scope.rules.file)
        elif isinstance(step.via, csdl.Root):
            links.append(client_member_name(step.via.name))
        else:
            links.append(builder_member_name(step.via.name))
    return ".".join(links)
