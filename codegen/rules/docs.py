"""`docs.toml`: our own descriptions, by the metadata's names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from codegen import csdl
from codegen.csdl import QualifiedName, Schema
from codegen.errors import CodegenError, did_you_mean
from codegen.rules.toml import EMPTY, Table, convert, qualified, qualified_reference, read_toml

_LONGEST = 104


class TypeDoc(Table, frozen=True):
    """The description of a type: of one, of many, and of its properties."""

    one: str
    many: str | None = None
    properties: Mapping[str, str] = EMPTY


class FunctionDoc(Table, frozen=True):
    """The description of a function, and of its parameters."""

    text: str
    parameters: Mapping[str, str] = EMPTY


@dataclass(frozen=True, slots=True)
class Docs:
    """All descriptions.

    Args:
        file: its name in messages.
        functions: by name and binding type, as in `delta on Collection(microsoft.graph.callRecording)`.
        is_partial: whether a thing without a description is described by its name, as for documents of earlier days.
    """

    file: str
    client: str
    roots: Mapping[str, str]
    types: Mapping[QualifiedName, TypeDoc]
    enums: Mapping[QualifiedName, str]
    functions: Mapping[str, FunctionDoc]
    is_partial: bool = False

    def type(self, name: QualifiedName) -> TypeDoc:
        """Return the description of a type that has a class.

        Raises:
            CodegenError: it has none.
        """
        if name in self.types:
            return self.types[name]
        if self.is_partial:
            return TypeDoc(_unknown(name))
        raise CodegenError(f"the type {name} has no description", self.file)

    def many(self, name: QualifiedName) -> str:
        """Return the description of a collection of a type.

        Raises:
            CodegenError: it has none.
        """
        text = self.type(name).many
        if text is None and self.is_partial:
            return _unknown(name)
        if text is None:
            raise CodegenError(f"{name} has a collection builder, so its description needs `many`", self.file)
        return text

    def enum(self, name: QualifiedName) -> str:
        """Return the description of an enumeration.

        Raises:
            CodegenError: it has none.
        """
        if name in self.enums:
            return self.enums[name]
        if self.is_partial:
            return _unknown(name)
        raise CodegenError(f"the enumeration {name} has no description", self.file)

    def function(self, function: csdl.Function) -> FunctionDoc:
        """Return the description of a function. `check_described` ensures that it covers all parameters.

        Raises:
            CodegenError: it has none.
        """
        key = function_key(function)
        found = self.functions.get(key)
        if self.is_partial:
            unknown = {parameter.name: _unknown(parameter.name) for parameter in function.parameters}
            known = found or FunctionDoc(_unknown(function.name))
            return FunctionDoc(known.text, MappingProxyType({**unknown, **known.parameters}))
        if found is None:
            raise CodegenError(f"the function {key} has no description", self.file)
        return found

    def action(self, action: csdl.Action) -> str:
        """Return the description of an action, which stands among those of functions.

        Raises:
            CodegenError: it has none.
        """
        found = self.functions.get(function_key(action))
        if found is None and not self.is_partial:
            raise CodegenError(f"the action {function_key(action)} has no description", self.file)
        return _unknown(action.name) if found is None else found.text

    def stream(self, name: str) -> str:
        """Return the description of a stream that has none of its own.

        Raises:
            CodegenError: every stream must have one.
        """
        if self.is_partial:
            return _unknown(name)
        raise CodegenError(f"the stream {name} has no description", self.file)

    def root(self, name: str) -> str:
        """Return the description of an entity set or singleton.

        Raises:
            CodegenError: it has none.
        """
        if name in self.roots:
            return self.roots[name]
        if self.is_partial:
            return _unknown(name)
        raise CodegenError(f"the root {name} has no description", self.file)


def _unknown(name: str) -> str:
    return f"The metadata's `{name}`."


def function_key(function: csdl.Function | csdl.Action) -> str:
    """Return the key of a function in `docs.toml`. Overloads on one type share a description."""
    return f"{function.name.simple} on {function.binding.type}"


class _File(Table, frozen=True):
    default_namespace: str
    client: str
    roots: Mapping[str, str] = EMPTY
    types: Mapping[str, Mapping[str, Any]] = EMPTY
    enums: Mapping[str, str] = EMPTY
    functions: Mapping[str, Mapping[str, Any]] = EMPTY


def read_docs(path: Path, name: str) -> Docs:
    """Read the descriptions.

    Raises:
        CodegenError: the file is invalid, or a description is not a single short line.
    """
    file = convert(read_toml(path, name), _File, name)
    types = {key: convert(body, TypeDoc, f"{name}: types.{key}") for key, body in file.types.items()}
    functions = {key: convert(body, FunctionDoc, f"{name}: functions.{key}") for key, body in file.functions.items()}
    for place, text in _descriptions(file, types, functions):
        _check_line(text, f"{name}: {place}")
    namespace = file.default_namespace
    return Docs(
        file=name,
        client=file.client,
        roots=MappingProxyType(file.roots),
        types=MappingProxyType({qualified(key, namespace): doc for key, doc in types.items()}),
        enums=MappingProxyType({qualified(key, namespace): text for key, text in file.enums.items()}),
        functions=MappingProxyType({_qualified_key(key, namespace): doc for key, doc in functions.items()}),
    )


def _descriptions(
    file: _File, types: Mapping[str, TypeDoc], functions: Mapping[str, FunctionDoc]
) -> Iterator[tuple[str, str]]:
    """Yield the place of each description, and its text."""
    yield "client", file.client
    yield from ((f"roots.{key}", text) for key, text in file.roots.items())
    yield from ((f"enums.{key}", text) for key, text in file.enums.items())
    for key, doc in types.items():
        yield f"types.{key}.one", doc.one
        if doc.many is not None:
            yield f"types.{key}.many", doc.many
        yield from ((f"types.{key}.properties.{name}", text) for name, text in doc.properties.items())
    for key, function in functions.items():
        yield f"functions.{key}.text", function.text
        yield from ((f"functions.{key}.parameters.{name}", text) for name, text in function.parameters.items())


def _qualified_key(key: str, namespace: str) -> str:
    name, _, binding = key.partition(" on ")
    return f"{name} on {qualified_reference(binding, namespace)}" if binding else key


def _check_line(text: str, place: str) -> None:
    if not text.strip() or "\n" in text or len(text) > _LONGEST:
        raise CodegenError(f"a description must be one line of at most {_LONGEST} characters", place)
    if not text.endswith("."):
        raise CodegenError("a description must end with a full stop", place)


def check_docs(docs: Docs, schemas: Iterable[Schema]) -> None:
    """Raise an error if something is described that is not in scope in any version.

    Raises:
        CodegenError: for the first one, with a suggestion.
    """
    known = tuple(schemas)
    types = {name: type_ for schema in known for name, type_ in schema.types.items()}
    functions = {function_key(f) for schema in known for f in schema.functions}
    functions |= {function_key(action) for schema in known for action in schema.actions}
    _check(docs.roots, {root.name for schema in known for root in schema.roots}, f"{docs.file}: roots")
    _check(docs.types, types, f"{docs.file}: types")
    _check(docs.enums, {name for schema in known for name in schema.enums}, f"{docs.file}: enums")
    _check(docs.functions, functions, f"{docs.file}: functions")
    for name, doc in docs.types.items():
        versions = [schema.types[name] for schema in known if name in schema.types]
        properties = {member.name for type_ in versions for member in type_.properties}
        navigations = {member.name for type_ in versions for member in type_.navigations}
        _check(doc.properties, properties | navigations, f"{docs.file}: types.{name}.properties")
    for key, function_doc in docs.functions.items():
        overloads = [f for schema in known for f in schema.functions if function_key(f) == key]
        parameters = {parameter.name for function in overloads for parameter in function.parameters}
        _check(function_doc.parameters, parameters, f"{docs.file}: functions.{key}.parameters")


def check_described(docs: Docs, schemas: Iterable[tuple[Schema, Iterable[QualifiedName]]]) -> None:
    """Raise one error for all types, enumerations, functions, parameters and roots without a description.

    Args:
        docs: the descriptions.
        schemas: what is in scope in each version, with the types that have a class.

    Raises:
        CodegenError: with the table and the key of each.
    """
    lacking: set[str] = set()
    for schema, models in schemas:
        lacking |= {f'[types."{name}"] one' for name in models if name not in docs.types}
        lacking |= {f'[enums] "{name}"' for name in schema.enums if name not in docs.enums}
        lacking |= {key for function in schema.functions for key in _lacking(docs, function)}
        unknown = [function_key(action) for action in schema.actions if function_key(action) not in docs.functions]
        lacking |= {f'[functions."{key}"] text' for key in unknown}
        lacking |= {f"[roots] {root.name}" for root in schema.roots if root.name not in docs.roots}
    if lacking:
        lines = "".join(f'\n  {key} = "…"' for key in sorted(lacking))
        raise CodegenError(
            f"some things in scope have no description; add, each ending with a full stop:{lines}", docs.file
        )


def _lacking(docs: Docs, function: csdl.Function) -> Iterator[str]:
    """Yield the table and key of each missing description of a function."""
    key = function_key(function)
    found = docs.functions.get(key)
    if found is None:
        yield f'[functions."{key}"] text'
    for parameter in function.parameters:
        if found is None or parameter.name not in found.parameters:
            yield f'[functions."{key}"] parameters.{parameter.name}'


def _check(documented: Iterable[str], known: Iterable[str], place: str) -> None:
    names = set(known)
    for name in documented:
        if name not in names:
            raise CodegenError(f"{name} is not in scope{did_you_mean(name, names)}", place)
