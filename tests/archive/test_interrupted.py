"""Ctrl-C and other ends of an update: what came is kept, and the next one goes on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive, FormatName, Recordings, Summary
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults.fault import AnyRequest, Exchange, FaultContext
from graph_meetings_emulator.http.messages import Reply
from tests.support import archived


@dataclass(frozen=True, slots=True)
class Calls(AnyRequest):
    """Calls a function before a reply is sent."""

    kind: ClassVar[str] = "calls"
    function: Callable[[], object]

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        del context
        self.function()
        return exchange.reply


@pytest.mark.parametrize("format", archived.FORMATS)
async def test_a_cancelled_update_keeps_what_came(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, format: FormatName
) -> None:
    organizers = emulator.dataset.organizers
    async with Archive(tmp_path, graph, format=format) as archive:
        update = asyncio.create_task(archive.update(organizers, Recordings(content=True)))
        loop = asyncio.get_running_loop()
        emulator.inject(Calls(lambda: loop.call_soon_threadsafe(update.cancel)), after=8)
        with pytest.raises(asyncio.CancelledError):
            await update
    before = len(archived.rows(tmp_path, "recordings"))
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update(organizers, Recordings(content=True))
    everything = sum(len(emulator.dataset.recordings(organizer)) for organizer in organizers)
    assert summary["recordings"].added == everything - before
    assert len(archived.rows(tmp_path, "recordings")) == everything


async def test_progress_counts_up_to_the_summary(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    seen: list[Summary] = []
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update(emulator.dataset.organizers, Recordings(), progress=seen.append)
    assert seen[-1]["recordings"].added == summary["recordings"].added > 0


async def test_an_archive_that_is_not_open_says_so(graph: GraphMeetingsClient, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="open the archive first: `async with Archive"):
        await Archive(tmp_path, graph).update((), Recordings())
