"""Models and enumerations: from the types in scope to classes."""

from collections import defaultdict
from heapq import heappop, heappush
from operator import itemgetter
from typing import Final

from codegen import csdl, plan
from codegen.csdl import QualifiedName, TypeReference
from codegen.errors import CodegenError, did_you_mean
from codegen.lower.lowering import Lowering, deprecation_note, with_deprecation
from codegen.lower.runtime.imports import (
    FIELD_MODULES,
    MODEL_MODULE,
    PROPERTY_TYPES_MODULE,
    RUNTIME,
    ImportCollector,
)
from codegen.lower.runtime.primitive_types import PRIMITIVE_TYPES
from codegen.naming import ClassName, check_distinct, field_name, member_name

STRING_REFERENCE: Final = TypeReference(QualifiedName(csdl.STRING))
_FLAGS: Final = "Several members can be set at once. The value is then their names, separated by commas."


class EnumLowering:
    """Makes the enumeration classes."""

    def __init__(self, lowering: Lowering) -> None:
        self.imports = ImportCollector()
        self._lowering = lowering

    def enums(self) -> tuple[plan.Enum, ...]:
        """Return the classes, sorted by name."""
        enums = [self._enum(enum) for enum in self._lowering.scope.schema.enums.values()]
        if enums:
            self.imports.use(RUNTIME, "OpenEnum")
        return tuple(sorted(enums, key=lambda enum: enum.name))

    def _enum(self, enum: csdl.EnumType) -> plan.Enum:
        members = tuple(plan.EnumMember(member_name(member.name), member.name) for member in enum.members)
        check_distinct(((member.name, f"{enum.name}/{member.value}") for member in members), enum.place)
        doc = self._lowering.docs.enum(enum.name)
        return plan.Enum(self._lowering.classes[enum.name], f"{doc}\n\n{_FLAGS}" if enum.is_flags else doc, members)


class ModelLowering:
    """Makes the model classes."""

    def __init__(self, lowering: Lowering) -> None:
        self.imports = ImportCollector()
        self._lowering = lowering

    def models(self) -> tuple[plan.Model, ...]:
        """Return the classes: bases before derived ones, otherwise sorted by name."""
        derived: defaultdict[QualifiedName | None, list[tuple[str, csdl.StructuredType]]] = defaultdict(list)
        for name, type_ in self._lowering.scope.schema.types.items():
            if name in self._lowering.scope.models:
                derived[type_.base].append((self._lowering.classes[name], type_))
        ordered: list[csdl.StructuredType] = []
        ready = sorted(derived[None], key=itemgetter(0))
        while ready:
            _, type_ = heappop(ready)
            ordered.append(type_)
            for entry in derived[type_.name]:
                heappush(ready, entry)
        return tuple(map(self._model, ordered))

    def _model(self, type_: csdl.StructuredType) -> plan.Model:
        classes = self._lowering.classes
        lineage = self._lowering.scope.schema.lineage(type_.name)
        members = [(field_name(m.name), f"{t.name}/{m.name}") for t in reversed(lineage) for m in self._members(t)]
        check_distinct(members, type_.place)
        doc = self._lowering.docs.type(type_.name)
        declared = (*self._members(type_), *self._inherited_key(type_))
        key = self._key(type_)
        secrets = self._secrets(type_)
        fields = [
            self._field(m, self._doc(type_, m.name), is_key=m.name in key, is_secret=m.name in secrets)
            for m in declared
        ]
        base = self.imports.use(MODEL_MODULE, "Model") if type_.base is None else classes[type_.base]
        return plan.Model(
            name=classes[type_.name],
            base=ClassName(base),
            odata_type=type_.name,
            doc=with_deprecation(doc.one, type_.deprecation),
            deprecated=deprecation_note(type_.deprecation),
            fields=tuple(sorted(fields, key=lambda field: field.name)),
        )

    def _doc(self, type_: csdl.StructuredType, member: str) -> str:
        """Return the description of a member, of its own or a base type."""
        lineage = self._lowering.scope.schema.lineage(type_.name)
        docs = (self._lowering.docs.type(t.name).properties.get(member, "") for t in lineage)
        return next(filter(None, docs), "")

    def _key(self, type_: csdl.StructuredType) -> tuple[str, ...]:
        """Return the properties that every object of a type has as its key: none if the service may leave them out."""
        schema = self._lowering.scope.schema
        left_out = (schema.lineage(name) for name in self._lowering.scope.rules.keys_left_out)
        if any(type_ in lineage for lineage in left_out):
            return ()
        return next((t.key for t in schema.lineage(type_.name) if t.key), ())

    def _secrets(self, type_: csdl.StructuredType) -> tuple[str, ...]:
        """Return the properties of a type whose values are shown nowhere.

        Raises:
            CodegenError: the rules name a property that the type lacks, or that cannot be hidden.
        """
        rules = self._lowering.scope.rules
        names = next((rule.names for rule in rules.secrets if rule.type == type_.name), ())
        texts = {p.name for p in type_.properties if p.type == STRING_REFERENCE and p.deprecation is None}
        for name in names:
            if name not in texts:
                place = f"{rules.file}: versions.{rules.version}.secrets.{type_.name}"
                raise CodegenError(f"it declares no text {name!r} of its own{did_you_mean(name, texts)}", place)
        return names

    def _members(self, type_: csdl.StructuredType) -> tuple[csdl.Property | csdl.NavigationProperty, ...]:
        """Return the properties of a type, except those that lead to types that no response contains."""
        models = self._lowering.scope.models
        return (*type_.properties, *(navigation for navigation in type_.navigations if navigation.type.name in models))

    def _inherited_key(self, type_: csdl.StructuredType) -> tuple[csdl.Property, ...]:
        """Return the inherited properties that become keys only in this type; they are declared again as fields."""
        schema = self._lowering.scope.schema
        own = {property_.name for property_ in type_.properties}
        of_base = () if type_.base is None else self._key(schema.types[type_.base])
        found = (schema.property_of(type_.name, name) for name in self._key(type_) if name not in {*own, *of_base})
        return tuple(property_ for property_ in found if property_ is not None)

    def _field(
        self, member: csdl.Property | csdl.NavigationProperty, doc: str, *, is_key: bool, is_secret: bool
    ) -> plan.Field:
        factory = "CollectionField" if member.type.is_collection else "KeyField" if is_key else "Field"
        factory = "SecretField" if is_secret else factory
        if member.deprecation is not None:
            factory = "DeprecatedCollectionField" if member.type.is_collection else "DeprecatedField"
        return plan.Field(
            name=field_name(member.name),
            factory=ClassName(self.imports.use(FIELD_MODULES[factory], factory)),
            wire_name=member.name,
            type_expression=self._type_expression(member.type, member.place),
            value_type=self._value_type(member.type),
            doc=with_deprecation(doc, member.deprecation),
            deprecated=deprecation_note(member.deprecation),
        )

    def _value_type(self, type_: TypeReference) -> str:
        name = self._lowering.resolve(type_.name)
        one = PRIMITIVE_TYPES[name].python if name.is_primitive else self._lowering.classes[name]
        return f"list[{one}]" if type_.is_collection else one

    def _type_expression(self, type_: TypeReference, place: object) -> str:
        name = self._lowering.resolve(type_.name)
        if name in self._lowering.scope.schema.types:
            return f"{self.imports.use(PROPERTY_TYPES_MODULE, 'Complex')}(lambda: {self._lowering.classes[name]})"
        if name.is_primitive and name not in PRIMITIVE_TYPES:
            raise CodegenError(f"{name} is not supported", place)
        return self._lowering.edm_expression(name, self.imports)
