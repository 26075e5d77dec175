"""What OpenAPI does not say of the things in scope: the fact, what was taken for it, and how the extract states it."""

from collections.abc import Iterator
from dataclasses import dataclass

from codegen import csdl
from codegen.csdl import Schema
from codegen.read.openapi.nodes import BINARY, BINDING, CONTAINER, KEY
from codegen.read.openapi.paths import Call
from codegen.read.openapi.read import OpenApiDocument


@dataclass(frozen=True, slots=True)
class LostFact:
    """A fact of CSDL that OpenAPI does not have.

    Args:
        thing: what it is about.
        fact: in CSDL's words.
        taken: what stands in the extract instead.
        statement: where the fact can be stated.
    """

    thing: str
    fact: str
    taken: str
    statement: str

    def __str__(self) -> str:
        return f"{self.thing}: {self.fact} unknown, assumed {self.taken}; set by {self.statement}"


def lost_facts(document: OpenApiDocument, schema: Schema) -> tuple[LostFact, ...]:
    """Say what OpenAPI has lost of what is in scope.

    First comes, thing by thing, what decides about the client; then, kind by kind, what only the extract shows.
    """
    functions = [fact for function in schema.functions for fact in _of_function(document, schema, function)]
    types = [fact for type_ in schema.types.values() for fact in _of_type(document, schema, type_)]
    return (*functions, *types, *_of_all(schema))


def _of_function(document: OpenApiDocument, schema: Schema, function: csdl.Function) -> Iterator[LostFact]:
    names = tuple(parameter.name for parameter in function.parameters)
    call = document.paths.calls[function.name, function.binding.type, names]
    thing = f"{function.name} on {function.binding.type}"
    for parameter in call.parameters:
        if not parameter.is_alias:
            fact = f"whether {parameter.name} may be left out"
            yield LostFact(thing, fact, "required", "its annotation OptionalParameter in the extract")
    if not call.is_composed:
        yield LostFact(thing, "what may follow it (IsComposable, ChangeTracking)", *_following(call))
    if function.returns.name in schema.types and schema.types[function.returns.name].is_entity:
        yield LostFact(thing, "EntitySetPath", "none", "that attribute in the extract")


def _following(call: Call) -> tuple[str, str]:
    if call.is_asked_for:
        return "what scope.toml asks for", "the requests in scope.toml"
    return "nothing", "a request in scope.toml that continues after it"


def _of_type(document: OpenApiDocument, schema: Schema, type_: csdl.StructuredType) -> Iterator[LostFact]:
    own = document.schemas.properties(type_.name)
    statement = "its Type in the extract"
    for property_ in type_.properties:
        thing = f"{type_.name}/{property_.name}"
        if own[property_.name].use.is_numeric_guess:
            yield LostFact(thing, "Edm.Decimal or Edm.Double", "Edm.Double", statement)
        if property_.type.name == BINARY and own[property_.name].table.text("format") == "base64url":
            yield LostFact(thing, "Edm.Stream or Edm.Binary", BINARY, statement)
    is_value = any(p.type.name == type_.name for other in schema.types.values() for p in other.properties)
    if not type_.is_entity and not is_value and any(f.returns.name == type_.name for f in schema.functions):
        yield LostFact(type_.name, "EntityType or ComplexType", "ComplexType", "its element in the extract")


def _of_all(schema: Schema) -> Iterator[LostFact]:
    types = schema.types.values()
    keys = [type_.name for type_ in types if type_.key]
    links = [link for type_ in types for link in type_.navigations]
    values = [p for type_ in types for p in type_.properties if p.type.is_collection and p.type.name in schema.types]
    where = "the attributes in the extract"
    yield LostFact(f"all {len(types)} structured types", "Abstract and OpenType", "neither", where)
    if keys:
        yield LostFact(" and ".join(keys), "Key", f"the property {KEY}", "the element in the extract")
    if links:
        taken = "contained if no path has /$ref, tracked if one has /delta()"
        yield LostFact(f"all {len(links)} navigation properties", "ContainsTarget and ChangeTracking", taken, where)
    if values:
        yield LostFact(f"all {len(values)} collections of complex values", "Nullable", "nullable", where)
    if schema.enums:
        yield LostFact(f"all {len(schema.enums)} enumerations", "Value of the members", "their order", where)
    if schema.functions:
        yield LostFact(f"all {len(schema.functions)} functions", "the binding parameter's name", BINDING, where)
    yield LostFact(schema.container.namespace, "the EntityContainer's name", CONTAINER, where)
