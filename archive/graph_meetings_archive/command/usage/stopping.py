"""How a command that goes on is stopped."""

import asyncio
import signal


def stop_like_ctrl_c() -> None:
    """Let a service manager's SIGTERM stop the running event loop as Ctrl-C does."""
    try:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, signal.raise_signal, signal.SIGINT)
    except (NotImplementedError, RuntimeError):
        return  # Windows has none, and only the main thread can
