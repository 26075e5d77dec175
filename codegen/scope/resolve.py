"""Resolves the documented path of a request against the metadata, step by step."""

import re
from dataclasses import replace

from codegen import csdl
from codegen.csdl import STREAM, STRING, QualifiedName, Request, Step, TypeReference, Via
from codegen.errors import CodegenError, NotInMetadata, did_you_mean
from codegen.read.csdl.annotations import RESTRICTIONS
from codegen.read.csdl.grammar import local_name
from codegen.read.csdl.parse import Parser

_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>[^()]*)\)")
_KEY = re.compile(r"\{(?P<placeholder>[^{}]*)\}")
_SEGMENT = re.compile(r"/((?:[^/(){}]|\([^()]*\)|\{[^{}]*\})+)")


def resolve(parser: Parser, path: str, rule: str) -> Request:
    """Follow a path from the entity container to its end.

    Args:
        parser: of the document.
        path: such as `/users/{id}/onlineMeetings`.
        rule: where the path is written.

    Raises:
        NotInMetadata: a segment is not in the document, or is not what the path needs.
        CodegenError: the path is invalid, or passes through something that is not supported.
    """
    segments = _SEGMENT.findall(path)
    if not segments or "".join(f"/{segment}" for segment in segments) != path:
        raise CodegenError(f"{path!r} is not a path like /users/{{id}}/onlineMeetings", rule)
    place = f"{rule}: {path}"
    steps = [_root(parser, segments[0], place)]
    for segment in segments[1:]:
        steps.append(_next(parser, steps[-1], segment, place))
    request = Request(path, tuple(steps))
    last = request.last.via
    if isinstance(last, csdl.Function) and not last.is_composable and not last.returns.is_collection:
        raise NotInMetadata(
            f"{last.name} is not supported: it returns a single value and is not composable", last.place
        )
    response = request.response.name
    if response.is_primitive or parser.kind(response, place) not in {"EntityType", "ComplexType"}:
        raise NotInMetadata("a path must end in an entity, a complex value or a stream", place)
    return request


def with_methods(parser: Parser, request: Request, methods: tuple[str, ...], rule: str) -> Request:
    """Return a request with methods other than GET.

    Args:
        parser: of the document.
        request: as it was resolved.
        methods: in the order of the rule.
        rule: where they are written.

    Raises:
        CodegenError: a method cannot be used where the path ends, or the metadata forbids it.
    """
    place = f"{rule}: {request.path}"
    for method in methods:
        if not _fits(request, method):
            raise CodegenError(f"{method} cannot be used where the path ends", place)
        if method in RESTRICTIONS and not isinstance(request.last.via, csdl.Action):
            steps = [step for step in request.steps if not isinstance(step.via, csdl.Key)]
            owner = None if steps[-1].source is None else steps[-1].source.name
            if parser.forbids(steps[-1].via, owner, request.response.name, method):
                raise CodegenError(f"the metadata forbids {method}: {RESTRICTIONS[method][0]}", place)
    return replace(request, methods=methods)


def _fits(request: Request, method: str) -> bool:
    match request.last.via:
        case csdl.Action():
            return method == "POST"
        case csdl.Function() | csdl.Property():
            return method == "GET"
        case _:
            return method == "GET" or (method == "POST") == request.last.target.is_collection


def is_in(parser: Parser, path: str) -> bool:
    """Whether a document has a path.

    Raises:
        CodegenError: the path is invalid, or passes through something that is not supported.
    """
    try:
        resolve(parser, path, parser.document.file)
    except NotInMetadata:
        return False
    return True


def _root(parser: Parser, segment: str, place: str) -> Step:
    root = parser.container.root(segment)
    if root is None:
        _refuse_imported(parser, segment)
        raise NotInMetadata(
            f"the entity container has no {segment!r}{did_you_mean(segment, parser.container.root_names())}", place
        )
    return Step(None, root, root.type)


def _refuse_imported(parser: Parser, segment: str) -> None:
    """Raise an error with its place if a segment calls a function or an action of the container."""
    name = segment.partition("(")[0]
    for element in parser.container.element:
        if element.get("Name") == name:
            reason = f"{name} is not supported: it is a {local_name(element)}"
            raise NotInMetadata(
                f"{reason}, and a path begins at an EntitySet or Singleton", parser.document.place(element)
            )


