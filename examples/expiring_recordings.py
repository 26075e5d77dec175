"""List the recordings that expire within two weeks, of some organizers or of everyone in the tenant.

    python examples/expiring_recordings.py
    python examples/expiring_recordings.py ORGANIZER … --within 30 --life 60

The service does not say when a recording expires: it is 120 days after it was made, unless an administrator has decided
otherwise. The program signs in as examples/recordings.py does.
"""

import argparse
import asyncio
import sys
from datetime import UTC, datetime, timedelta

from graph_meetings import AccessDenied, CallRecording, GraphError, GraphMeetingsClient
from graph_meetings_archive import organizers_from_users
from recordings import connect


async def expiring(
    graph: GraphMeetingsClient, organizer: str, life: timedelta, within: timedelta
) -> list[CallRecording]:
    """Return the recordings of someone's meetings that expire soon, the next one first."""
    oldest = datetime.now(UTC) - life
    meetings = graph.users.by_user_id(organizer).online_meetings
    recordings = meetings.get_all_recordings(start_date_time=oldest, end_date_time=oldest + within)
    return sorted([recording async for recording in recordings.list()], key=created)


def created(recording: CallRecording) -> datetime:
    """Return when a recording was made."""
    return recording.created_date_time or datetime.min.replace(tzinfo=UTC)


async def run(options: argparse.Namespace) -> int:
    """Print what expires, and return the exit status."""
    life, within = timedelta(days=options.life), timedelta(days=options.within)
    status = 0
    async with connect() as graph:
        for organizer in options.organizers or [user async for user in organizers_from_users(graph)]:
            try:
                for recording in await expiring(graph, organizer, life, within):
                    print(
                        f"{created(recording) + life:%Y-%m-%d %H:%M} {organizer} {recording.meeting_id} {recording.id}"
                    )
            except AccessDenied as error:  # no access policy for this one: go on with the others
                print(error, file=sys.stderr)
                status = 1
    return status


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("organizers", nargs="*", help="ids or user principal names; by default everyone")
    parser.add_argument("--within", type=int, default=14, help="how many days from now")
    parser.add_argument("--life", type=int, default=120, help="how many days the tenant keeps recordings")
    try:
        return asyncio.run(run(parser.parse_args()))
    except GraphError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
