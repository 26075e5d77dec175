"""Save all transcripts of a month as Markdown files, one for each transcript.

    python examples/transcripts_of_month.py 2026-10 --folder transcripts ORGANIZER …
    python examples/transcripts_of_month.py 2026-10 --folder transcripts

The second form asks for everyone in the tenant. Files that exist are left alone, so run it again after an interruption.
The program signs in as examples/recordings.py does.
"""

import argparse
import asyncio
import hashlib
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from graph_meetings import (
    AccessDenied,
    CallTranscript,
    Cue,
    DownloadSummary,
    GraphError,
    GraphMeetingsClient,
    cues_to_markdown,
)
from graph_meetings_archive import organizers_from_users
from recordings import connect


def month(text: str) -> datetime:
    """Return the moment in UTC at which a month begins."""
    return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)


async def save(
    graph: GraphMeetingsClient, organizer: str, begin: datetime, folder: Path
) -> DownloadSummary[CallTranscript]:
    """Save the transcripts of someone's meetings in a month."""
    end = (begin + timedelta(days=31)).replace(day=1)
    meetings = graph.users.by_user_id(organizer).online_meetings
    transcripts = meetings.get_all_transcripts(start_date_time=begin, end_date_time=end).list()
    return await graph.download_many(transcripts, folder, name=file_name, render=partial(markdown, organizer))


def markdown(organizer: str, transcript: CallTranscript, cues: list[Cue]) -> str:
    """Return a transcript as Markdown, with what a search index needs to find its meeting again."""
    facts = {
        "created": f"{transcript.created_date_time:%Y-%m-%dT%H:%M:%SZ}",
        "organizer": organizer,
        "meeting": transcript.meeting_id,
        "transcript": transcript.id,
    }
    head = "".join(f'{name}: "{value}"\n' for name, value in facts.items())
    return f"---\n{head}---\n\n{cues_to_markdown(cues)}"


def file_name(transcript: CallTranscript) -> str:
    """Name a file by the transcript's time and a digest of its id, so that the service does not choose the path."""
    digest = hashlib.sha256(transcript.id.encode()).hexdigest()
    return f"{transcript.created_date_time:%Y-%m-%d %H.%M} {digest[:8]}.md"


async def run(options: argparse.Namespace) -> int:
    """Save the transcripts of all organizers, and return the exit status."""
    options.folder.mkdir(parents=True, exist_ok=True)
    status = 0
    async with connect() as graph:
        for organizer in options.organizers or [user async for user in organizers_from_users(graph)]:
            try:
                summary = await save(graph, organizer, options.month, options.folder)
            except AccessDenied as error:  # no access policy for this one: go on with the others
                print(error, file=sys.stderr)
                status = 1
            else:
                print(f"{organizer}: {summary.downloaded} new")
                for outcome in summary.failed:
                    print(outcome.error, file=sys.stderr)
                    status = 1
    return status


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("month", type=month, help="such as 2026-10")
    parser.add_argument("organizers", nargs="*", help="ids or user principal names; by default everyone")
    parser.add_argument("--folder", type=Path, default=Path("transcripts"), help="where the files go")
    try:
        return asyncio.run(run(parser.parse_args()))
    except GraphError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
