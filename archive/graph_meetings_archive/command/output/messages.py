"""Messages on stderr: one line each in a pipe, wrapped on a terminal."""

from rich.text import Text

from graph_meetings_archive.command.output.terminal import err
from graph_meetings_runtime.log import printable_lines


def complain(message: str, *, hint: str | None = None) -> None:
    """Print what was wrong and what to do."""
    _print("error", "bold red", message)
    if hint:
        _print("hint", "bold", hint)


def warn(message: str) -> None:
    """Print a warning."""
    _print("warning", "bold yellow", message)


def note(message: str) -> None:
    """Print a notice."""
    console = err()
    console.print(Text(printable_lines(message)), soft_wrap=not console.is_terminal)


def _print(word: str, style: str, message: str) -> None:
    console = err()
    text = Text.assemble((f"{word}:", style), " ", printable_lines(message))
    console.print(text, soft_wrap=not console.is_terminal)
