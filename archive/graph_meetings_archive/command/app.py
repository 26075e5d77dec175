"""The tree of commands. Their modules are imported when they are needed."""

import sys
from typing import Final, Literal

from cyclopts import App, Group, Parameter

from graph_meetings_archive.command.checks.command import check
from graph_meetings_runtime.version import VERSION

_HELP: Final = """\
List, download and archive what Microsoft Teams meetings leave behind.

Try it without a tenant: graph-meetings recordings list --emulator
"""
_SET_UP: Final = Group("Set up", sort_key=3)
_OPTIONS: Final = Group("Options", sort_key=4)


def new_app() -> App:
    """Return the command with all its subcommands."""
    app = App(
        name="graph-meetings",
        help=_HELP,
        help_format="markdown",
        help_epilogue="graph-meetings COMMAND --help says more about a command.",
        version=VERSION,
        version_format="plaintext",
        default_parameter=Parameter(negative=()),
        suppress_keyboard_interrupt=False,
    )
    app.command(check, group=_SET_UP)
    app.command(completion, group=_SET_UP)
    for flag in ("--help", "--version"):
        app[flag].group = (_OPTIONS,)
    return app


def completion(shell: Literal["bash", "fish", "powershell", "zsh"], /) -> None:
    """Print a script that completes commands and options in your shell.

    For bash: graph-meetings completion bash > ~/.local/share/bash-completion/completions/graph-meetings

    Args:
        shell: The shell that the script is for.
    """
    sys.stdout.write(new_app().generate_completion(shell=shell))
