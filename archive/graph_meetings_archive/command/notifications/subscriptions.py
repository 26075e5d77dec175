"""The command `graph-meetings subscriptions`."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from cyclopts import App, Parameter

from graph_meetings.blocking import GraphError, Subscription
from graph_meetings_archive.command.lists.problems import Problems
from graph_meetings_archive.command.notifications.client_state import client_state_in
from graph_meetings_archive.command.notifications.listed import chosen, print_subscriptions
from graph_meetings_archive.command.notifications.new_subscription import create, expiration, include_data, resource_for
from graph_meetings_archive.command.notifications.resources import ResourceWord
from graph_meetings_archive.command.service.client import open_client
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.options import HERE, PLAIN, Connection, Output
from graph_meetings_archive.command.usage.selection import Top

app: Final = App(name="subscriptions")

Life: TypeAlias = Annotated[
    str | None, Parameter(help="Lifetime, such as 12h. Default: the longest that is documented.")
]


@app.command(name="list")
def list_subscriptions(*, top: Top = None, output: Output = PLAIN, connection: Connection = HERE) -> None:
    """List the subscriptions of this app.

    A table shows short forms of ids, which the other commands take, too. Other formats have all fields and whole ids.
    """
    with open_client(connection) as graph:
        print_subscriptions(islice(graph.subscriptions.list(), top), output)


@app.command(name="create")
def create_subscription(
    resource: ResourceWord,
    *,
    url: str,
    lifecycle_url: str | None = None,
    user: str | None = None,
    meeting: str | None = None,
    certificates: Path | None = None,
    client_state_file: Path | None = None,
    life: Life = None,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> None:
    """Create a subscription. Its endpoint must be running: the service calls it at once.

    A certificate or a client state must prove to the endpoint who sent a notification.

    Args:
        resource: What to be notified of.
        url: The endpoint: https, or the secret of an event hub.
        lifecycle_url: Where the service sends what happens to the subscription; by default to the endpoint.
        user: Only of this user: an id or a user principal name. By default of the whole tenant.
        meeting: Only of this meeting: its id; with --user also its join URL.
        certificates: Folder with the certificates and keys of the endpoint. The newest one is used, and one is made if
            there is none. Notifications then contain what was created, encrypted.
        client_state_file: File with the text that each notification repeats; it is made if it does not exist.
    """
    with open_client(connection) as graph:
        what = resource_for(graph, resource, user, meeting)
        new = Subscription(
            resource=what.path,
            change_type=",".join(what.change_types),
            notification_url=url,
            lifecycle_notification_url=lifecycle_url or url,
            expiration_date_time=expiration(what.path, life),
        )
        if client_state_file is not None:
            new.client_state = client_state_in(client_state_file)
        if certificates is not None:
            include_data(new, what, certificates)
        print_subscriptions([create(graph, new)], output)


@app.command(name="renew")
def renew_subscriptions(*ids: str, life: Life = None, output: Output = PLAIN, connection: Connection = HERE) -> int:
    """Renew the given subscriptions, or all. The service calls their endpoints again.

    Args:
        ids: Subscription ids, full or as a table shows them. Default: all.
    """
    problems = Problems()
    with open_client(connection) as graph:
        found = chosen(graph, ids) if ids else graph.subscriptions.list()
        # All before the first: a wrong option changes nothing.
        ends = {
            each.id: expiration(each.resource or "", life, has_lifecycle=bool(each.lifecycle_notification_url))
            for each in found
        }

        def renewed() -> Iterator[Subscription]:
            for id_, end in ends.items():
                try:
                    yield graph.subscriptions.by_subscription_id(id_).patch(Subscription(expiration_date_time=end))
                except GraphError as error:
                    problems.add(id_, error)

        print_subscriptions(renewed(), output)
    return problems.report()


@app.command(name="delete")
def delete_subscriptions(*ids: str, output: Output = PLAIN, connection: Connection = HERE) -> int:
    """Delete subscriptions, and print those that were deleted. There are no further notifications.

    Args:
        ids: Subscription ids, full or as a table shows them.
    """
    if not ids:
        raise CommandFailed("no subscription to delete", hint="graph-meetings subscriptions list shows their ids")
    problems = Problems()
    with open_client(connection) as graph:

        def deleted() -> Iterator[Subscription]:
            for each in chosen(graph, ids):
                try:
                    graph.subscriptions.by_subscription_id(each.id).delete()
                    yield each
                except GraphError as error:
                    problems.add(each.id, error)

        print_subscriptions(deleted(), output)
    return problems.report()
