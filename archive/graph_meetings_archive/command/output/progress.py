"""How far an export is, on a terminal."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.text import Text

from graph_meetings_archive.command.output.columns import size_text
from graph_meetings_archive.command.output.terminal import err

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from graph_meetings_archive import Summary


@contextmanager
def showing_progress() -> "Generator[Callable[[Summary], None]]":
    """Show a line that changes, and nothing in a pipe."""
    console = err()
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("asking the service") as line:

        def show(summary: "Summary") -> None:
            # A second line would stay on the screen when the first one is erased.
            line.update(Text(progress_text(summary), no_wrap=True, overflow="ellipsis"))

        yield show


def progress_text(summary: "Summary") -> str:
    """Return how far an export is."""
    parts = [f"{feed.feed.replace('_', ' ')} {feed.added + feed.replaced}" for feed in summary.feeds]
    size = sum(feed.size for feed in summary.feeds)
    if size:
        parts.append(f"{size_text(size)} downloaded")
    people = "1 organizer" if summary.organizers == 1 else f"{summary.organizers} organizers"
    return f"{people}; {', '.join(parts)}"
