"""What a user does first; prints as JSON what came of it."""

import asyncio
import importlib.metadata
import json
import tempfile
from pathlib import Path

import graph_meetings
from graph_meetings import CallRecording, GraphMeetingsClient
from graph_meetings_emulator import Dataset, Emulator


async def main() -> None:
    with (
        Emulator(Dataset.generate(recordings=2, content_size=10_000)) as emulator,
        tempfile.TemporaryDirectory() as folder,
    ):
        async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as graph:
            meetings = graph.users.by_user_id(emulator.dataset.organizers[0]).online_meetings
            recordings = [recording async for recording in meetings.get_all_recordings().list()]
            target = Path(folder) / "recording.mp4"
            await graph.content_of(recordings[0]).download(target)
            print(  # noqa: T201  its answer
                json.dumps(
                    {
                        "version": importlib.metadata.version("graph-meetings"),
                        "file": graph_meetings.__file__,
                        "recordings": len(recordings),
                        "bytes": target.stat().st_size,
                        "has_made_up_note": hasattr(CallRecording, "made_up_note"),
                    }
                )
            )


asyncio.run(main())
