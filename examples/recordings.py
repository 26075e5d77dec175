"""An organizer's recordings: list those of a date range, follow what is added, download with resuming.

    python examples/recordings.py list ORGANIZER --since 2026-01-15 --until 2026-01-31
    python examples/recordings.py sync ORGANIZER --state sync-state.txt
    python examples/recordings.py download ORGANIZER --folder downloads

It signs in as azure-identity's DefaultAzureCredential does. For a local emulator, as `graph-emulator` starts one, set
GRAPH_BASE_URL and GRAPH_TOKEN to what that prints.
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
    """List the recordings of all meetings that a user organized, the newest first."""
    meetings = graph.users.by_user_id(organizer).online_meetings
    recordings = meetings.get_all_recordings(start_date_time=since, end_date_time=until)
    found = [recording async for recording in recordings.list()]
    return sorted(found, key=created, reverse=True)


def created(recording: CallRecording) -> datetime:
    """Tell when a recording was created."""
    return recording.created_date_time or datetime.min.replace(tzinfo=UTC)


async def added_since(
    graph: GraphMeetingsClient, organizer: str, link: str | None
) -> tuple[list[CallRecording], str | None]:
    """List what was added since the round that gave the link, or everything, and give the link for next time."""
    changes = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().delta().changes(since=link)
    added = [change.item async for change in changes if not change.removed]
    return added, changes.delta_link


async def download(
    graph: GraphMeetingsClient, recordings: Sequence[CallRecording], folder: Path
) -> list[DownloadResult]:
    """Download recordings that are not in the folder yet; one that was interrupted goes on where it stopped."""
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
    """Move a progress bar."""
    bars.update(bar, completed=state.received, total=state.total)


def file_name(recording: CallRecording) -> str:
    """Name a file by the recording's time and a digest of its id; the service never chooses a path."""
    digest = hashlib.sha256(str(recording.id).encode()).hexdigest()
    return f"{created(recording):%Y-%m-%d %H.%M} {digest[:8]}.mp4"


def table(recordings: Sequence[CallRecording]) -> Table:
    """Show recordings as a table."""
    rows = Table("created", "file")
    for recording in recordings:
        rows.add_row(f"{created(recording):%Y-%m-%d %H:%M}", file_name(recording))
    return rows


@asynccontextmanager
async def connect() -> AsyncGenerator[GraphMeetingsClient]:
    """Sign in to the service, or to the emulator that the environment names."""
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
    """Carry out a command."""
    async with connect() as graph:
        match options.command:
            case "list":
                console.print(table(await recordings_between(graph, options.organizer, options.since, options.until)))
            case "sync":
                state: Path = options.state
                link = state.read_text() if state.exists() else None
                added, link = await added_since(graph, options.organizer, link)
                console.print(table(added))
                state.write_text(link or "")
            case _:
                recordings = await recordings_between(graph, options.organizer, options.since, options.until)
                results = await download(graph, recordings, options.folder)
                console.print(f"{len(results)} downloaded, {len(recordings) - len(results)} were there already")


def parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    commands = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands.add_argument("command", choices=["list", "sync", "download"])
    commands.add_argument("organizer", help="id of the user who organized the meetings")
    commands.add_argument("--since", type=date.fromisoformat, help="created on this day or later")
    commands.add_argument("--until", type=date.fromisoformat, help="created before this day")
    commands.add_argument("--state", type=Path, default=Path("sync-state.txt"), help="where sync keeps its link")
    commands.add_argument("--folder", type=Path, default=Path("downloads"), help="where downloads go")
    return commands


def main() -> int:
    """Run the command line, and give its exit status."""
    try:
        asyncio.run(run(parser().parse_args()))
    except GraphError as error:
        console.print(f"[red]{error}", soft_wrap=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
