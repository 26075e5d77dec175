"""Lists what OpenAPI does not say about things in scope, what is assumed instead, and where to correct it."""

from collections.abc import Iterator
from dataclasses import dataclass

from codegen import csdl
from codegen.csdl import Schema
from codegen.read.openapi.nodes import BINARY, BINDING, CONTAINER, KEY
from codegen.read.openapi.paths import Call
from codegen.read.openapi.read import OpenApiDocument

_ELEMENT = "its element in the extract"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A fact of CSDL that OpenAPI does not have.

    Args:
        thing: what it is about.
        fact: in CSDL's words.
        assumed: the value in the extract.
        statement: where to set the right one.
    """

    thing: str
    fact: str
    assumed: str
    statement: str

    def __str__(self) -> str:
        return f"{self.thing}: {self.fact} unknown, assumed {self.assumed}; set by {self.statement}"


def assumptions_of(document: OpenApiDocument, schema: Schema) -> tuple[Assumption, ...]:
    """Return the facts that OpenAPI lacks about what is in scope.

    Those that affect the client come first, one by one, then those that only the extract shows, by kind.
    """
    functions = [fact for function in schema.functions for fact in _of_function(document, schema, function)]
    types = [fact for type_ in schema.types.values() for fact in _of_type(document, schema, type_)]
    return (*functions, *types, *_of_all(schema))


def _of_function(document: OpenApiDocument, schema: Schema, function: csdl.Function) -> Iterator[Assumption]:
    names = tuple(parameter.name for parameter in function.parameters)
    call = document.paths.calls[function.name, function.binding.type, names]
    thing = f"{function.name} on {function.binding.type}"
    for parameter in call.parameters:
        if not parameter.is_alias:
            fact = f"whether {parameter.name} may be left out"
            yield Assumption(thing, fact, "required", "its annotation OptionalParameter in the extract")
    if not call.is_composed:
        yield Assumption(thing, "what may follow it (IsComposable, ChangeTracking)", *_following(call))
    if function.returns.name in schema.types and schema.types[function.returns.name].is_entity:
        yield Assumption(thing, "EntitySetPath", "none", "that attribute in the extract")


def _following(call: Call) -> tuple[str, str]:
    if call.is_asked_for:
        return "what scope.toml asks for", "the requests in scope.toml"
    return "nothing", "a request in scope.toml that continues after it"


def _of_type(document: OpenApiDocument, schema: Schema, type_: csdl.StructuredType) -> Iterator[Assumption]:
    own = document.schemas.properties(type_.name)
    statement = "its Type in the extract"
    for property_ in type_.properties:
        thing = f"{type_.name}/{property_.name}"
        if own[property_.name].use.is_numeric_guess:
            yield Assumption(thing, "Edm.Decimal or Edm.Double", "Edm.Double", statement)
        if property_.type.name == BINARY and own[property_.name].table.text("format") == "base64url":
            yield Assumption(thing, "Edm.Stream or Edm.Binary", BINARY, statement)
    for navigation in type_.navigations:
        if not own[navigation.name].is_navigation:
            thing = f"{type_.name}/{navigation.name}"
            yield Assumption(thing, "whether it is a NavigationProperty", "one, as paths go through it", _ELEMENT)
        if own[navigation.name].table.text("$ref") is not None:
            thing = f"{type_.name}/{navigation.name}"
            yield Assumption(thing, "its deprecation (Revisions)", "none", "that annotation in the extract")
    is_value = any(p.type.name == type_.name for other in schema.types.values() for p in other.properties)
    if not type_.is_entity and not is_value and any(f.returns.name == type_.name for f in schema.functions):
        yield Assumption(type_.name, "EntityType or ComplexType", "ComplexType", "its element in the extract")


def _of_all(schema: Schema) -> Iterator[Assumption]:
    types = schema.types.values()
    keys = [type_.name for type_ in types if type_.key]
    links = [link for type_ in types for link in type_.navigations]
    values = [p for type_ in types for p in type_.properties if p.type.is_collection and p.type.name in schema.types]
    where = "the attributes in the extract"
    yield Assumption(f"all {len(types)} structured types", "Abstract and OpenType", "neither", where)
    if keys:
        yield Assumption(" and ".join(keys), "Key", f"the property {KEY}", "the element in the extract")
    if links:
        assumed = "contained if no path has /$ref, tracked if one has /delta()"
        yield Assumption(f"all {len(links)} navigation properties", "ContainsTarget and ChangeTracking", assumed, where)
    if values:
        yield Assumption(f"all {len(values)} collections of complex values", "Nullable", "nullable", where)
    if schema.enums:
        yield Assumption(f"all {len(schema.enums)} enumerations", "Value of the members", "their order", where)
    if schema.functions:
        yield Assumption(f"all {len(schema.functions)} functions", "the binding parameter's name", BINDING, where)
    yield Assumption(schema.container.namespace, "the EntityContainer's name", CONTAINER, where)
