"""Findings about each area, from the token and from the service."""

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

from graph_meetings.blocking import AccessDenied, GraphError, GraphMeetingsClient, NotFound, TranscriptsDisabled
from graph_meetings_archive.command.checks.areas import Subject, areas_of
from graph_meetings_archive.command.output.failed_requests import message_of
from graph_meetings_archive.token_facts import TokenFacts

Result: TypeAlias = Literal["ok", "no permission", "no access policy", "not for users", "failed", "not tried"]


class Finding(Struct, frozen=True):
    """A finding about an area.

    Args:
        area: its name.
        permission: the least privileged permission for it; `None` if there is none for this kind of sign-in.
        is_granted: whether the token has it, or one that includes it; `None` if the token is not readable.
        result: the response of the service, or why there was no request.
        reason: the message of the service, or what to do to make the request possible.
    """

    area: str
    permission: str | None
    is_granted: bool | None
    result: Result
    reason: str | None = None


def find_out(graph: GraphMeetingsClient, facts: TokenFacts | None, subject: Subject) -> Iterator[Finding]:
    """Send a request for each area, and yield the findings."""
    for area in areas_of(graph, subject):
        is_app = not subject.is_me if facts is None else facts.is_app
        names = area.permissions.application if is_app else area.permissions.delegated
        granted = None if facts is None else not facts.permissions.isdisjoint(names)
        permission = names[0] if names else None
        if permission is None:
            yield Finding(area.name, None, granted, "not for users", "only an app can read this")
        elif area.ask is None:
            yield Finding(area.name, permission, granted, "not tried", area.missing)
        else:
            has_policy = is_app and area.permissions.needs_access_policy
            result, reason = _result(area.ask, granted=granted, may_lack_policy=has_policy)
            yield Finding(area.name, permission, granted, result, reason)


def _result(ask: Callable[[], object], *, granted: bool | None, may_lack_policy: bool) -> tuple[Result, str | None]:
    try:
        ask()
    except NotFound:
        pass  # a missing permission is reported first
    except TranscriptsDisabled as error:
        return "failed", error.hint
    except AccessDenied as error:
        return _cause(granted=granted, may_lack_policy=may_lack_policy), message_of(error)
    except GraphError as error:
        return "failed", message_of(error)
    return "ok", None


def _cause(*, granted: bool | None, may_lack_policy: bool) -> Result:
    if granted is False:
        return "no permission"
    # If the permission is there, only the policy can be missing: nothing else protects these requests.
    return "no access policy" if may_lack_policy else "failed" if granted else "no permission"
