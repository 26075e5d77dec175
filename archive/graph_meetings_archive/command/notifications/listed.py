"""Listing subscriptions, and finding them by listed ids."""

from collections.abc import Iterable, Sequence
from typing import Final

from graph_meetings.blocking import GraphMeetingsClient, Subscription
from graph_meetings_archive.command.notifications.resources import described
from graph_meetings_archive.command.output.columns import Row, handle, handle_of, moment, text
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.options import Output
from graph_meetings_archive.tables import Column, ColumnType, Schema

_SCHEMA: Final = Schema(
    (
        Column("id", ColumnType.TEXT, "Id of the subscription."),
        Column("resource", ColumnType.TEXT, "What it is to."),
        Column("change_type", ColumnType.TEXT, "What is notified: `created`, `updated`."),
        Column("expiration_date_time", ColumnType.MOMENT, "When it ends unless it is renewed."),
        Column("notification_url", ColumnType.TEXT, "Where notifications are sent."),
        Column("lifecycle_notification_url", ColumnType.TEXT, "Where its own events are sent."),
        Column("include_resource_data", ColumnType.BOOLEAN, "Whether notifications contain what was created."),
        Column("encryption_certificate_id", ColumnType.TEXT, "Name of the certificate that they are encrypted for."),
        Column("application_id", ColumnType.TEXT, "The app that created it."),
        Column("creator_id", ColumnType.TEXT, "The user or service principal that created it."),
    )
)
_COLUMNS: Final = (
    moment("Ends", "expiration_date_time"),
    handle("Subscription", "id"),
    text("Notifies of", "described"),
)


def print_subscriptions(subscriptions: Iterable[Subscription], output: Output) -> None:
    """Print a row for each subscription."""
    print_rows(map(_row, subscriptions), _SCHEMA, _COLUMNS, output.format)


def chosen(graph: GraphMeetingsClient, names: Sequence[str]) -> list[Subscription]:
    """Return the subscriptions with the given ids or handles.

    Raises:
        CommandFailed: there is none with one of the ids.
    """
    known = {name: each for each in graph.subscriptions.list() for name in (each.id, handle_of(each.id))}
    missing = [name for name in names if name not in known]
    if missing:
        raise CommandFailed(
            f"this app has no subscription {missing[0]}",
            hint="subscriptions list shows those that it has; that one may have ended",
            status=1,
        )
    return list({known[name].id: known[name] for name in names}.values())


def _row(subscription: Subscription) -> Row:
    values = {name: getattr(subscription, name) for name in _SCHEMA.names}
    return {**values, "described": described(subscription.resource or "")}
