"""The options of `watch`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from graph_meetings_archive.command.usage.options import HERE, ArchiveFormat, Connection, Flag, WatchedFeed


def watch(
    *feeds: WatchedFeed,
    url: str | None = None,
    listen: str | None = None,
    store: Path | None = None,
    organizer: Annotated[list[str] | None, Parameter(env_var="GRAPH_MEETINGS_ORGANIZER")] = None,
    organizers_from: str = "users",
    every: str = "1h",
    to: Path | None = None,
    format: ArchiveFormat | None = None,
    content: Flag = False,
    ad_hoc_calls: Flag = False,
    connection: Connection = HERE,
) -> int:
    """Print and archive new recordings, transcripts and calls within seconds, until Ctrl-C.

    Subscribes to change notifications, keeps the subscriptions alive, receives the notifications, and asks the service
    for any that were lost. Each recording, transcript and call record is printed on a line: for people on a terminal,
    as JSON in a pipe. What arrives while the command is stopped is printed at the next start.

    Attendance and telephone calls cannot be watched: `export --watch` archives those.

    Args:
        feeds: What to watch. Default: all three.
        url: Where the service reaches this command: the https address of a reverse proxy or a tunnel that leads to
            --listen. It is not needed with --emulator.
        listen: Where this command listens, as host:port. Default: 127.0.0.1:8000.
        store: Folder for certificates, and for what must survive a restart. Default: graph-meetings-watch here, and
            with --emulator one that is removed at the end.
        organizer: Id or user principal name of an organizer; can be repeated. Default: everyone in the tenant.
        organizers_from: Where to look for recordings and transcripts when notifications may have been lost: `users` of
            the tenant, members of `group:ID`, organizers of `call-records`, or a file with an id or user principal name
            on each line.
        every: How often to look for what was not notified.
        to: Folder of an archive to keep up to date; it is created if it does not exist.
        format: Format of the rows in the archive. Default: that of the archive, and sqlite for a new one.
        content: Also archive videos and transcripts.
        ad_hoc_calls: Also watch recordings and transcripts of calls outside meetings.
    """
    from graph_meetings_archive.command.notifications.watching import Watch  # noqa: PLC0415  --help does not need it

    asked = Watch(
        connection=connection,
        feeds=feeds or ("recordings", "transcripts", "call-records"),
        url=url,
        listen=listen,
        store=store,
        organizers=tuple(organizer or ()),
        organizers_from=organizers_from,
        every=every,
        archive=to,
        format=format,
        content=content,
        ad_hoc_calls=ad_hoc_calls,
    )
    return asked.run()
