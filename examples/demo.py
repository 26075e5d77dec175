"""The main use case from end to end, against the emulator: `make demo`.

List an organizer's recordings in a date range, follow three delta rounds, kill a download halfway and resume it,
download the rest, compare every checksum, and say what to try next. All of it fits into 80 columns.
"""

import asyncio
import hashlib
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.filesize import decimal
from rich.table import Table

import recordings as example
from graph_meetings import CallRecording, DownloadResult, GraphMeetingsClient
from graph_meetings_emulator import Dataset, Emulator
from recordings import console

BIG = 400_000_000


async def main() -> int:
    """Run the demonstration and return its exit status."""
    sizes = 2_000_000, 60_000_000
    dataset = Dataset.generate(until=datetime.now(UTC), organizers=2, meetings=3, recordings=3, content_size=sizes)
    with Emulator(dataset, page_size=4) as emulator, tempfile.TemporaryDirectory() as folder:
        os.environ.update(GRAPH_BASE_URL=emulator.base_url, GRAPH_TOKEN=emulator.token)
        async with example.connect() as graph:
            demonstration = Demonstration(graph, emulator, Path(folder))
            console.rule("recordings in a date range")
            await demonstration.list_a_range()
            console.rule("delta: only what has been added")
            await demonstration.follow_changes()
            console.rule("a download is killed halfway")
            await demonstration.kill_a_download()
            console.rule("it resumes, and the others follow")
            await demonstration.download_everything()
            console.rule("now try")
            console.print(what_next(os.path.relpath(Path(sys.executable).parent)), highlight=False, markup=False)
            return 1 if demonstration.failures else 0


class Demonstration:
    """The steps, with one client and one organizer."""

    def __init__(self, graph: GraphMeetingsClient, emulator: Emulator, folder: Path) -> None:
        self.graph = graph
        self.emulator = emulator
        self.folder = folder
        self.organizer = emulator.dataset.organizers[0]
        self.failures = 0

    def check(self, claim: str, *, holds: bool) -> None:
        """Print whether a claim holds, and count those that do not."""
        console.print(f"[green]✓[/] {claim}" if holds else f"[red]✗ {claim}")
        self.failures += not holds

    async def list_a_range(self) -> None:
        """List the recordings of a few days."""
        everything = await example.recordings_between(self.graph, self.organizer, None, None)
        days = sorted(example.created(item).date() for item in everything)
        since, until = days[len(days) // 4], days[-1]
        found = await example.recordings_between(self.graph, self.organizer, since, until)
        console.print(example.table(found))
        expected = {item.id for item in everything if since <= example.created(item).date() < until}
        self.check(
            f"{len(found)} of {len(everything)} from {since} to {until}", holds={item.id for item in found} == expected
        )

    async def follow_changes(self) -> None:
        """Follow three rounds, with a big recording added after the first."""
        first, link = await example.added_since(self.graph, self.organizer, None)
        new = str(
            self.emulator.dataset.add_recording(self.organizer, content_size=BIG, created=datetime.now(UTC))["id"]
        )
        second, link = await example.added_since(self.graph, self.organizer, link)
        third, link = await example.added_since(self.graph, self.organizer, link)
        self.check(f"first round: all {len(first)}", holds=len(first) + 1 == len(self.truth()))
        self.check("second round: the one that was added", holds=[item.id for item in second] == [new])
        self.check("third round: none", holds=not third)

    async def kill_a_download(self) -> None:
        """Start a download in another process, and send it SIGKILL when half of the first file is there."""
        command = [sys.executable, example.__file__, "download", self.organizer, "--folder", str(self.folder)]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        while process.returncode is None and self.on_disk() < BIG // 2:  # noqa: ASYNC110  a file has no event to wait for
            await asyncio.sleep(0.001)
        process.kill()
        await process.wait()
        final = [path.name for path in self.folder.glob("*.mp4")]
        self.check(f"{decimal(self.on_disk())} of {decimal(BIG)} are on disk", holds=BIG // 2 <= self.on_disk() < BIG)
        self.check("no file has its final name yet", holds=not final)

    def on_disk(self) -> int:
        """Return how many bytes of the unfinished file there are."""
        return sum(path.stat().st_size for path in self.folder.glob("*.part"))

    async def download_everything(self) -> None:
        """Resume the killed download, and download the other recordings."""
        kept = self.on_disk()
        recordings = await example.recordings_between(self.graph, self.organizer, None, None)
        results = await example.download(self.graph, recordings, self.folder)
        rights = [self.is_right(recording) for recording in recordings]
        console.print(summary(recordings, results, rights))
        self.check(f"the killed download went on after {decimal(kept)}", holds=results[0].resumed_from == kept > 0)
        self.check(f"all {len(rights)} files have the right SHA-256", holds=all(rights))

    def is_right(self, recording: CallRecording) -> bool:
        """Compare a file with the emulator's content."""
        content = self.emulator.dataset.content(self.organizer, str(recording.meeting_id), str(recording.id))
        with (self.folder / example.file_name(recording)).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == content.sha256()

    def truth(self) -> list[object]:
        """List the emulator's recordings."""
        return [*self.emulator.dataset.recordings(self.organizer)]


def summary(recordings: list[CallRecording], results: list[DownloadResult], rights: list[bool]) -> Table:
    """Return a table of what was downloaded."""
    rows = Table("created", "file", "size", "resumed after", "SHA-256")
    for recording, result, right in zip(recordings, results, rights, strict=True):
        # The names begin with the moment, too.
        moment, digest = f"{example.created(recording):%Y-%m-%d %H:%M}", result.path.name.split()[-1]
        resumed = decimal(result.resumed_from) if result.resumed_from else ""
        rows.add_row(moment, f"… {digest}", decimal(result.size), resumed, "right" if right else "WRONG")
    return rows


def what_next(programs: str) -> str:
    """Return commands to paste; the emulator that they run is gone with them.

    Args:
        programs: the folder of the commands.
    """
    return f"""\
{programs}/graph-meetings organizers list --emulator
{programs}/graph-meetings check --emulator
{programs}/graph-meetings export recordings transcripts --content \\
    --organizers-from users --to archive --emulator
{programs}/graph-emulator    # then open http://127.0.0.1:8080/ in a browser"""


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
