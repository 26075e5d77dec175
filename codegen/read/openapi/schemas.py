"""The schemas of an OpenAPI document as CSDL types, with their bases and properties."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codegen.csdl import QualifiedName, TypeReference
from codegen.read.openapi.load import Table

_SCHEMAS = "#/components/schemas/"
_PAGE = "CollectionResponse"
_NUMBERS_AND_TEXTS = "ReferenceNumeric"  # the converter's schema of INF, -INF and NaN
_LONGEST_LINEAGE = 50
_PRIMITIVES: Mapping[tuple[str, str | None], str] = MappingProxyType(
    {
        ("boolean", None): "Edm.Boolean",
        ("number", None): "Edm.Double",
        ("string", None): "Edm.String",
        ("string", "base64url"): "Edm.Binary",
        ("string", "binary"): "Edm.Stream",
        ("string", "byte"): "Edm.Binary",
        ("string", "date"): "Edm.Date",
        ("string", "date-time"): "Edm.DateTimeOffset",
        ("string", "duration"): "Edm.Duration",
        ("string", "time"): "Edm.TimeOfDay",
        ("string", "uuid"): "Edm.Guid",
        **{(kind, "decimal"): "Edm.Decimal" for kind in ("number", "string")},
        **{(kind, "double"): "Edm.Double" for kind in ("number", "string")},
        **{(kind, "float"): "Edm.Single" for kind in ("number", "string")},
        **{(kind, "int16"): "Edm.Int16" for kind in ("integer", "number")},
        **{(kind, "int32"): "Edm.Int32" for kind in ("integer", "number")},
        **{(kind, "int64"): "Edm.Int64" for kind in ("integer", "number", "string")},
        **{(kind, "int8"): "Edm.SByte" for kind in ("integer", "number")},
        **{(kind, "uint8"): "Edm.Byte" for kind in ("integer", "number")},
    }
)


@dataclass(frozen=True, slots=True)
class Use:
    """A schema's use of a type.

    Args:
        type: its name can be a description of the schema instead, which the parser refuses if it is in scope.
        is_nullable: whether the value may be `null`.
        is_numeric_guess: whether the schema is a number without a format, so `Edm.Decimal` or `Edm.Double`.
    """

    type: TypeReference
    is_nullable: bool
    is_numeric_guess: bool = False


@dataclass(frozen=True, slots=True)
class PropertySchema:
    """A property with what its schema says."""

    name: str
    table: Table
    use: Use
    is_navigation: bool


class Schemas:
    """The types in `components/schemas` of a document. The other schemas there describe responses.

    Args:
        document: as read by `load`.

    Attributes:
        tables: the schema of each type.
        default_namespace: the one that paths omit: the outermost, or of several the one with most types.
        derived: the direct subtypes of a type.
    """

    def __init__(self, document: Table) -> None:
        tables = document.table("components").table("schemas")
        self._all = dict(tables.children())
        names = [QualifiedName(name) for name in self._all if "." in name and not name.endswith(_PAGE)]
        self.tables: Mapping[QualifiedName, Table] = MappingProxyType({name: self._all[name] for name in names})
        found = Counter(name.namespace for name in names)
        self.default_namespace = min(found, key=lambda name: (name.count("."), -found[name], name), default="")
        self._properties: dict[QualifiedName, Mapping[str, PropertySchema]] = {}
        derived: defaultdict[QualifiedName, list[QualifiedName]] = defaultdict(list)
        for name in sorted(names):
            base = self.base(name)
            if base is not None:
                derived[base].append(name)
        self.derived = MappingProxyType({base: tuple(found) for base, found in derived.items()})

    def is_enum(self, name: QualifiedName) -> bool:
        """Whether a declared type is an enumeration."""
        return "enum" in self.tables[name].entries

    def is_structured(self, name: QualifiedName) -> bool:
        """Whether a name is that of a declared entity or complex type."""
        return name in self.tables and not self.is_enum(name)

    def base(self, name: QualifiedName) -> QualifiedName | None:
        """Return the base of a type, which its `allOf` refers to."""
        texts = [part.text("$ref") for part in self.tables[name].tables("allOf")]
        references = [text for text in texts if text is not None]
        return QualifiedName(" and ".join(map(_referred, references))) if references else None

    def lineage(self, name: QualifiedName) -> tuple[QualifiedName, ...]:
        """Return a type and its declared bases, the type itself first. The parser refuses cycles."""
        names: list[QualifiedName] = []
        at: QualifiedName | None = name
        while at is not None and at in self.tables and at not in names and len(names) < _LONGEST_LINEAGE:
            names.append(at)
            at = self.base(at)
        return tuple(names)

    def properties(self, name: QualifiedName) -> Mapping[str, PropertySchema]:
        """Return the properties that a type itself declares, without annotations such as `@odata.type`."""
        if name not in self._properties:
            schema = self.tables[name]
            parts = [part.table("properties") for part in (schema, *schema.tables("allOf"))]
            found = {own: table for part in parts for own, table in part.children() if "@" not in own}
            self._properties[name] = MappingProxyType({own: self._property(own, found[own]) for own in found})
        return self._properties[name]

    def member(self, name: QualifiedName, member: str) -> tuple[QualifiedName, PropertySchema] | None:
        """Return a property of a type or of its bases, with the type that declares it."""
        owners = ((owner, self.properties(owner)) for owner in self.lineage(name))
        return next(((owner, own[member]) for owner, own in owners if member in own), None)

    def _property(self, name: str, table: Table) -> PropertySchema:
        return PropertySchema(name, table, self.use(table), table.is_true("x-ms-navigationProperty"))

    def use(self, schema: Table) -> Use:
        """Return the type that a schema uses."""
        is_nullable = schema.is_true("nullable")
        reference = schema.text("$ref")
        if reference is not None:
            return Use(TypeReference(QualifiedName(_referred(reference))), is_nullable)
        choices = [choice for key in ("anyOf", "oneOf", "allOf") for choice in schema.tables(key)]
        if choices:
            return self._choice(schema, choices, is_nullable=is_nullable)
        kinds = [kind for kind in _kinds(schema) if kind != "null"]
        is_nullable |= "null" in _kinds(schema)
        if kinds == ["array"]:
            items = self.use(schema.table("items"))
            name = str(items.type) if items.type.is_collection else items.type.name
            return Use(
                TypeReference(QualifiedName(name), is_collection=True), items.is_nullable, items.is_numeric_guess
            )
        return _primitive(kinds, schema.text("format"), is_nullable=is_nullable)

    def response(self, schema: Table) -> TypeReference:
        """Return the type of a response: of a page's items, of a single value, or of an entity."""
        reference = schema.text("$ref")
        if reference is not None and not reference.endswith(_PAGE):
            return TypeReference(QualifiedName(_referred(reference)))
        page = schema if reference is None else self._all.get(_referred(reference), schema)
        for part in (page, *page.tables("allOf")):
            if "value" in part.table("properties").entries:
                return self.use(part.table("properties").table("value")).type
        return self.use(page).type

    def _choice(self, schema: Table, choices: list[Table], *, is_nullable: bool) -> Use:
        """Return the type of `anyOf` a type and null, `allOf` one type, or `oneOf` a number, a string and `INF`."""
        is_nullable |= any(choice.is_true("nullable") or _kinds(choice) == ("null",) for choice in choices)
        references = [text for choice in choices if (text := choice.text("$ref")) is not None]
        types = [text for text in references if _referred(text) != _NUMBERS_AND_TEXTS]
        if types:
            name = " or ".join(map(_referred, types))
            return Use(TypeReference(QualifiedName(name)), is_nullable)
        number = next((choice for choice in choices if set(_kinds(choice)) & {"integer", "number"}), choices[0])
        kinds = [kind for kind in _kinds(number) if kind != "null"]
        format_ = number.text("format") or schema.text("format")
        return _primitive(kinds, format_, is_nullable=is_nullable)


def _kinds(schema: Table) -> tuple[str, ...]:
    """Return the JSON types of a schema. OpenAPI 3.1 has lists of them."""
    value = schema.entries.get("type")
    return (value,) if isinstance(value, str) else schema.texts("type")


def _primitive(kinds: list[str], format_: str | None, *, is_nullable: bool) -> Use:
    # OpenAPI 3.1 lists the string form of a number beside it.
    kind = next((kind for kind in kinds if kind != "string"), kinds[0] if kinds else "any value")
    name = _PRIMITIVES.get((kind, format_))
    if name is None:
        name = f"{kind} of format {format_}" if format_ else kind
    return Use(TypeReference(QualifiedName(name)), is_nullable, (kind, format_) == ("number", None))


def _referred(reference: str) -> str:
    return reference.removeprefix(_SCHEMAS)
