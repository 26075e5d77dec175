"""What functions and their parameters mean: as documented, each parameter compares a property of the result.

Rules are data, so that a function added to the metadata needs a line here and no code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from graph_meetings_emulator.answers.routes import Invoke
from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.http.errors import bad_request, not_acceptable
from graph_meetings_emulator.odata.filters import Predicate, compile_filter, required_values
from graph_meetings_emulator.odata.function_call import ArgumentValue
from graph_meetings_emulator.odata.timestamps import parse_timestamp
from graph_meetings_runtime.models.model import Model


@dataclass(frozen=True, slots=True)
class ParameterRule:
    """The condition that an argument imposes on the results.

    Args:
        path: the property to compare.
        comparison: the OData comparison operator.
        is_text: whether the argument is a string literal.
        is_required: whether the service refuses calls that have neither the argument nor an equivalent `$filter`,
            although the metadata calls the parameter optional.
    """

    path: str
    comparison: str
    is_text: bool = False
    is_required: bool = False

    def condition(self, value: ArgumentValue) -> str:
        """Return the condition as a filter expression."""
        literal = "'" + str(value).replace("'", "''") + "'" if self.is_text else str(value)
        return f"{self.path} {self.comparison} {literal}"


@dataclass(frozen=True, slots=True)
class FunctionRule:
    """How a function is answered.

    Args:
        parameters: what each parameter means.
        longest_range: the longest time range that the service accepts.
        range_of: the parameters for the start and the end of the range.
        links_by_skip: whether nextLinks are the same request with `$skip`.
        is_subset: whether it returns some of the collection that it is bound to.
        roles: by `role` argument, the filter for what a `{user}` has that role in: the one of the `userId` argument,
            else the signed-in one.
    """

    parameters: Mapping[str, ParameterRule] = field(default_factory=dict[str, ParameterRule])
    longest_range: timedelta | None = None
    range_of: tuple[str, str] = ("fromDateTime", "toDateTime")
    links_by_skip: bool = False
    is_subset: bool = False
    roles: Mapping[str, str] = field(default_factory=dict[str, str])


_NO_RULE = FunctionRule()


def _artifact_rule() -> FunctionRule:
    """Return the rule of a function that lists the artifacts of a user's meetings or calls."""
    return FunctionRule(
        {
            "meetingOrganizerUserId": ParameterRule("meetingOrganizer/user/id", "eq", is_text=True, is_required=True),
            # For ad hoc calls. The page calls it required, and shows a request without it.
            "userId": ParameterRule("meetingOrganizer/user/id", "eq", is_text=True),
            "startDateTime": ParameterRule("createdDateTime", "ge"),
            "endDateTime": ParameterRule("createdDateTime", "le"),
        }
    )


def _log_rule(time: str | None, last: str = "le", *, days: int | None = None) -> FunctionRule:
    """Return the rule of a function that lists the rows of a log.

    Args:
        time: the property with the time of a row; `None` if rows have none.
        last: how it compares with the end of the range.
        days: the longest range.
    """
    ends = {"fromDateTime": "ge", "toDateTime": last}
    return FunctionRule(
        {name: ParameterRule(time, comparison) for name, comparison in ends.items()} if time else {},
        longest_range=None if days is None else timedelta(days=days),
        links_by_skip=True,
    )


def _role_rule() -> FunctionRule:
    """Return the rule of a function that lists the virtual events in which a user has a role."""
    return FunctionRule(
        is_subset=True,
        roles={
            "organizer": "createdBy/user/id eq {user}",
            "coOrganizer": "coOrganizers/any(one:one/id eq {user})",
        },
    )


RULES = {
    "getAllRecordings": _artifact_rule(),
    "getAllTranscripts": _artifact_rule(),
    "getPstnCalls": _log_rule("startDateTime", days=90),
    "getDirectRoutingCalls": _log_rule("startDateTime", "lt"),
    "getSmsLog": _log_rule("sentDateTime"),
    "getPstnBlockedUsersLog": _log_rule("blockDateTime"),
    # Its rows are totals over the range.
    "getPstnOnlineMeetingDialoutReport": _log_rule(None),
    "getByUserIdAndRole": _role_rule(),
    "getByUserRole": _role_rule(),
}


def rule_for(calls: tuple[Invoke, ...]) -> FunctionRule:
    """Return the rule of the function whose result a path lists."""
    return RULES.get(calls[0].function.name, _NO_RULE) if calls else _NO_RULE


def conditions(call: Invoke, filter: str | None, signed_in: str) -> list[str]:
    """Return the conditions that a call imposes.

    Args:
        call: the call.
        filter: the `$filter` of the request.
        signed_in: the id of the signed-in user.

    Raises:
        ServiceError: 400 if a required argument is neither in the call nor in the `$filter`, or if there is no such
            role; 406 if the time range is too long.
    """
    rule = RULES.get(call.function.name, _NO_RULE)
    _check_range(call, rule)
    found = [_role_condition(call, rule.roles, signed_in)] if rule.roles else []
    for parameter in call.function.parameters:
        meaning = rule.parameters.get(parameter.name)
        if meaning is None:
            continue
        if parameter.name in call.arguments:
            found.append(meaning.condition(call.arguments[parameter.name]))
        elif meaning.is_required and meaning.path.lower() not in required_values(filter or "true"):
            raise bad_request(f"The parameter '{parameter.name}' of '{call.function.name}' is missing.")
    return found


def _role_condition(call: Invoke, roles: Mapping[str, str], signed_in: str) -> str:
    condition = roles.get(str(call.arguments["role"]))
    if condition is None:
        raise bad_request(f"The role must be one of {', '.join(roles)}.")
    user = str(call.arguments.get("userId", signed_in))
    return condition.format(user="'" + user.replace("'", "''") + "'")


def _check_range(call: Invoke, rule: FunctionRule) -> None:
    if rule.longest_range is None:
        return
    start, stop = (parse_timestamp(str(call.arguments[name])) for name in rule.range_of)
    if stop - start > rule.longest_range // timedelta(microseconds=1) * 10**6:
        raise not_acceptable(f"The range of time must not be longer than {rule.longest_range.days} days.")


def predicate(
    calls: Sequence[Invoke], filter: str | None, model: type[Model], *others: Predicate | None, signed_in: str = ""
) -> Predicate | None:
    """Return the combined conditions of the calls in a path, its `$filter`, and others; `None` if there are none."""
    texts = [condition for call in calls for condition in conditions(call, filter, signed_in)] if calls else []
    if filter is not None:
        texts.append(filter)
    tests = [compile_filter(text, model) for text in texts] + [other for other in others if other is not None]
    if len(tests) < 2:  # noqa: PLR2004  nothing to combine
        return tests[0] if tests else None

    def holds(entity: Entity) -> bool:
        return all(test(entity) for test in tests)

    return holds
