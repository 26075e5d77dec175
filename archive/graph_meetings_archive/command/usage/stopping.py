"""How a running command is stopped."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

_Result = TypeVar("_Result")

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class _Stopped(Exception):
    """A signal has stopped the command."""


def run_until_stopped(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine, which Ctrl-C and a service manager's SIGTERM cancel.

    Signals that arrive while it stops are ignored: some programs send SIGINT twice, and an exception at that point
    could leave a lock held, for which the exiting process would wait for ever.

    Raises:
        KeyboardInterrupt: it was stopped.
    """
    try:
        return asyncio.run(_stoppable(main))
    except _Stopped:
        raise KeyboardInterrupt from None


async def _stoppable(main: Coroutine[Any, Any, _Result]) -> _Result:
    task, is_stopped = asyncio.current_task(), False

    def stop() -> None:
        nonlocal is_stopped
        if task is not None and not is_stopped:
            is_stopped = True
            task.cancel()

    _on_signals(stop)
    try:
        return await main
    except asyncio.CancelledError:
        if is_stopped:
            raise _Stopped from None
        raise


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            continue  # a shell ignores it for background jobs
        with suppress(NotImplementedError, RuntimeError):  # not on Windows, and only in the main thread
            loop.add_signal_handler(number, stop)
