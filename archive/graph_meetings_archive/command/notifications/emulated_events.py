"""A made-up tenant in which something is recorded every few seconds."""

import asyncio
from datetime import UTC, datetime
from itertools import count, cycle
from typing import TYPE_CHECKING, Final

from graph_meetings_runtime.asynchronous.threads import run_in_thread

if TYPE_CHECKING:
    from graph_meetings_emulator import Emulator

_SECONDS_BETWEEN: Final = 2.0


async def go_on_meeting(emulator: "Emulator", *, ad_hoc_calls: bool) -> None:
    """Make up recordings, transcripts and calls until cancelled.

    Args:
        emulator: the emulator with the tenant.
        ad_hoc_calls: whether to make up calls outside meetings, too.
    """
    organizers = cycle(emulator.dataset.organizers)
    for number in count():
        await asyncio.sleep(_SECONDS_BETWEEN)
        await run_in_thread(_meet, emulator, next(organizers), number % (4 if ad_hoc_calls else 3))


def _meet(emulator: "Emulator", organizer: str, kind: int) -> None:
    dataset, now = emulator.dataset, datetime.now(UTC)
    match kind:
        case 0:
            recording = dataset.add_recording(organizer, created=now, content_size=(200_000, 800_000))
            emulator.notifications.notify("recordings", [recording])
        case 1:
            emulator.notifications.notify("transcripts", [dataset.add_transcript(organizer)])
        case 3:
            call = ("users", organizer, "adhocCalls", dataset.add_adhoc_call(organizer))
            for each in ("recordings", "transcripts"):
                emulator.notifications.notify(each, dataset.descendants(call, each))
        case _:
            emulator.notifications.notify("callRecords", [dataset.add_call_record(organizer_id=organizer, start=now)])
