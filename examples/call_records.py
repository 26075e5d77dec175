"""List the call records of a period, of a participant, or of both.

    python examples/call_records.py
    python examples/call_records.py --since 2026-01-15T09:00:00Z --until 2026-01-15T12:00:00Z
    python examples/call_records.py --participant 821809f5-0000-0000-0000-3b5136c0e777

The service keeps call records for 30 days. The app needs the permission CallRecords.Read.All; the program signs in as
examples/recordings.py does.
"""

import argparse
import asyncio
import sys
from datetime import datetime

from graph_meetings import CallRecord, Filter, GraphError, GraphMeetingsClient, Participant, Prefer
from recordings import connect


def condition(since: datetime | None, until: datetime | None, participant: str | None) -> Filter | None:
    """Return the filter for calls that began in a period and that someone took part in; `None` for all calls."""
    conditions: list[Filter] = []
    if since is not None:
        conditions.append(CallRecord.start_date_time >= since)
    if until is not None:
        conditions.append(CallRecord.start_date_time < until)
    if participant is not None:
        conditions.append(CallRecord.participants_v2.any(Participant.id == participant))
    wanted: Filter | None = None
    for one in conditions:
        wanted = one if wanted is None else wanted & one
    return wanted


async def call_records(
    graph: GraphMeetingsClient, wanted: Filter | None, page_size: int | None = None
) -> list[CallRecord]:
    """List call records, including the enum values that the service hides by default."""
    prefer = Prefer(max_page_size=page_size, include_unknown_enum_members=True, omit_values="nulls")
    builder = graph.communications.call_records
    records = builder.list(prefer=prefer) if wanted is None else builder.list(filter=wanted, prefer=prefer)
    return [record async for record in records]


def line(record: CallRecord) -> str:
    """Describe a call in one line."""
    organizer = record.organizer_v2 and record.organizer_v2.identity and record.organizer_v2.identity.user
    name = organizer.display_name if organizer else "someone"
    length = record.end_date_time - record.start_date_time if record.end_date_time and record.start_date_time else "?"
    modalities = ", ".join(record.modalities or [])
    return f"{record.id}  {record.start_date_time}  {length}  {record.type} of {name}: {modalities}"


async def run(options: argparse.Namespace) -> None:
    """Print the call records that the options ask for."""
    async with connect() as graph:
        wanted = condition(options.since, options.until, options.participant)
        records = await call_records(graph, wanted, options.page_size)
        for record in records:
            print(line(record))
        print(f"{len(records)} call records")


def parser() -> argparse.ArgumentParser:
    """Build the command line parser."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--since", type=moment, help="calls that began at this time or later")
    options.add_argument("--until", type=moment, help="calls that began before this time")
    options.add_argument("--participant", help="id of someone who took part")
    options.add_argument("--page-size", type=int, help="records per request, at most 60")
    return options


def moment(text: str) -> datetime:
    """Parse a date and time with its UTC offset, such as 2026-01-15T09:00:00Z.

    Raises:
        ValueError: not a date and time, or without an offset.
    """
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(f"{text} has no offset; append Z for UTC")
    return parsed


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
