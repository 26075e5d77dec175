"""The progress of an export, on a terminal."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.text import Text

from graph_meetings_archive.command.output.columns import size_text
from graph_meetings_archive.command.output.terminal import err

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from graph_meetings_archive import Summary

_SPINNER: Final = 2
"""Columns of the spinner before the text."""


@contextmanager
def showing_progress() -> "Generator[Callable[[Summary], None]]":
    """Show a line that is updated; nothing in a pipe."""
    console = err()
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("asking the service") as line:

        def show(summary: "Summary") -> None:
            line.update(progress_line(summary, console.width - _SPINNER))

        yield show


def progress_line(summary: "Summary", width: int) -> str:
    """Return the progress of an export, in a limited number of columns: a second line would scroll the screen."""
    text = Text(progress_text(summary))
    text.truncate(width, overflow="ellipsis")
    return text.plain


def progress_text(summary: "Summary") -> str:
    """Return the progress of an export."""
    people = "1 organizer" if summary.organizers == 1 else f"{summary.organizers} organizers"
    rows = ", ".join(f"{feed.feed.replace('_', ' ')} {feed.added + feed.replaced}" for feed in summary.feeds)
    size = sum(feed.size for feed in summary.feeds)
    downloaded = f", {size_text(size)}" if size else ""  # before the rows: those of four feeds fill a terminal
    return f"{people}{downloaded}; rows: {rows}"
