"""Models and enumerations: from the types in scope to classes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from operator import itemgetter

from codegen import csdl, plan
from codegen.csdl import QualifiedName, TypeReference
from codegen.errors import CodegenError
from codegen.lower.imports import (
    DEPRECATION_MODULE,
    EDM_MODULE,
    FIELD_MODULE,
    MODEL_MODULE,
    PROPERTY_TYPES_MODULE,
    RUNTIME,
    ImportCollector,
)
from codegen.naming import ClassName, check_distinct, class_name, field_name, member_name
from codegen.rules.docs import Docs
from codegen.rules.path_rules import PathRules
from codegen.rules.permissions import Permissions
from codegen.scope.availability import Availability
from codegen.scope.scope import Scope

EDM_CONSTANTS = {
    "Edm.Binary": "BINARY",
    "Edm.Boolean": "BOOLEAN",
    "Edm.Date": "DATE",
    "Edm.DateTimeOffset": "DATE_TIME_OFFSET",
    "Edm.Decimal": "DECIMAL",
    "Edm.Double": "DOUBLE",
    "Edm.Duration": "DURATION",
    "Edm.Guid": "GUID",
    "Edm.Int16": "INT16",
    "Edm.Int32": "INT32",
    "Edm.Int64": "INT64",
    "Edm.Single": "SINGLE",
    "Edm.Stream": "STREAM",
    "Edm.String": "STRING",
    "Edm.TimeOfDay": "TIME_OF_DAY",
}
PYTHON_TYPES = {
    "Edm.Binary": "bytes",
    "Edm.Boolean": "bool",
    "Edm.Date": "date",
    "Edm.DateTimeOffset": "datetime",
    "Edm.Decimal": "Decimal",
    "Edm.Double": "float",
    "Edm.Duration": "timedelta",
    "Edm.Guid": "UUID",
    "Edm.Int16": "int",
    "Edm.Int32": "int",
    "Edm.Int64": "int",
    "Edm.Single": "float",
    "Edm.Stream": "bytes",
    "Edm.String": "str",
    "Edm.TimeOfDay": "time",
}
# Exported beside the models, so no model can have one of these names.
RUNTIME_EXPORTS = (
    "AccessDenied",
    "AuthenticationFailed",
    "BadRequest",
    "Change",
    "Changes",
    "Cloud",
    "CloudAvailabilityWarning",
    "ConnectionFailed",
    "ContentStream",
    "DeltaStore",
    "DeltaStoreError",
    "DeltaTokenExpired",
    "DownloadIncomplete",
    "DownloadOutcome",
    "DownloadResult",
    "DownloadSummary",
    "FeedBusy",
    "FieldError",
    "Filter",
    "GraphError",
    "GraphParseNodeFactory",
    "InTransaction",
    "LinkRefused",
    "MalformedResponse",
    "NotAvailableInCloud",
    "NotFound",
    "OpenEnum",
    "Page",
    "Pager",
    "PaymentRequired",
    "Permissions",
    "Prefer",
    "Progress",
    "QueryParameters",
    "Retry",
    "RetryEvent",
    "ServiceUnavailable",
    "SpeakerAttributionNotAllowed",
    "SyncResult",
    "Throttled",
    "Timeout",
    "TranscriptsDisabled",
    "concurrently",
    "safe_file_name",
    "sync",
)
_FLAGS = "Several can hold at once: the value then is their names with commas between."
_USED_BY_MODULES = (
    "CollectionField",
    "Complex",
    "DeprecatedCollectionField",
    "DeprecatedField",
    "Enumeration",
    "Field",
    "Model",
    "RenamedField",
    "RenamedMember",
)


@dataclass(frozen=True, slots=True)
class Lowering:
    """What every part of lowering needs.

    Args:
        scope: what is offered.
        docs: the descriptions.
        permissions: what a token needs.
        availability: where each request can be made.
        classes: the class name of each type and enumeration in scope.
    """

    scope: Scope
    docs: Docs
    permissions: PathRules[Permissions]
    availability: Mapping[str, Availability]
    classes: dict[QualifiedName, ClassName]

    @property
    def package(self) -> str:
        """Give the dotted name of the package."""
        return self.scope.rules.package

    def resolve(self, name: QualifiedName) -> QualifiedName:
        """Replace a type definition by the type it stands for."""
        definition = self.scope.schema.definitions.get(name)
        return name if definition is None else definition.underlying

    def edm_expression(self, name: QualifiedName, imports: ImportCollector) -> str:
        """Give the expression of a primitive or enumeration type."""
        resolved = self.resolve(name)
        if resolved in self.scope.schema.enums:
            enum = imports.use(f"{self.package}.enums", self.classes[resolved])
            return f"{imports.use(PROPERTY_TYPES_MODULE, 'Enumeration')}({enum})"
        return imports.use(EDM_MODULE, EDM_CONSTANTS[resolved])


def name_classes(scope: Scope) -> dict[QualifiedName, ClassName]:
    """Name the class of every type and enumeration in scope.

    Raises:
        CodegenError: two would have one name; scope.toml's `rename` can tell them apart.
    """
    renamed = {rule.type: rule.class_name for rule in scope.rules.rename}
    names = (*scope.schema.types, *scope.schema.enums)
    classes = {name: class_name(renamed.get(name, name.simple)) for name in names}
    fixed = [(name, "a class of the runtime") for name in (plan.CLIENT_CLASS, *RUNTIME_EXPORTS, *_USED_BY_MODULES)]
    hint = f"{scope.rules.file}: an entry in versions.{scope.rules.version}.rename can tell them apart"
    check_distinct([*fixed, *((python, name) for name, python in classes.items())], hint)
    return classes


def lower_enums(lowering: Lowering) -> tuple[tuple[plan.Enum, ...], ImportCollector]:
    """Make the enumeration classes, sorted by name."""
    imports = ImportCollector()
    enums = [_enum(lowering, enum) for enum in lowering.scope.schema.enums.values()]
    if enums:
        imports.use(RUNTIME, "OpenEnum")
    return tuple(sorted(enums, key=lambda enum: enum.name)), imports


def _enum(lowering: Lowering, enum: csdl.EnumType) -> plan.Enum:
    members = tuple(plan.EnumMember(member_name(member.name), member.name) for member in enum.members)
    check_distinct(((member.name, f"{enum.name}/{member.value}") for member in members), enum.place)
    doc = lowering.docs.enum(enum.name)
    return plan.Enum(lowering.classes[enum.name], f"{doc}\n\n{_FLAGS}" if enum.is_flags else doc, members)


def lower_models(lowering: Lowering) -> tuple[tuple[plan.Model, ...], ImportCollector]:
    """Make the model classes: bases before derived ones, otherwise sorted by name."""
    imports = ImportCollector()
    derived: defaultdict[QualifiedName | None, list[tuple[str, csdl.StructuredType]]] = defaultdict(list)
    for name, type_ in lowering.scope.schema.types.items():
        if name in lowering.scope.models:
            derived[type_.base].append((lowering.classes[name], type_))
    ordered: list[csdl.StructuredType] = []
    ready = sorted(derived[None], key=itemgetter(0))
    while ready:
        _, type_ = heappop(ready)
        ordered.append(type_)
        for entry in derived[type_.name]:
            heappush(ready, entry)
    return tuple(_model(lowering, type_, imports) for type_ in ordered), imports


def _model(lowering: Lowering, type_: csdl.StructuredType, imports: ImportCollector) -> plan.Model:
    lineage = lowering.scope.schema.lineage(type_.name)
    members = [(field_name(m.name), f"{t.name}/{m.name}") for t in reversed(lineage) for m in _members(t)]
    check_distinct(members, type_.place)
    doc = lowering.docs.type(type_.name)
    fields = [_field(lowering, member, doc.properties.get(member.name, ""), imports) for member in _members(type_)]
    base = imports.use(MODEL_MODULE, "Model") if type_.base is None else lowering.classes[type_.base]
    return plan.Model(
        name=lowering.classes[type_.name],
        base=ClassName(base),
        odata_type=type_.name,
        doc=with_deprecation(doc.one, type_.deprecation),
        deprecated=deprecation_note(type_.deprecation),
        fields=tuple(sorted(fields, key=lambda field: field.name)),
    )


def _members(type_: csdl.StructuredType) -> tuple[csdl.Property | csdl.NavigationProperty, ...]:
    return (*type_.properties, *type_.navigations)


def _field(
    lowering: Lowering, member: csdl.Property | csdl.NavigationProperty, doc: str, imports: ImportCollector
) -> plan.Field:
    factory = "CollectionField" if member.type.is_collection else "Field"
    if member.deprecation is None:
        imports.use(FIELD_MODULE, factory)
    else:
        factory = imports.use(DEPRECATION_MODULE, f"Deprecated{factory}")
    return plan.Field(
        name=field_name(member.name),
        factory=ClassName(factory),
        wire_name=member.name,
        type_expression=_type_expression(lowering, member.type, member.place, imports),
        value_type=_value_type(lowering, member.type),
        doc=with_deprecation(doc, member.deprecation),
        deprecated=deprecation_note(member.deprecation),
    )


def _value_type(lowering: Lowering, type_: TypeReference) -> str:
    name = lowering.resolve(type_.name)
    one = PYTHON_TYPES[name] if name.is_primitive else lowering.classes[name]
    return f"list[{one}]" if type_.is_collection else one


def _type_expression(lowering: Lowering, type_: TypeReference, place: object, imports: ImportCollector) -> str:
    name = lowering.resolve(type_.name)
    if name in lowering.scope.schema.types:
        return f"{imports.use(PROPERTY_TYPES_MODULE, 'Complex')}(lambda: {lowering.classes[name]})"
    if name.is_primitive and name not in EDM_CONSTANTS:
        raise CodegenError(f"{name} is not supported", place)
    return lowering.edm_expression(name, imports)


def with_deprecation(doc: str, deprecation: csdl.Deprecation | None) -> str:
    """Add to a description that the thing is deprecated, as a paragraph of its own."""
    return "\n\n".join(filter(None, (doc, deprecation_note(deprecation))))


def deprecation_note(deprecation: csdl.Deprecation | None) -> str:
    """Say that a thing is deprecated; nothing where it is not."""
    if deprecation is None:
        return ""
    since = f" since {deprecation.date}" if deprecation.date else ""
    until = f", to be removed on {deprecation.removal_date}" if deprecation.removal_date else ""
    return f"Deprecated{since}{until}."
