"""Writes what is in scope as canonical CSDL: facts only, sorted, in one form for the same facts."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from codegen import csdl
from codegen.csdl import QualifiedName, Schema
from codegen.read.csdl.annotations import CHANGE_TRACKING, DEPRECATED, OPTIONAL_PARAMETER, REVISIONS


def canonical(schema: Schema) -> str:
    """Write a schema as CSDL."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">',
        "  <edmx:DataServices>",
        *(line for namespace in _namespaces(schema) for line in _indented(_schema(schema, namespace), 2)),
        "  </edmx:DataServices>",
        "</edmx:Edmx>",
    ]
    return "\n".join(lines) + "\n"


def _namespaces(schema: Schema) -> list[str]:
    names = [*schema.types, *schema.enums, *schema.definitions, *(f.name for f in schema.functions), schema.container]
    return sorted({name.namespace for name in names})


def _schema(schema: Schema, namespace: str) -> Iterator[str]:
    def ours(names: Iterable[QualifiedName]) -> list[QualifiedName]:
        return sorted(name for name in names if name.namespace == namespace)

    yield f'<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace={quoteattr(namespace)}>'
    for name in ours(schema.definitions):
        definition = schema.definitions[name]
        yield f"  {_tag('TypeDefinition', Name=name.simple, UnderlyingType=definition.underlying)}"
    for name in ours(schema.enums):
        yield from _indented(_enum(schema.enums[name]), 1)
    for is_entity in (False, True):
        for name in ours(schema.types):
            if schema.types[name].is_entity == is_entity:
                yield from _indented(_structured(schema.types[name]), 1)
    for function in schema.functions:
        if function.name.namespace == namespace:
            yield from _indented(_function(function), 1)
    if schema.container.namespace == namespace:
        yield from _indented(_container(schema), 1)
    yield "</Schema>"


def _enum(enum: csdl.EnumType) -> Iterator[str]:
    members = [_tag("Member", Name=member.name, Value=member.value) for member in enum.members]
    return _element("EnumType", members, Name=enum.name.simple, IsFlags=enum.is_flags)


def _structured(type_: csdl.StructuredType) -> Iterator[str]:
    references = [_tag("PropertyRef", Name=name) for name in type_.key]
    children = list(_element("Key", references)) if references else []
    for property_ in type_.properties:
        children += _element(
            "Property",
            _annotations(deprecation=property_.deprecation),
            Name=property_.name,
            Type=str(property_.type),
            Nullable=None if property_.is_nullable else "false",
        )
    for navigation in type_.navigations:
        children += _element(
            "NavigationProperty",
            _annotations(is_change_tracked=navigation.is_change_tracked, deprecation=navigation.deprecation),
            Name=navigation.name,
            Type=str(navigation.type),
            ContainsTarget=navigation.contains_target,
        )
    return _element(
        "EntityType" if type_.is_entity else "ComplexType",
        [*children, *_annotations(deprecation=type_.deprecation)],
        Name=type_.name.simple,
        BaseType=type_.base,
        Abstract=type_.is_abstract,
        OpenType=type_.is_open,
    )


def _function(function: csdl.Function) -> Iterator[str]:
    children: list[str] = []
    for parameter in (function.binding, *function.parameters):
        optional = [_tag("Annotation", Term=OPTIONAL_PARAMETER)] if parameter.is_optional else []
        children += _element("Parameter", optional, Name=parameter.name, Type=str(parameter.type))
    children.append(_tag("ReturnType", Type=str(function.returns)))
    children += _annotations(is_change_tracked=function.is_change_tracked, deprecation=function.deprecation)
    return _element(
        "Function",
        children,
        Name=function.name.simple,
        IsBound=True,
        IsComposable=function.is_composable,
        EntitySetPath=function.entity_set_path,
    )


def _container(schema: Schema) -> Iterator[str]:
    children: list[str] = []
    for root in schema.roots:
        tag, attribute = ("EntitySet", "EntityType") if root.type.is_collection else ("Singleton", "Type")
        tracked = _annotations(is_change_tracked=root.is_change_tracked)
        children += _element(tag, tracked, Name=root.name, **{attribute: root.type.name})
    return _element("EntityContainer", children, Name=schema.container.simple)


def _annotations(*, is_change_tracked: bool = False, deprecation: csdl.Deprecation | None = None) -> list[str]:
    lines: list[str] = []
    if is_change_tracked:
        supported = _tag("PropertyValue", Property="Supported", Bool="true")
        lines += _element("Annotation", list(_element("Record", [supported])), Term=CHANGE_TRACKING)
    if deprecation is not None:
        facts = [
            _tag("PropertyValue", Property="Date", Date=deprecation.date) if deprecation.date else "",
            _tag("PropertyValue", Property="Kind", EnumMember=DEPRECATED),
            _tag("PropertyValue", Property="RemovalDate", Date=deprecation.removal_date)
            if deprecation.removal_date
            else "",
            _tag("PropertyValue", Property="Version", String=deprecation.version) if deprecation.version else "",
        ]
        record = list(_element("Record", [fact for fact in facts if fact]))
        lines += _element("Annotation", list(_element("Collection", record)), Term=REVISIONS)
    return lines


def _element(name: str, children: Iterable[str], **attributes: str | bool | None) -> Iterator[str]:
    lines = list(children)
    if not lines:
        yield _tag(name, **attributes)
        return
    yield _tag(name, **attributes).removesuffix(" />") + ">"
    yield from _indented(lines, 1)
    yield f"</{name}>"


def _tag(name: str, **attributes: str | bool | None) -> str:
    """Write an empty element; an attribute that is `None` or false is left out."""
    present = {key: "true" if value is True else value for key, value in attributes.items() if value}
    return " ".join([f"<{name}", *(f"{key}={quoteattr(str(value))}" for key, value in present.items()), "/>"])


def _indented(lines: Iterable[str], levels: int) -> Iterator[str]:
    return ("  " * levels + line for line in lines)
