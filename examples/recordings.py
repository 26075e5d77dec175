"""List an organizer's recordings in a date range, follow what is added, or download them, resuming if interrupted.

    python examples/recordings.py list ORGANIZER --since 2026-01-15 --until 2026-01-31
    python examples/recordings.py sync ORGANIZER --state sync-state.txt
    python examples/recordings.py download ORGANIZER --folder downloads

The program signs in with azure-identity's DefaultAzureCredential. To use a local emulator, run `graph-emulator` and set
GRAPH_BASE_URL and GRAPH_TOKEN to what it prints.
"""

import argparse
import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from azure.identity.aio import DefaultAzureCredential
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TransferSpeedColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from graph_meetings import CallRecording, DownloadResult, GraphError, GraphMeetingsClient, Progress

console = Console()


async def recordings_between(
    graph: GraphMeetingsClient, organizer: str, since: date | None, until: date | None
) -> list[CallRecording]:
    """List the recordings of all meetings that a user organized, newest first."""
    meetings = graph.users.by_user_id(organizer).online_meetings
    recordings = meetings.get_all_recordings(start_date_time=since, end_date_time=until)
    found = [recording async for recording in recordings.list()]
    return sorted(found, key=created, reverse=True)


def created(recording: CallRecording) -> datetime:
    """Return when a recording was created."""
    return recording.created_date_time or datetime.min.replace(tzinfo=UTC)


async def added_since(
    graph: GraphMeetingsClient, organizer: str, link: str | None
) -> tuple[list[CallRecording], str | None]:
    """List what has been added since the link was saved, or everything; return it with the link for next time."""
    changes = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().delta().changes(since=link)
    added = [change.item async for change in changes if not change.removed]
    return added, changes.delta_link


async def download(
    graph: GraphMeetingsClient, recordings: Sequence[CallRecording], folder: Path
) -> list[DownloadResult]:
    """Download the recordings that are not in the folder yet, resuming one that was interrupted."""
    folder.mkdir(parents=True, exist_ok=True)
    results: list[DownloadResult] = []
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with ProgressBar(*columns, console=console) as bars:
        for recording in recordings:
            target = folder / file_name(recording)
            if target.exists():
                continue
            bar = bars.add_task(target.name, total=None)
            content = graph.content_of(recording)
            results.append(await content.download(target, progress=partial(show, bars, bar)))
    return results


def show(bars: ProgressBar, bar: TaskID, state: Progress) -> None:
    """Update a progress bar."""
    bars.update(bar, completed=state.received, total=state.total)


def file_name(recording: CallRecording) -> str:
    """Name a file by the recording's time and a digest of its id, so that the service does not choose the path."""
    digest = hashlib.sha256(str(recording.id).encode()).hexdigest()
    return f"{created(recording):%Y-%m-%d %H.%M} {digest[:8]}.mp4"


def table(recordings: Sequence[CallRecording]) -> Table:
    """Return a table of recordings."""
    rows = Table("created", "file")
    for recording in recordings:
        rows.add_row(f"{created(recording):%Y-%m-%d %H:%M}", file_name(recording))
    return rows


@asynccontextmanager
async def connect() -> AsyncGenerator[GraphMeetingsClient]:
    """Sign in to the service, or to the emulator if the environment names one."""
    base_url = os.environ.get("GRAPH_BASE_URL")
    if base_url is not None:
        from graph_meetings_emulator import EmulatorCredential  # noqa: PLC0415  for the emulator only

        token = EmulatorCredential(os.environ["GRAPH_TOKEN"])
        async with GraphMeetingsClient(token, base_url=base_url) as graph:
            yield graph
    else:
        async with DefaultAzureCredential() as credential, GraphMeetingsClient(credential) as graph:
            yield graph


async def run(options: argparse.Namespace) -> None:
    """Run a command."""
    async with connect() as graph:
        match options.command:
            case "list":
                console.print(table(await recordings_between(graph, options.organizer, options.since, options.until)))
            case "sync":
                state: Path = options.state
                link = state.read_text() if state.exists() else None
                added, link = await added_since(graph, options.organizer, link)
                console.print(table(added))
                state.touch(mode=0o600)  # the link contains a token
                state.write_text(link or "")
            case _:
                recordings = await recordings_between(graph, options.organizer, options.since, options.until)
                results = await download(graph, recordings, options.folder)
                console.print(f"{len(results)} downloaded, {len(recordings) - len(results)} already there")


def parser() -> argparse.ArgumentParser:
    """Build the command line parser."""
    commands = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands.add_argument("command", choices=["list", "sync", "download"])
    commands.add_argument("organizer", help="id of the user who organized the meetings")
    commands.add_argument("--since", type=date.fromisoformat, help="created on this day or later")
    commands.add_argument("--until", type=date.fromisoformat, help="created before this day")
    commands.add_argument("--state", type=Path, default=Path("sync-state.txt"), help="where sync saves its link")
    commands.add_argument("--folder", type=Path, default=Path("downloads"), help="where downloads go")
    return commands


def main() -> int:
    """Run the command line and return its exit status."""
    try:
        asyncio.run(run(parser().parse_args()))
    except GraphError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
