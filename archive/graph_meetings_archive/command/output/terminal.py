"""The two output streams, and whether a person reads them."""

import sys

from rich.console import Console


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Do nothing: the caller handles broken pipes, for which rich would end the process."""
        raise BrokenPipeError


def out() -> Console:
    """Return the console for results. It has colours only on a terminal, and not if NO_COLOR is set."""
    return _Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def err() -> Console:
    """Return the console for messages and progress."""
    return _Console(file=sys.stderr, highlight=False, markup=False, emoji=False)


def is_terminal() -> bool:
    """Return whether a person reads the results."""
    return sys.stdout.isatty()
