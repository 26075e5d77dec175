"""Show or download a recording of a meeting, or find the one that belongs to a transcript.

    python examples/meeting_recording.py show ORGANIZER MEETING RECORDING
    python examples/meeting_recording.py download ORGANIZER MEETING RECORDING --file meeting.mp4
    python examples/meeting_recording.py match ORGANIZER MEETING TRANSCRIPT

ORGANIZER is a user's id. The program signs in as examples/recordings.py does.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from graph_meetings import CallRecording, GraphError
from graph_meetings.request_builders import OnlineMeetingItemRequestBuilder
from recordings import connect


async def recordings_of_transcript(meeting: OnlineMeetingItemRequestBuilder, transcript_id: str) -> list[CallRecording]:
    """Find the recordings with the same contentCorrelationId as a transcript."""
    transcript = await meeting.transcripts.by_call_transcript_id(transcript_id).get()
    if transcript.content_correlation_id is None:
        return []
    same = CallRecording.content_correlation_id == transcript.content_correlation_id
    return [recording async for recording in meeting.recordings.list(filter=same)]


def show(recording: CallRecording) -> None:
    """Print what is known about a recording."""
    organizer = recording.meeting_organizer and recording.meeting_organizer.user
    print(f"recording    {recording.id}")
    print(f"made         {recording.created_date_time} to {recording.end_date_time}")
    print(f"organizer    {organizer and organizer.id}")
    print(f"call         {recording.call_id}")
    print(f"correlation  {recording.content_correlation_id}")


async def run(options: argparse.Namespace) -> None:
    """Run a command."""
    async with connect() as graph:
        meeting = graph.users.by_user_id(options.organizer).online_meetings.by_online_meeting_id(options.meeting)
        if options.command == "match":
            for match in await recordings_of_transcript(meeting, options.artifact):
                show(match)
            return
        recording = meeting.recordings.by_call_recording_id(options.artifact)
        show(await recording.get())
        if options.command == "download":
            result = await recording.content.download(options.file)
            print(f"{result.size:,} bytes of {result.content_type} in {result.path}")


def parser() -> argparse.ArgumentParser:
    """Build the command line parser."""
    commands = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands.add_argument("command", choices=["show", "download", "match"])
    commands.add_argument("organizer", help="id of the user who organized the meeting")
    commands.add_argument("meeting", help="id of the meeting")
    commands.add_argument("artifact", help="id of the recording, or of the transcript for `match`")
    commands.add_argument("--file", type=Path, default=Path("meeting.mp4"), help="where to save the recording")
    return commands


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
