"""The events of an inbox, one after another: `for event in …` and `async for event in …`."""

import asyncio
import threading
from typing import Final, Self

from graph_meetings_notifications.events import Event
from graph_meetings_notifications.inbox.turn import Turn
from graph_meetings_runtime.asynchronous.threads import run_in_thread

# Events that other processes add do not ring the bell here.
_SECONDS_BETWEEN: Final = 1.0


class Events:
    """The events of an inbox, one after another: `for event in …` or `async for event in …`.

    An event counts as handled when the next one is requested. If the loop is left before that, or the process ends, the
    event is returned again, and set aside after the last attempt. A handler may thus see an event twice, but none is
    lost.

    Only one loop at a time gets events. Use `with`, `async with`, `close` or `aclose` to let another one continue:
    `with inbox.events() as events: …`.
    """

    def __init__(self, turn: Turn, *, wait: bool) -> None:
        self._turn = turn
        self._wait = wait
        self._given = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        self._finish()
        rung = threading.Event()
        with self._turn.store.bell.listening(rung.set):
            while (event := self._turn.next()) is None and self._wait:
                rung.wait(_SECONDS_BETWEEN)
                rung.clear()
        if event is None:
            self._turn.release()
            raise StopIteration
        self._given = True
        return event

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        await run_in_thread(self._finish)
        loop, rung = asyncio.get_running_loop(), asyncio.Event()
        with self._turn.store.bell.listening(lambda: loop.call_soon_threadsafe(rung.set)):
            while (event := await run_in_thread(self._turn.next)) is None and self._wait:
                await _first(rung, _SECONDS_BETWEEN)
        if event is None:
            self._turn.release()
            raise StopAsyncIteration
        # If this call is cancelled first, the same event is returned next.
        self._given = True
        return event

    def close(self) -> None:
        """Put the current event back, and let another loop get events."""
        try:
            if self._given:
                self._turn.failed("the loop was left while it was being handled")
        finally:
            self._given = False
            self._turn.stop()

    async def aclose(self) -> None:
        """Put the current event back, and let another loop get events."""
        await run_in_thread(self.close)

    def _finish(self) -> None:
        if self._given:
            self._turn.done()
            self._given = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


async def _first(rung: asyncio.Event, seconds: float) -> None:
    """Wait until an event is set or the time has passed, and clear it."""
    try:
        async with asyncio.timeout(seconds):
            await rung.wait()
    except TimeoutError:
        pass
    else:
        rung.clear()
