"""The command `graph-meetings organizers`."""

from itertools import islice
from typing import Annotated, Final

from cyclopts import App, Parameter

from graph_meetings_archive.command.finding.organizers import people_from
from graph_meetings_archive.command.output.columns import text
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.service.client import open_client
from graph_meetings_archive.command.usage.options import HERE, PLAIN, Connection, Output
from graph_meetings_archive.command.usage.selection import ANY_TIME, Period, Top
from graph_meetings_archive.tables import Column, ColumnType, Schema

app: Final = App(name="organizers")

_SCHEMA: Final = Schema(
    (
        Column("id", ColumnType.TEXT, "Id of the user."),
        Column("display_name", ColumnType.TEXT, "Name of the user."),
        Column("user_principal_name", ColumnType.TEXT, "Name that the user signs in with."),
        Column("mail", ColumnType.TEXT, "Address of the user."),
    )
)
_COLUMNS: Final = (text("Name", "display_name", width=28), text("Organizer", "user_principal_name", "id"))


@app.command(name="list")
def list_organizers(
    *,
    from_: Annotated[str, Parameter(name="--from")] = "users",
    top: Top = None,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> None:
    """List the people whose meetings can be read.

    Args:
        from_: Where to find them: `users` of the tenant, members of `group:ID`, organizers of `call-records`, or a file
            with an id or user principal name on each line.
    """
    with open_client(connection) as graph:
        rows = people_from(graph, from_, period)
        print_rows(islice(rows, top), _SCHEMA, _COLUMNS, output.format)
