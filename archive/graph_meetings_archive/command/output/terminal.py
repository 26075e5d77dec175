"""The two streams, and whether a person reads them."""

import sys

from rich.console import Console


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the caller; rich would end the process."""
        raise BrokenPipeError


def out() -> Console:
    """Return the console of what was asked for. Colours only on a terminal, and not if NO_COLOR is set."""
    return _Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def err() -> Console:
    """Return the console of messages and progress."""
    return _Console(file=sys.stderr, highlight=False, markup=False, emoji=False)


def is_terminal() -> bool:
    """Return whether a person reads what was asked for."""
    return sys.stdout.isatty()
