"""The properties of new and renewed subscriptions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from graph_meetings.blocking import GraphError, GraphMeetingsClient, Subscription
from graph_meetings_archive.command.finding.meetings import meeting_id
from graph_meetings_archive.command.finding.organizers import ME, find_organizer
from graph_meetings_archive.command.notifications.resources import ResourceWord, longest_life, resource_of
from graph_meetings_archive.command.output.failed_requests import message_of
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.moments import parse_span
from graph_meetings_notifications import CertificateError, Certificates, Resource

_WITHOUT_LIFECYCLE: Final = timedelta(hours=1)
_MARGIN: Final = timedelta(minutes=1)
"""The service refuses times that are too far ahead, and its clock may be slow."""


def resource_for(graph: GraphMeetingsClient, word: ResourceWord, user: str | None, meeting: str | None) -> Resource:
    """Return the resource of a subscription.

    Args:
        graph: the client.
        word: the name of the resource.
        user: the id or user principal name of a user, to subscribe only to theirs.
        meeting: a meeting, to subscribe only to its artifacts: its id, or what `meeting_id` finds it by.

    Raises:
        CommandFailed: there is no such resource, user or meeting.
    """
    if user is None:
        return resource_of(word, None, meeting)
    if user == ME:
        raise CommandFailed("a subscription needs the id of the user", hint="--user ID, or ann@contoso.com")
    whose = find_organizer(graph, user)
    return resource_of(word, whose.id, None if meeting is None else meeting_id(whose, meeting))


def expiration(path: str, life: str | None, *, has_lifecycle: bool = True) -> datetime:
    """Return the expiration of a subscription.

    Args:
        path: of its resource.
        life: its lifetime, as typed; by default the longest that is documented.
        has_lifecycle: whether it has a lifecycle URL, without which it can only live an hour.

    Raises:
        CommandFailed: the longest lifetime is not documented, or the lifetime is not a time span.
    """
    if life is not None:
        return datetime.now(UTC) + parse_span(life, "--life")
    longest = longest_life(path)
    if longest is None:
        raise CommandFailed(f"it is not documented how long a subscription to {path} lives", hint="say it: --life 1h")
    return datetime.now(UTC) - _MARGIN + (longest if has_lifecycle else min(longest, _WITHOUT_LIFECYCLE))


def include_data(new: Subscription, resource: Resource, folder: Path) -> None:
    """Include resource data in notifications, encrypted for the newest certificate in a folder.

    Raises:
        CommandFailed: the folder cannot be used, or the resource has no data.
    """
    if not resource.has_resource_data:
        raise CommandFailed(
            "notifications of call records do not contain them", hint="--client-state-file instead of --certificates"
        )
    try:
        certificate = Certificates.folder(folder).current
    except CertificateError as error:
        raise CommandFailed(f"--certificates: {error}") from None
    new.include_resource_data = True
    new.encryption_certificate = certificate.base64
    new.encryption_certificate_id = certificate.id


def create(graph: GraphMeetingsClient, new: Subscription) -> Subscription:
    """Create a subscription.

    Raises:
        CommandFailed: nothing would prove who sends its notifications, or it is uncertain whether it was created.
        GraphError: the service refused it.
    """
    if not new.client_state and not new.include_resource_data:
        raise CommandFailed(
            "nothing would prove who sends the notifications",
            hint="--certificates FOLDER, or --client-state-file FILE; both may name what does not exist yet",
        )
    try:
        return graph.subscriptions.post(new)
    except GraphError as error:
        if not error.may_have_taken_effect:
            raise
        raise CommandFailed(
            f"{message_of(error)}; the subscription may exist anyway",
            hint="graph-meetings subscriptions list shows whether it is; do not create another one before",
            status=1,
        ) from None
