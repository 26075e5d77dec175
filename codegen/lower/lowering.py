"""The input of lowering, which all of its steps share."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codegen import csdl, plan
from codegen.csdl import QualifiedName, TypeReference
from codegen.lower.runtime.exports import RUNTIME_EXPORTS, USED_BY_MODULES
from codegen.lower.runtime.imports import PROPERTY_TYPES_MODULE, RUNTIME, ImportCollector
from codegen.lower.runtime.primitive_types import PRIMITIVE_TYPES
from codegen.naming import ClassName, check_distinct, class_name, collection_builder_name, item_builder_name
from codegen.rules.docs import Docs, function_key
from codegen.rules.path_rules import PathRules
from codegen.rules.permissions import Permissions
from codegen.rules.query_options import QueryOptions
from codegen.scope.availability import Availability
from codegen.scope.scope import Scope


@dataclass(frozen=True, slots=True)
class Lowering:
    """What is lowered, and the rules that decide how.

    Args:
        scope: what is offered.
        docs: the descriptions.
        permissions: what a token needs.
        options: the query options that the documents list.
        availability: the clouds that lack each request.
        classes: the class name of each type and enumeration in scope.
    """

    scope: Scope
    docs: Docs
    permissions: PathRules[Permissions]
    options: PathRules[QueryOptions]
    availability: Mapping[str, Availability]
    classes: Mapping[QualifiedName, ClassName]

    @property
    def package(self) -> str:
        """The dotted name of the package."""
        return self.scope.rules.package

    def resolve(self, name: QualifiedName) -> QualifiedName:
        """Replace a type definition by the type it stands for."""
        definition = self.scope.schema.definitions.get(name)
        return name if definition is None else definition.underlying

    def url_type(self, name: QualifiedName, imports: ImportCollector) -> str | None:
        """Return the Python type of a value in a URL, imported; `None` if URLs cannot have values of the type."""
        resolved = self.resolve(name)
        if resolved in self.scope.schema.enums:
            return self.enum_class(resolved, imports)
        if resolved == "Edm.DateTimeOffset":
            return imports.use(RUNTIME, "DateTimeParameter")
        primitive = PRIMITIVE_TYPES.get(resolved)
        if primitive is None or not primitive.is_in_urls:
            return None
        return imports.annotate(primitive.module, primitive.python) if primitive.module else primitive.python

    def edm_expression(self, name: QualifiedName, imports: ImportCollector) -> str:
        """Return the expression of a primitive or enumeration type."""
        resolved = self.resolve(name)
        if resolved in self.scope.schema.enums:
            return f"{imports.use(PROPERTY_TYPES_MODULE, 'Enumeration')}({self.enum_class(resolved, imports)})"
        primitive = PRIMITIVE_TYPES[resolved]
        return imports.use(primitive.constant_module, primitive.constant)

    def enum_class(self, name: QualifiedName, imports: ImportCollector) -> ClassName:
        """Return the class of an enumeration, imported."""
        return ClassName(imports.use(f"{self.package}.enums", self.classes[name]))

    def model_class(self, name: QualifiedName, imports: ImportCollector) -> ClassName:
        """Return the class of a structured type, imported."""
        return ClassName(imports.use(f"{self.package}.models", self.classes[name]))

    def builder_class(self, target: TypeReference) -> ClassName:
        """Return the name of the builder of one or many of a type."""
        model = self.classes[target.name]
        return collection_builder_name(model) if target.is_collection else item_builder_name(model)

    def overloads(self, function: csdl.Function) -> tuple[csdl.Function, ...]:
        """Return the functions in scope with a function's name and binding type, itself included."""
        return tuple(f for f in self.scope.schema.functions if function_key(f) == function_key(function))

    def distinguishing_parameters(self, function: csdl.Function) -> tuple[str, ...]:
        """Return the parameters that distinguish a function from its overloads; none if it has no overloads.

        These are the parameters that requests pass, so that a new optional parameter does not change the name.
        """
        if len(self.overloads(function)) == 1:
            return ()
        steps = [step for request in self.scope.requests for step in request.steps if step.via == function]
        given = {name for step in steps for name in step.arguments}
        return tuple(parameter.name for parameter in function.parameters if parameter.name in given)


def name_classes(scope: Scope) -> Mapping[QualifiedName, ClassName]:
    """Return the class name of every type and enumeration in scope.

    Raises:
        CodegenError: two would have the same name; `rename` in scope.toml can rename one.
    """
    renamed = {rule.type: rule.class_name for rule in scope.rules.rename}
    names = (*scope.schema.types, *scope.schema.enums)
    classes = {name: class_name(renamed.get(name, name.simple)) for name in names}
    fixed = [(name, "a class of the runtime") for name in (plan.CLIENT_CLASS, *RUNTIME_EXPORTS, *USED_BY_MODULES)]
    hint = f"{scope.rules.file}: an entry in versions.{scope.rules.version}.rename can rename one"
    check_distinct([*fixed, *((python, name) for name, python in classes.items())], hint)
    return MappingProxyType(classes)


def with_deprecation(doc: str, deprecation: csdl.Deprecation | None) -> str:
    """Return a description, with a paragraph that says so if the thing is deprecated."""
    return "\n\n".join(filter(None, (doc, deprecation_note(deprecation))))


def deprecation_note(deprecation: csdl.Deprecation | None) -> str:
    """Return the sentence that says that a thing is deprecated, empty if it is not."""
    if deprecation is None:
        return ""
    since = f" since {deprecation.date}" if deprecation.date else ""
    until = f", to be removed on {deprecation.removal_date}" if deprecation.removal_date else ""
    return f"Deprecated{since}{until}."
