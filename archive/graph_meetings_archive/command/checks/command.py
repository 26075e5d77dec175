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
    """Show what this sign-in can read, and who has to change what.

    Decodes the token, sends one cheap request for each area, and explains what was refused: the missing permission or
    policy, and the steps for an administrator. It changes nothing and does not show the token.

    Args:
        organizer: Id or user principal name of someone whose meetings are to be read; by default any user. `me` for
            the signed-in user.
        meeting: Id of one of the organizer's meetings, by default any that has a recording.
        format: Output format. Default: a table on a terminal, JSON in a pipe.
    """
    from graph_meetings_archive.command.checks.inspection import inspect  # noqa: PLC0415  --help does not need it

    return inspect(connection, organizer, meeting, format)
