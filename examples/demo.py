"""The main job from end to end, against the emulator: `make demo`.

It lists an organizer's recordings of a date range, follows three delta rounds, kills a download half-way and resumes
it, downloads the rest, and compares every checksum.
"""

import asyncio
import hashlib
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

import recordings as example
from graph_meetings import CallRecording, DownloadResult, GraphMeetingsClient
from graph_meetings_emulator import Dataset, Emulator
from recordings import console

BIG = 400_000_000


async def main() -> int:
    """Run the demonstration, and give its exit status."""
    dataset = Dataset.generate(organizers=2, meetings=3, recordings=3, content_size=(2_000_000, 60_000_000))
    with Emulator(dataset, page_size=4) as emulator, tempfile.TemporaryDirectory() as folder:
        os.environ.update(GRAPH_BASE_URL=emulator.base_url, GRAPH_TOKEN=emulator.token)
        async with example.connect() as graph:
            demonstration = Demonstration(graph, emulator, Path(folder))
            console.rule("recordings of a date range")
            await demonstration.list_a_range()
            console.rule("delta: only what was added meanwhile")
            await demonstration.follow_changes()
            console.rule("a download is killed half-way")
            await demonstration.kill_a_download()
            console.rule("it resumes, and the others follow")
            await demonstration.download_everything()
            return 1 if demonstration.failures else 0


class Demonstration:
    """The steps, on one client and one organizer."""

    def __init__(self, graph: GraphMeetingsClient, emulator: Emulator, folder: Path) -> None:
        self.graph = graph
        self.emulator = emulator
        self.folder = folder
        self.organizer = emulator.dataset.organizers[0]
        self.failures = 0

    def check(self, claim: str, *, holds: bool) -> None:
        """Say whether something holds."""
        console.print(f"[green]✓[/] {claim}" if holds else f"[red]✗ {claim}")
        self.failures += not holds

    async def list_a_range(self) -> None:
        """List the recordings of some days."""
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
        """Follow three rounds; a big recording is added after the first."""
        first, link = await example.added_since(self.graph, self.organizer, None)
        new = str(
            self.emulator.dataset.add_recording(self.organizer, content_size=BIG, created=datetime.now(UTC))["id"]
        )
        second, link = await example.added_since(self.graph, self.organizer, link)
        third, link = await example.added_since(self.graph, self.organizer, link)
        self.check(f"first round: all {len(first)}", holds=len(first) + 1 == len(self.truth()))
        self.check("second round: the one added meanwhile", holds=[item.id for item in second] == [new])
        self.check("third round: nothing", holds=not third)

    async def kill_a_download(self) -> None:
        """Let another process download, and end it with SIGKILL when it has half of the first file."""
        command = [sys.executable, example.__file__, "download", self.organizer, "--folder", str(self.folder)]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        # The other process has no event to wait for.
        while process.returncode is None and self.on_disk() < BIG // 2:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        process.kill()
        await process.wait()
        final = [path.name for path in self.folder.glob("*.mp4")]
        self.check(f"{self.on_disk():,} of {BIG:,} bytes are on disk", holds=BIG // 2 <= self.on_disk() < BIG)
        self.check("no file has its final name yet", holds=not final)

    def on_disk(self) -> int:
        """Count the bytes of the unfinished file."""
        return sum(path.stat().st_size for path in self.folder.glob("*.part"))

    async def download_everything(self) -> None:
        """Resume the file and download the others."""
        kept = self.on_disk()
        recordings = await example.recordings_between(self.graph, self.organizer, None, None)
        results = await example.download(self.graph, recordings, self.folder)
        rights = [self.is_right(recording) for recording in recordings]
        console.print(summary(recordings, results, rights))
        self.check(f"the killed one went on from byte {kept:,}", holds=results[0].resumed_from == kept > 0)
        self.check(f"the SHA-256 of all {len(rights)} files is right", holds=all(rights))

    def is_right(self, recording: CallRecording) -> bool:
        """Compare a file with what the emulator has."""
        content = self.emulator.dataset.content(self.organizer, str(recording.meeting_id), str(recording.id))
        with (self.folder / example.file_name(recording)).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == content.sha256()

    def truth(self) -> list[object]:
        """List what the emulator has."""
        return [*self.emulator.dataset.recordings(self.organizer)]


def summary(recordings: list[CallRecording], results: list[DownloadResult], rights: list[bool]) -> Table:
    """Show what was downloaded."""
    rows = Table("created", "file", "bytes", "resumed from", "SHA-256")
    for recording, result, right in zip(recordings, results, rights, strict=True):
        moment = f"{example.created(recording):%Y-%m-%d %H:%M}"
        sums = "right" if right else "WRONG"
        rows.add_row(moment, result.path.name, f"{result.size:,}", f"{result.resumed_from:,}", sums)
    return rows


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
