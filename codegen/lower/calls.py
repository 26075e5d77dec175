"""Functions: from those bound to a type to methods of its builder."""

from codegen import csdl, plan
from codegen.csdl import DELTA
from codegen.errors import CodegenError
from codegen.lower.lowering import Lowering, deprecation_note, with_deprecation
from codegen.lower.runtime.imports import RUNTIME, ImportCollector
from codegen.naming import AttributeName, builder_member_name, check_distinct, overload_name, parameter_name


class CallLowering:
    """Makes the methods that call functions.

    Args:
        lowering: what is lowered.
        imports: of the module that has the methods.
    """

    def __init__(self, lowering: Lowering, imports: ImportCollector) -> None:
        self._lowering = lowering
        self._imports = imports

    def call(self, function: csdl.Function) -> plan.Call:
        """Return the method that calls a function.

        Raises:
            CodegenError: a parameter or the result is not supported.
        """
        doc = self._lowering.docs.function(function)
        arguments = tuple(self._argument(function, p, doc.parameters[p.name]) for p in function.parameters)
        check_distinct(((argument.name, argument.wire_name) for argument in arguments), function.place)
        is_delta = function.name.simple == DELTA and function.binding.type.is_collection and not arguments
        if not is_delta:
            self._imports.use(RUNTIME, "function_call")
        made = self._made(function, is_delta=is_delta)
        return plan.Call(
            name=self._name(function),
            made=made,
            wire_name=function.name.simple,
            doc=with_deprecation(doc.text, function.deprecation),
            arguments=arguments,
            is_delta=is_delta,
            deprecated=deprecation_note(function.deprecation),
        )

    def _name(self, function: csdl.Function) -> AttributeName:
        """Return the method's name. Overloads on one type get the names of their parameters."""
        parameters = self._lowering.distinguishing_parameters(function)
        return builder_member_name(overload_name(function.name.simple, parameters))

    def _made(self, function: csdl.Function, *, is_delta: bool) -> plan.MadeBuilder:
        if function.is_composable:
            name = self._lowering.builder_class(function.returns)
            return plan.MadeBuilder(name)
        row = self._lowering.model_class(function.returns.name, self._imports)
        builder = self._imports.use(RUNTIME, "DeltaRequestBuilder" if is_delta else "FunctionRequestBuilder")
        return plan.MadeBuilder(f"{builder}[{row}]", row)

    def _argument(self, function: csdl.Function, parameter: csdl.Parameter, doc: str) -> plan.Argument:
        name = parameter_name(parameter.name)
        types: tuple[str, ...] = (self._type(function, parameter),)
        default = "None" if parameter.is_optional else ""
        value: str = name
        if self._defaults_to_user_in_path(function, parameter):
            default = self._imports.use(RUNTIME, "PATH_USER")
            types = ("str", self._imports.use(RUNTIME, "PathUser"))
            value = f"self._user_or({name})"
        return plan.Argument(
            name=name,
            types=types,
            is_optional=parameter.is_optional,
            default=default,
            doc=f"{name}: {doc}",
            wire_name=parameter.name,
            edm=self._lowering.edm_expression(parameter.type.name, self._imports),
            value=value,
        )

    def _type(self, function: csdl.Function, parameter: csdl.Parameter) -> str:
        if parameter.type.is_collection:
            raise CodegenError(f"{parameter.name}: collection parameters are not supported", function.place)
        type_ = self._lowering.url_type(parameter.type.name, self._imports)
        if type_ is None:
            name = self._lowering.resolve(parameter.type.name)
            raise CodegenError(f"{parameter.name}: parameters of type {name} are not supported", function.place)
        return type_

    def _defaults_to_user_in_path(self, function: csdl.Function, parameter: csdl.Parameter) -> bool:
        asked = (function.name.simple, str(function.binding.type), parameter.name)
        return any(
            (rule.function, rule.binding, rule.parameter) == asked for rule in self._lowering.scope.rules.defaults
        )
