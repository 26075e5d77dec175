"""Makes every name in the generated code, the way Kiota does, so that users of msgraph-sdk recognise it."""

import keyword
import re
import unicodedata
from collections.abc import Iterable

from codegen.errors import CodegenError


class ClassName(str):
    """Name of a class."""

    __slots__ = ()


class AttributeName(str):
    """Name of a field, method, property, parameter or enumeration member."""

    __slots__ = ()


class ConstantName(str):
    """Name of a constant of a module."""

    __slots__ = ()


class ModuleName(str):
    """Dotted name of a module."""

    __slots__ = ()


# Names that the runtime's classes use. A name of the service that clashes gets a trailing underscore.
_MODEL_API = frozenset(
    {
        "additional_data",
        "create_from_discriminator_value",
        "from_json",
        "from_raw",
        "from_raw_list",
        "get",
        "get_field_deserializers",
        "items",
        "keys",
        "odata_type",
        "raw",
        "serialize",
        "to_dict",
        "to_json",
        "values",
    }
)
# Builders have a request's verbs and options, and their bodies use a few builtins.
_BUILDER_API = frozenset(
    {
        "bool",
        "bytes",
        "changes",
        "content_of",
        "date",
        "deprecated",
        "download",
        "expanded",
        "find",
        "float",
        "function_call",
        "get",
        "int",
        "list",
        "media_type",
        "model",
        "path_parameters",
        "path_template",
        "permissions",
        "property",
        "renamed",
        "request_adapter",
        "self",
        "str",
        "stream",
        "time",
        "timedelta",
        "to_get_request_information",
        "url_template",
        "with_url",
    }
)
_CLIENT_API = _BUILDER_API | {"api_version", "close", "download_many", "meeting_of", "operations"}
_ENUM_API = frozenset({"RenamedMember", "is_known", "mro", "name", "value"})


def attribute_name(name: str) -> AttributeName:
    """Return a name that is a Python identifier, and not a keyword.

    Raises:
        CodegenError: there is no such name.
    """
    return AttributeName(_safe(name, frozenset()))


def column_name(wire_name: str) -> AttributeName:
    """Return the name of a property's column, with acronyms as words: `relay_ip_address`."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+", wire_name)
    return attribute_name("_".join(words).lower())


def snake_case(name: str) -> str:
    """Convert to snake case, with an underscore before every capital but the first: `relay_i_p_address`."""
    return name[:1].lower() + re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name[1:])


def field_name(wire_name: str) -> AttributeName:
    """Return the name of a property's field."""
    return AttributeName(_safe(snake_case(wire_name), _MODEL_API))


def builder_member_name(wire_name: str) -> AttributeName:
    """Return the name of a builder's member that leads to the next builder."""
    return AttributeName(_safe(snake_case(wire_name), _BUILDER_API))


def cast_member_name(type_name: str) -> AttributeName:
    """Return the name of a builder's member that casts to a type: `microsoft.graph.user` → `graph_user`."""
    namespace, _, name = type_name.rpartition(".")
    return builder_member_name("_".join(map(snake_case, (namespace.rpartition(".")[2], name))))


def client_member_name(wire_name: str) -> AttributeName:
    """Return the name of the client's member that leads to a builder."""
    return AttributeName(_safe(snake_case(wire_name), _CLIENT_API))


def parameter_name(wire_name: str) -> AttributeName:
    """Return the name of a method's parameter."""
    return AttributeName(_safe(snake_case(wire_name), _BUILDER_API))


def member_name(wire_name: str) -> AttributeName:
    """Return the name of an enumeration's member, with its first letter capitalised."""
    return AttributeName(_safe(wire_name[:1].upper() + wire_name[1:], _ENUM_API))


def class_name(simple_name: str) -> ClassName:
    """Return the name of a type's class."""
    return ClassName(_safe(simple_name[:1].upper() + simple_name[1:], frozenset()))


def collection_builder_name(model: ClassName) -> ClassName:
    """Return the name of the builder of a collection of entities."""
    return ClassName(f"{plural(model)}RequestBuilder")


def item_builder_name(model: ClassName) -> ClassName:
    """Return the name of the builder of one entity."""
    return ClassName(f"{model}ItemRequestBuilder")


def by_key_name(model: ClassName) -> tuple[AttributeName, AttributeName]:
    """Return the names of the method that takes an entity's key, and of its parameter."""
    key = f"{snake_case(model)}_id"
    return AttributeName(f"by_{key}"), AttributeName(key)


def overload_name(function: str, parameters: Iterable[str]) -> str:
    """Return a name for one of several overloads, in the service's casing: `bornWithSinceAndMood`."""
    words = "And".join(name[:1].upper() + name[1:] for name in parameters)
    return f"{function}With{words}" if words else function


def constant_name(*words: str) -> ConstantName:
    """Return the name of a module's constant."""
    return ConstantName(_safe("_".join(snake_case(word) for word in words).upper(), frozenset()))


def plural(name: str) -> str:
    """Return a name with its last word in the English plural."""
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return f"{name}es" if re.search(r"(s|x|z|ch|sh)$", name) else f"{name}s"


def check_distinct(names: Iterable[tuple[str, object]], place: object) -> None:
    """Raise an error if two things have the same name.

    Args:
        names: each Python name, and what it names.
        place: where they come from.
    """
    seen: dict[str, object] = {}
    for name, meaning in names:
        if name in seen:
            raise CodegenError(f"{seen[name]} and {meaning} would both be named {name}", place)
        seen[name] = meaning


def import_order(name: str) -> tuple[object, ...]:
    """Return the sort key that ruff uses for imports: constants, classes, the rest; digits as numbers; case last."""
    return _kind(name), _natural(name.lower()), _natural(name)


def export_order(name: str) -> tuple[object, ...]:
    """Return the sort key that ruff uses for `__all__`, which differs in case only."""
    return _kind(name), _natural(name)


def _kind(name: str) -> int:
    return 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def _safe(name: str, taken: frozenset[str]) -> str:
    bare = name.lstrip("_")
    if not bare.isidentifier() or unicodedata.normalize("NFKC", bare) != bare:
        raise CodegenError(f"cannot make a Python name from {name!r}")
    is_taken = bare in taken or bare != name or keyword.iskeyword(bare)
    return f"{bare}_" if is_taken else bare
