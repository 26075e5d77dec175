"""Print all sessions of a call with their segments: who was connected to whom, and how well.

    python examples/call_sessions.py CALL_RECORD

The app needs the permission CallRecords.Read.All; the program signs in as examples/recordings.py does.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

from graph_meetings import CallRecord, Endpoint, GraphError, ParticipantEndpoint, Segment, Session
from graph_meetings.request_builders import CallRecordItemRequestBuilder
from recordings import connect


async def sessions_of(call: CallRecordItemRequestBuilder) -> AsyncIterator[Session]:
    """Iterate over all sessions of a call, each with its segments.

    The first 60 come with the record. The others are fetched one page at a time, and need `expand` again.
    """
    record = await call.get(expand=[CallRecord.sessions.expand(Session.segments)])
    async for session in call.expanded(record, CallRecord.sessions, expand=[Session.segments]):
        yield session


def name(endpoint: Endpoint | None) -> str:
    """Return a name for one end of a session: a person, a machine, or the service."""
    match endpoint:
        case ParticipantEndpoint(associated_identity=identity) if identity is not None:
            return f"{identity.display_name or identity.id}"
        case ParticipantEndpoint(name=str(machine)):
            return machine
        case Endpoint(user_agent=agent) if agent is not None:
            return f"{agent.header_value}"
        case _:
            return "the service"


def longest_jitter(segment: Segment) -> timedelta | None:
    """Return the longest jitter of all streams of a segment, or `None` if none was measured."""
    streams = [stream for media in segment.media or [] for stream in media.streams or []]
    return max((stream.max_jitter for stream in streams if stream.max_jitter is not None), default=None)


async def run(options: argparse.Namespace) -> None:
    """Print the sessions of a call."""
    async with connect() as graph:
        count = 0
        async for session in sessions_of(graph.communications.call_records.by_call_record_id(options.call_record)):
            count += 1
            print(f"{session.start_date_time}  {name(session.caller)} and {name(session.callee)}")
            for segment in session.segments or []:
                failure = f", failed: {segment.failure_info.reason}" if segment.failure_info else ""
                print(f"  until {segment.end_date_time}, jitter at most {longest_jitter(segment)}{failure}")
        print(f"{count} sessions")


def parser() -> argparse.ArgumentParser:
    """Build the command line parser."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("call_record", help="id of the call record")
    return options


def main() -> int:
    """Run the command line and return its exit status."""
    try:
        asyncio.run(run(parser().parse_args()))
    except GraphError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
