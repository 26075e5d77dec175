"""Download each new recording of some organizers, once, however often this is interrupted.

    python examples/follow_recordings.py ORGANIZER … --store recordings.db --folder downloads
    python examples/follow_recordings.py @organizers.txt --at-once 32

The second form takes their ids from a file, one on each line. Run it again for what was added since. It signs in as
examples/recordings.py does.
"""

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path

from graph_meetings import (
    CallRecording,
    Change,
    DeltaStore,
    DeltaStoreError,
    GraphError,
    GraphMeetingsClient,
    SyncResult,
    concurrently,
    sync,
)
from recordings import connect, console, file_name


async def follow(graph: GraphMeetingsClient, organizer: str, store: DeltaStore, folder: Path) -> SyncResult:
    """Download what an organizer's feed has and the store has not."""

    async def download(change: Change[CallRecording]) -> None:
        target = folder / file_name(change.item)
        # The file is there where the last process ended after the download and before the store knew of it.
        if not change.removed and not target.exists():
            await graph.content_of(change.item).download(target)
            console.print(target.name)

    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    return await sync(recordings.delta(), store, download)


async def run(options: argparse.Namespace) -> int:
    """Follow all organizers, some at once, and give the exit status."""
    options.folder.mkdir(parents=True, exist_ok=True)
    async with connect() as graph, DeltaStore(options.store) as store:
        work = partial(report, graph, store, options.folder)
        return 0 if all(await concurrently(work, options.organizers, concurrency=options.at_once)) else 1


async def report(graph: GraphMeetingsClient, store: DeltaStore, folder: Path, organizer: str) -> bool:
    """Follow one organizer, say what came of it, and whether it is complete."""
    try:
        result = await follow(graph, organizer, store, folder)
    except (GraphError, DeltaStoreError, OSError) as error:  # FeedBusy is an OSError
        console.print(f"{organizer}: {error}", style="red")
        return False
    console.print(f"{organizer}: {result.delivered} new, {result.skipped} repeated by the service")
    return True


def main() -> int:
    """Run the command line, and give its exit status."""
    commands = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, fromfile_prefix_chars="@"
    )
    commands.add_argument("organizers", nargs="+", help="ids of users who organized meetings")
    commands.add_argument("--store", type=Path, default=Path("recordings.db"), help="what has been downloaded")
    commands.add_argument("--folder", type=Path, default=Path("downloads"), help="where downloads go")
    commands.add_argument("--at-once", type=int, default=16, help="how many organizers are followed at a time")
    try:
        return asyncio.run(run(commands.parse_args()))
    except (DeltaStoreError, OSError) as error:
        console.print(error, style="red")
        return 1


if __name__ == "__main__":
    sys.exit(main())
