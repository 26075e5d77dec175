"""Messages while a command works."""

from collections.abc import Callable

Tell = Callable[[str], None]
"""Reports a line that is not an error, such as what a document lacks."""


def silent(_: str) -> None:
    """Report nothing."""