def _next(parser: Parser, before: Step, segment: str, place: str) -> Step:
    source = before.target
    if source.name.is_primitive:
        raise NotInMetadata(f"{segment!r} cannot follow a stream", place)
    if isinstance(before.via, csdl.Action):
        raise NotInMetadata(f"{segment!r} cannot follow {before.via.name}, which is an action", place)
    if isinstance(before.via, csdl.Function) and not before.via.is_composable:
        raise NotInMetadata(f"{segment!r} cannot follow {before.via.name}, which is not composable", place)
    key = _KEY.fullmatch(segment)
    if key is not None:
        return _by_key(parser, source, key["placeholder"], place)
    call = _CALL.fullmatch(segment)
    if "." in segment and "(" not in segment:
        return _cast(parser, source, segment, place)
    if call is not None:
        return _call(parser, source, call["name"], call["arguments"], place)
    return _member(parser, source, segment, place)


def _by_key(parser: Parser, source: TypeReference, placeholder: str, place: str) -> Step:
    if not source.is_collection:
        raise NotInMetadata(f"a key cannot follow a single {source.name}", place)
    key = csdl.Key(placeholder, _key_type(parser, source.name, place), parser.place(source.name))
    return Step(source, key, TypeReference(source.name))


def _key_type(parser: Parser, name: QualifiedName, path: str) -> QualifiedName:
    names = parser.key(name)
    if len(names) != 1:
        has = f"a key of {len(names)} properties ({', '.join(names)})" if names else "no key"
        raise NotInMetadata(f"{name} has {has}; {path} needs a key of one property", parser.place(name))
    found = parser.member(name, names[0])
    # An extract leaves keys that are strings out of the types that paths only pass through.
    return found.type.name if isinstance(found, csdl.Property) else QualifiedName(STRING)


def _cast(parser: Parser, source: TypeReference, name: str, place: str) -> Step:
    """Follow a cast, from one or many objects of a type to those of a derived type."""
    derived = parser.descendants(source.name)
    type_ = QualifiedName(name)
    if type_ not in derived:
        hint = did_you_mean(parser.document.resolve(name), derived)
        raise NotInMetadata(
            f"no type {name} derives from {source.name}; {place} casts to it{hint}", parser.place(source.name)
        )
    return Step(source, csdl.Cast(type_), TypeReference(type_, source.is_collection))


def _member(parser: Parser, source: TypeReference, name: str, place: str) -> Step:
    found: Via | None = None if source.is_collection else parser.member(source.name, name)
    if isinstance(found, csdl.Property) and found.type != TypeReference(csdl.QualifiedName(STREAM)):
        raise NotInMetadata(f"a path cannot end in {name}, which is {found.type} and not a stream", place)
    if isinstance(found, csdl.Property | csdl.NavigationProperty):
        return Step(source, found, found.type)
    for base in parser.lineage(source.name):
        for action in parser.operations.actions(name, TypeReference(base, source.is_collection)):
            return Step(source, action, source)
    return _call(parser, source, name, "", place)


def _call(parser: Parser, source: TypeReference, name: str, arguments: str, place: str) -> Step:
    given = [argument.partition("=")[0].strip() for argument in arguments.split(",")] if arguments else []
    # A function bound to a base type can be called on a derived one.
    bindings = [TypeReference(base, source.is_collection) for base in parser.lineage(source.name)]
    overloads = [function for binding in bindings for function in parser.operations.functions(name, binding)]
    if not overloads:
        candidates = [function for binding in bindings for function in parser.operations.function_names(binding)]
        if not source.is_collection:
            candidates += parser.member_names(source.name)
        raise NotInMetadata(f"{source} has no {name!r}{did_you_mean(name, candidates)}", place)
    callable_ = [function for function in overloads if _takes(function, given)]
    if callable_:
        # As in OData, the overload with the fewest additional parameters is called.
        function = min(callable_, key=lambda candidate: len(candidate.parameters))
        return Step(source, function, function.returns, tuple(given))
    known = " or ".join(f"{name}({', '.join(p.name for p in function.parameters)})" for function in overloads)
    raise NotInMetadata(f"no overload of {name} takes ({', '.join(given)}); overloads are {known}", place)


def _takes(function: csdl.Function, given: list[str]) -> bool:
    """Return whether a call with these parameters is complete. The function may have gained optional ones since."""
    names = {parameter.name for parameter in function.parameters}
    required = {parameter.name for parameter in function.parameters if not parameter.is_optional}
    return required <= set(given) <= names and len(set(given)) == len(given)
