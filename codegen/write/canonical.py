"""Writes what is in scope as canonical CSDL: only facts, sorted, so that the same facts give the same bytes."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager

from lxml import etree
from lxml.sax import ElementTreeContentHandler

from codegen import csdl
from codegen.csdl import QualifiedName, Schema
from codegen.read.csdl.annotations import CHANGE_TRACKING, DEPRECATED, OPTIONAL_PARAMETER, REVISIONS
from codegen.read.csdl.document import EDM, EDMX

_EDM = EDM.strip("{}")
_EDMX = EDMX.strip("{}")


def canonical(schema: Schema) -> str:
    """Return a schema as CSDL."""
    return _Writer().document(schema)


class _Writer:
    def __init__(self) -> None:
        self._handler = ElementTreeContentHandler()

    def document(self, schema: Schema) -> str:
        with (
            self._namespace(_EDMX, "edmx"),
            self._element("Edmx", uri=_EDMX, Version="4.0"),
            self._element("DataServices", uri=_EDMX),
        ):
            for namespace in _namespaces(schema):
                self._schema(schema, namespace)
        tree = self._handler.etree
        etree.indent(tree)
        return f"{etree.tostring(tree, encoding='utf-8', xml_declaration=True).decode()}\n"

    @contextmanager
    def _namespace(self, uri: str, prefix: str | None) -> Generator[None]:
        """Declare a prefix, or the default namespace, on the next element."""
        self._handler.startPrefixMapping(prefix, uri)
        yield
        self._handler.endPrefixMapping(prefix)

    @contextmanager
    def _element(self, name: str, uri: str = _EDM, **attributes: str | bool | None) -> Generator[None]:
        """Write an element around what a block writes. An attribute that is `None` or false is left out."""
        present = {(None, key): "true" if value is True else str(value) for key, value in attributes.items() if value}
        self._handler.startElementNS((uri, name), name, present)
        yield
        self._handler.endElementNS((uri, name), name)

    def _empty(self, name: str, **attributes: str | bool | None) -> None:
        with self._element(name, uri=_EDM, **attributes):
            pass

    def _schema(self, schema: Schema, namespace: str) -> None:
        def ours(names: Iterable[QualifiedName]) -> list[QualifiedName]:
            return sorted(name for name in names if name.namespace == namespace)

        with self._namespace(_EDM, None), self._element("Schema", Namespace=namespace):
            for name in ours(schema.definitions):
                underlying = schema.definitions[name].underlying
                self._empty("TypeDefinition", Name=name.simple, UnderlyingType=underlying)
            for name in ours(schema.enums):
                self._enum(schema.enums[name])
            for is_entity in (False, True):
                for name in ours(schema.types):
                    if schema.types[name].is_entity == is_entity:
                        self._structured(schema.types[name])
            self._operations(schema, namespace)
            if schema.container.namespace == namespace:
                self._container(schema)

    def _operations(self, schema: Schema, namespace: str) -> None:
        for function in schema.functions:
            if function.name.namespace == namespace:
                self._function(function)
        for action in schema.actions:
            if action.name.namespace == namespace:
                self._action(action)

    def _enum(self, enum: csdl.EnumType) -> None:
        with self._element("EnumType", Name=enum.name.simple, IsFlags=enum.is_flags):
            for member in enum.members:
                self._empty("Member", Name=member.name, Value=member.value)

    def _structured(self, type_: csdl.StructuredType) -> None:
        with self._element(
            "EntityType" if type_.is_entity else "ComplexType",
            Name=type_.name.simple,
            BaseType=type_.base,
            Abstract=type_.is_abstract,
            OpenType=type_.is_open,
        ):
            if type_.key:
                with self._element("Key"):
                    for name in type_.key:
                        self._empty("PropertyRef", Name=name)
            for property_ in type_.properties:
                self._property(property_)
            for navigation in type_.navigations:
                self._navigation(navigation)
            self._deprecation(type_.deprecation)

    def _property(self, property_: csdl.Property) -> None:
        nullable = None if property_.is_nullable else "false"
        with self._element("Property", Name=property_.name, Type=str(property_.type), Nullable=nullable):
            self._deprecation(property_.deprecation)

    def _navigation(self, navigation: csdl.NavigationProperty) -> None:
        with self._element(
            "NavigationProperty",
            Name=navigation.name,
            Type=str(navigation.type),
            ContainsTarget=navigation.contains_target,
        ):
            self._change_tracking(is_tracked=navigation.is_change_tracked)
            self._deprecation(navigation.deprecation)

    def _function(self, function: csdl.Function) -> None:
        with self._element(
            "Function",
            Name=function.name.simple,
            IsBound=True,
            IsComposable=function.is_composable,
            EntitySetPath=function.entity_set_path,
        ):
            for parameter in (function.binding, *function.parameters):
                with self._element("Parameter", Name=parameter.name, Type=str(parameter.type)):
                    if parameter.is_optional:
                        self._empty("Annotation", Term=OPTIONAL_PARAMETER)
            self._empty("ReturnType", Type=str(function.returns))
            self._change_tracking(is_tracked=function.is_change_tracked)
            self._deprecation(function.deprecation)

    def _action(self, action: csdl.Action) -> None:
        with self._element("Action", Name=action.name.simple, IsBound=True):
            self._empty("Parameter", Name=action.binding.name, Type=str(action.binding.type))
            self._deprecation(action.deprecation)

    def _container(self, schema: Schema) -> None:
        with self._element("EntityContainer", Name=schema.container.simple):
            for root in schema.roots:
                name, attribute = ("EntitySet", "EntityType") if root.type.is_collection else ("Singleton", "Type")
                with self._element(name, Name=root.name, **{attribute: root.type.name}):
                    self._change_tracking(is_tracked=root.is_change_tracked)

    def _change_tracking(self, *, is_tracked: bool) -> None:
        if is_tracked:
            with self._element("Annotation", Term=CHANGE_TRACKING), self._element("Record"):
                self._empty("PropertyValue", Property="Supported", Bool=True)

    def _deprecation(self, deprecation: csdl.Deprecation | None) -> None:
        if deprecation is None:
            return
        with self._element("Annotation", Term=REVISIONS), self._element("Collection"), self._element("Record"):
            if deprecation.date:
                self._empty("PropertyValue", Property="Date", Date=deprecation.date)
            self._empty("PropertyValue", Property="Kind", EnumMember=DEPRECATED)
            if deprecation.removal_date:
                self._empty("PropertyValue", Property="RemovalDate", Date=deprecation.removal_date)
            if deprecation.version:
                self._empty("PropertyValue", Property="Version", String=deprecation.version)


def _namespaces(schema: Schema) -> list[str]:
    names = [*schema.types, *schema.enums, *schema.definitions, *(f.name for f in schema.functions)]
    names += [*(action.name for action in schema.actions), schema.container]
    return sorted({name.namespace for name in names})
