"""What the parameters of functions mean: each compares a property of the result, by the documents' own words.

A rule is data about a parameter, so that a function added to the metadata needs a line here and no code.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from graph_meetings_emulator.errors import bad_request
from graph_meetings_emulator.filters import Predicate, compile_filter, required_values
from graph_meetings_emulator.function_call import ArgumentValue
from graph_meetings_emulator.routes import Invoke
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.model import Model


@dataclass(frozen=True, slots=True)
class ParameterRule:
    """The condition that an argument puts on a result.

    Args:
        path: the property compared.
        comparison: OData's comparison operator.
        is_text: whether the argument is a string literal.
        is_needed: whether the service refuses the call unless the argument, or a `$filter` for the same, is there,
            although the metadata calls the parameter optional.
    """

    path: str
    comparison: str
    is_text: bool = False
    is_needed: bool = False

    def condition(self, value: ArgumentValue) -> str:
        """Write the condition as a filter."""
        literal = "'" + str(value).replace("'", "''") + "'" if self.is_text else str(value)
        return f"{self.path} {self.comparison} {literal}"


RULES = {
    "meetingOrganizerUserId": ParameterRule("meetingOrganizer/user/id", "eq", is_text=True, is_needed=True),
    "startDateTime": ParameterRule("createdDateTime", "ge"),
    "endDateTime": ParameterRule("createdDateTime", "le"),
}


def conditions(call: Invoke, filter: str | None) -> list[str]:
    """List the conditions of one call.

    Raises:
        ServiceError: 400 where an argument that the service needs is neither in the call nor in the `$filter`.
    """
    found: list[str] = []
    for parameter in call.function.parameters:
        rule = RULES.get(parameter.name)
        if rule is None:
            continue
        if parameter.name in call.arguments:
            found.append(rule.condition(call.arguments[parameter.name]))
        elif rule.is_needed and rule.path.lower() not in required_values(filter or "true"):
            raise bad_request(f"The parameter '{parameter.name}' of '{call.function.name}' is missing.")
    return found


def predicate(calls: Iterable[Invoke], filter: str | None, model: type[Model]) -> Predicate | None:
    """Combine the conditions of all calls of a path and its `$filter`; `None` lets everything pass."""
    texts = [condition for call in calls for condition in conditions(call, filter)]
    if filter is not None:
        texts.append(filter)
    tests = [compile_filter(text, model) for text in texts]
    if len(tests) < 2:  # noqa: PLR2004  nothing to combine
        return tests[0] if tests else None

    def holds(item: JsonObject) -> bool:
        return all(test(item) for test in tests)

    return holds
