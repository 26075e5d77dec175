"""Download each new recording of some organizers exactly once, however often the program is interrupted.

    python examples/follow_recordings.py ORGANIZER … --store recordings.db --folder downloads
    python examples/follow_recordings.py @organizers.txt --at-once 32

The second form reads the organizers' ids from a file, one per line. Run the program again to get what has been added
since. It signs in as examples/recordings.py does.
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
    """Download the recordings of an organizer that the store does not know yet."""

    async def download(change: Change[CallRecording]) -> None:
        target = folder / file_name(change.item)
        # The file exists if the last run ended between the download and its entry in the store.
        if not change.removed and not target.exists():
            await graph.content_of(change.item).download(target)
            console.print(target.name)

    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    return await sync(recordings.delta(), store, download)


async def run(options: argparse.Namespace) -> int:
    """Follow all organizers, several at a time, and return the exit status."""
    options.folder.mkdir(parents=True, exist_ok=True)
    async with connect() as graph, DeltaStore(options.store) as store:
        work = partial(report, graph, store, options.folder)
        return 0 if all(await concurrently(work, options.organizers, concurrency=options.at_once)) else 1


async def report(graph: GraphMeetingsClient, store: DeltaStore, folder: Path, organizer: str) -> bool:
    """Follow one organizer, print the outcome, and return whether all of it was downloaded."""
    try:
        result = await follow(graph, organizer, store, folder)
    except (GraphError, DeltaStoreError, OSError) as error:  # FeedBusy is an OSError
        console.print(f"{organizer}: {error}", style="red", markup=False)
        return False
    console.print(f"{organizer}: {result.delivered} new, {result.skipped} repeated by the service")
    return True


def main() -> int:
    """Run the command line and return its exit status."""
    commands = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, fromfile_prefix_chars="@"
    )
    commands.add_argument("organizers", nargs="+", help="ids of the users who organized the meetings")
    commands.add_argument(
        "--store", type=Path, default=Path("recordings.db"), help="database of what has been downloaded"
    )
    commands.add_argument("--folder", type=Path, default=Path("downloads"), help="where downloads go")
    commands.add_argument("--at-once", type=int, default=16, help="how many organizers to follow at a time")
    try:
        return asyncio.run(run(commands.parse_args()))
    except (DeltaStoreError, OSError) as error:
        console.print(str(error), style="red", markup=False)
        return 1


if __name__ == "__main__":
    sys.exit(main())
