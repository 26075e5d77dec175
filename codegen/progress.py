"""What a command says while it works."""

from collections.abc import Callable

Tell = Callable[[str], None]
"""Takes a line for people that is no error, such as what a document lacks."""


def unheard(_: str) -> None:
    """Take a line and drop it."""
