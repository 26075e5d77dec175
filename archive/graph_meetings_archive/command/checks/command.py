"""The command `graph-meetings check`."""

from typing import Annotated

from cyclopts import Parameter

from graph_meetings_archive.command.usage.options import COMMON, HERE, Connection, ReportFormat


def check(
    *,
    organizer: Annotated[str | None, Parameter(env_var="GRAPH_MEETINGS_ORGANIZER")] = None,
    meeting: str | None = None,
    format: Annotated[ReportFormat | None, Parameter(group=COMMON, show_default=False)] = None,
    connection: Connection = HERE,
) -> int:
    """Say what this sign-in may read, and who has to change what.

    Reads what the token says, sends one cheap request for each area, and explains what was refused: which permission
    is missing, or which policy, and with which steps an administrator can change it. Nothing is changed by it, and
    the token is not shown.

    Args:
        organizer: Id or user principal name of someone whose meetings are to be read; by default any user. `me` for
            the signed-in user.
        meeting: Id of one of the organizer's meetings, by default any that has a recording.
        format: By default a table on a terminal and JSON in a pipe.
    """
    from graph_meetings_archive.command.checks.inspection import inspect  # noqa: PLC0415  --help does not need it

    return inspect(connection, organizer, meeting, format)
