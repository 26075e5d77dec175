"""Inspection of everything that a sign-in can read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from graph_meetings.blocking import GraphError, GraphMeetingsClient
from graph_meetings_archive.command.checks.advice import advice_on
from graph_meetings_archive.command.checks.areas import Subject
from graph_meetings_archive.command.checks.findings import find_out
from graph_meetings_archive.command.checks.report import Report, print_json, print_report
from graph_meetings_archive.command.finding.organizers import find_organizer
from graph_meetings_archive.command.output.terminal import is_terminal
from graph_meetings_archive.command.service.client import open_service
from graph_meetings_archive.command.usage.options import Connection, ReportFormat
from graph_meetings_archive.token_facts import TokenFacts, facts_of

if TYPE_CHECKING:
    from graph_meetings.blocking import User

T = TypeVar("T")


def inspect(connection: Connection, organizer: str | None, meeting: str | None, format: ReportFormat | None) -> int:
    """Print the findings and return the exit status: 0 if everything that was tried can be read.

    Raises:
        AuthenticationFailed: there is no token.
    """
    with open_service(connection) as service:
        facts = facts_of(service.credential, service.scope)
        subject = _subject(service.graph, facts, organizer, meeting)
        findings = tuple(find_out(service.graph, facts, subject))
    report = Report(facts, findings, tuple(advice_on(findings, facts, subject.user)))
    is_for_people = format == "table" or (format is None and is_terminal())
    (print_report if is_for_people else print_json)(report)
    return 0 if all(finding.result in {"ok", "not tried", "not for users"} for finding in findings) else 1


def _subject(
    graph: GraphMeetingsClient, facts: TokenFacts | None, organizer: str | None, meeting: str | None
) -> Subject:
    if organizer is None:
        is_user = facts is not None and not facts.is_app
        organizer = "me" if is_user else _unless_refused(lambda: _first_user(graph))
    else:
        organizer = _id_of(graph, organizer)
    if meeting is None and organizer is not None and organizer != "me":
        meeting = _unless_refused(lambda: _a_meeting(graph, organizer))
    return Subject(organizer, meeting)


def _id_of(graph: GraphMeetingsClient, name: str) -> str:
    return _unless_refused(lambda: find_organizer(graph, name).id) or name


def _first_user(graph: GraphMeetingsClient) -> str | None:
    users: list[User] = graph.users.get(top=1, select=["id"]).value
    return users[0].id if users else None


def _a_meeting(graph: GraphMeetingsClient, organizer: str) -> str | None:
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get(top=1).value
    return recordings[0].meeting_id if recordings else None


def _unless_refused(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except GraphError:
        return None  # the areas show what was refused
