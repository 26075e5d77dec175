"""A made-up tenant in which something is recorded every few seconds."""

import asyncio
from datetime import UTC, datetime
from itertools import count, cycle
from typing import TYPE_CHECKING, Final

from graph_meetings_runtime.asynchronous.threads import run_in_thread

if TYPE_CHECKING:
    from graph_meetings_emulator import Emulator

_SECONDS_BETWEEN: Final = 2.0


async def go_on_meeting(emulator: "Emulator") -> None:
    """Have meetings be recorded and transcribed, and calls be held, until cancelled."""
    organizers = cycle(emulator.dataset.organizers)
    for number in count():
        await asyncio.sleep(_SECONDS_BETWEEN)
        await run_in_thread(_meet, emulator, next(organizers), number)


def _meet(emulator: "Emulator", organizer: str, number: int) -> None:
    dataset, now = emulator.dataset, datetime.now(UTC)
    match number % 3:
        case 0:
            recording = dataset.add_recording(organizer, created=now, content_size=(200_000, 800_000))
            emulator.notifications.notify("recordings", [recording])
        case 1:
            emulator.notifications.notify("transcripts", [dataset.add_transcript(organizer)])
        case _:
            emulator.notifications.notify("callRecords", [dataset.add_call_record(organizer_id=organizer, start=now)])
