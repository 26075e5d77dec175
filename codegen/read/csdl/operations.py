"""Parses bound functions and actions, on request."""

import re

from codegen import csdl
from codegen.csdl import QualifiedName, TypeReference
from codegen.errors import CodegenError
from codegen.read.csdl.annotations import Annotations
from codegen.read.csdl.document import Document, Element
from codegen.read.csdl.elements import Elements, children
from codegen.read.csdl.grammar import check, is_simple_identifier


class OperationParser:
    """Parses the functions and actions of a document that are bound to a type."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._elements = Elements(document)
        self._annotations = Annotations(document)

    def functions(self, simple_name: str, binding: TypeReference) -> tuple[csdl.Function, ...]:
        """Parse the overloads of a function bound to a type, in any namespace."""
        found: list[csdl.Function] = []
        for name, overloads in self._document.functions.items():
            if name.simple == simple_name:
                found += [self._function(name, e) for e in overloads if self._binding(e) == binding]
        return tuple(found)

    def function_names(self, binding: TypeReference) -> list[str]:
        """Return the names of the functions bound to a type, for suggestions."""
        overloads = self._document.functions.items()
        return [name.simple for name, elements in overloads if any(self._binding(e) == binding for e in elements)]

    def actions(self, simple_name: str, binding: TypeReference) -> tuple[csdl.Action, ...]:
        """Parse the overloads of an action bound to a type, in any namespace.

        Raises:
            CodegenError: one has parameters or a result, which is not supported.
        """
        found: list[csdl.Action] = []
        for name, overloads in self._document.actions.items():
            if name.simple == simple_name:
                found += [self._action(name, e) for e in overloads if self._binding(e) == binding]
        return tuple(found)

    def _function(self, name: QualifiedName, element: Element) -> csdl.Function:
        self._elements.check_declaration(name, element)
        parameters = [self._parameter(e) for e in children(element, "Parameter")]
        returns = [self._elements.reference(e, e.get("Type") or "") for e in children(element, "ReturnType")]
        if len(returns) != 1:
            raise CodegenError(f"the function {name} must have one ReturnType", self._document.place(element))
        target = f"{name}({','.join(str(p.type) for p in parameters)})"
        return csdl.Function(
            name=name,
            is_composable=self._elements.flag(element, "IsComposable"),
            entity_set_path=self._entity_set_path(element),
            binding=parameters[0],
            parameters=tuple(parameters[1:]),
            returns=returns[0],
            is_change_tracked=self._annotations.is_change_tracked(element, target),
            deprecation=self._annotations.deprecation(element, target),
            place=self._document.place(element),
        )

    def _action(self, name: QualifiedName, element: Element) -> csdl.Action:
        self._elements.check_declaration(name, element)
        binding, *parameters = [self._parameter(e) for e in children(element, "Parameter")]
        place = self._document.place(element)
        if parameters or any(True for _ in children(element, "ReturnType")):
            raise CodegenError(f"the action {name} has parameters or a result, which is not supported", place)
        if binding.type.is_collection:
            raise CodegenError(f"the action {name} is bound to a collection, which is not supported", place)
        deprecation = self._annotations.deprecation(element, f"{name}({binding.type})")
        return csdl.Action(name, binding, deprecation, place)

    def _parameter(self, element: Element) -> csdl.Parameter:
        reference = self._elements.reference(check(self._document, element), element.get("Type") or "")
        return csdl.Parameter(self._elements.name(element), reference, self._annotations.is_optional(element))

    def _binding(self, element: Element) -> TypeReference | None:
        first = next(iter(children(element, "Parameter")), None)
        if element.get("IsBound") != "true" or first is None:
            return None
        text = first.get("Type") or ""
        is_collection = text.startswith("Collection(")
        name = text.removeprefix("Collection(").removesuffix(")") if is_collection else text
        return TypeReference(self._document.resolve(name), is_collection)

    def _entity_set_path(self, element: Element) -> str | None:
        path = element.get("EntitySetPath")
        if path is not None and not all(map(is_simple_identifier, re.split("[./]", path))):
            raise CodegenError(f"EntitySetPath {path!r} is not a path of names", self._document.place(element))
        return path
