"""How many requests of a client are under way at once, and how all of them slow down when the service throttles one.

Source: https://learn.microsoft.com/graph/throttling, "best practices to handle throttling"
"""

import asyncio
import time
from collections import deque


class Limiter:
    """Bounds the requests under way; after a 429 all wait as long as the service asks, and then fewer go at once.

    The bound is halved by each wave of 429s and grows by one with every round of answers, as TCP's congestion window
    does. A request that was under way when a wave began does not halve it again.

    Args:
        concurrency: how many requests at most are under way at once.

    Raises:
        ValueError: the bound is below 1.
    """

    def __init__(self, concurrency: int) -> None:
        if concurrency < 1:
            raise ValueError(
                f"concurrency is how many requests may be under way at once, at least 1, not {concurrency}"
            )
        self._most = concurrency
        self._allowed = concurrency
        self._under_way = 0
        self._answers = 0
        self._wave = 0
        self._resume_at = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def allowed(self) -> int:
        """How many requests may be under way at once, as of now."""
        return self._allowed

    @property
    def pause(self) -> float:
        """Seconds for which no request is sent."""
        return max(0.0, self._resume_at - time.monotonic())

    async def acquire(self) -> int:
        """Wait until a request may be sent; gives the wave in which it goes. `release` must follow."""
        while True:
            if pause := self.pause:
                await asyncio.sleep(pause)
                continue
            await self._take_turn()
            if self._under_way <= self._allowed and not self.pause:
                return self._wave
            self.release()  # since it was handed the turn, fewer may go, or none for a while

    def release(self) -> None:
        """Say that a request is over, whatever became of it."""
        self._under_way -= 1
        self._wake()

    def answered(self) -> None:
        """Say that a request was answered as it should be."""
        if self._allowed == self._most:
            return
        self._answers += 1
        if self._answers >= self._allowed:
            self._answers = 0
            self._allowed += 1
            self._wake()

    def throttled(self, wave: int, delay: float) -> None:
        """Say that a request got a 429.

        Args:
            wave: in which it was sent.
            delay: seconds for which the service wants no request.
        """
        self._resume_at = max(self._resume_at, time.monotonic() + delay)
        if wave == self._wave:
            self._wave += 1
            self._answers = 0
            self._allowed = max(1, self._allowed // 2)

    async def _take_turn(self) -> None:
        """Take a turn, or wait in line until one is handed over."""
        # Handed over, not left to be taken: whoever asks again at once would always be first.
        if self._under_way < self._allowed:
            self._under_way += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self.release()  # it had its turn, which is the next one's
            raise

    def _wake(self) -> None:
        while self._waiting and self._under_way < self._allowed:
            turn = self._waiting.popleft()
            if not turn.done():
                self._under_way += 1
                turn.set_result(None)
