"""The tree of commands, whose modules are imported when needed."""

import sys
from typing import Final, Literal

from cyclopts import App, Group, Parameter

from graph_meetings_archive.command.archives.command import export, status
from graph_meetings_archive.command.checks.command import check
from graph_meetings_archive.command.notifications.command import watch
from graph_meetings_runtime.version import VERSION

_HELP: Final = """\
List, watch, download and archive what Microsoft Teams meetings leave behind.

Try it without a tenant: graph-meetings organizers list --emulator

More about a command: graph-meetings recordings list --help

Documentation: https://graph-meetings.github.io/graph-meetings/command-line/
"""
_GROUPS: Final = {
    "organizers": ("lists.organizers:app", "List the people whose meetings can be read."),
    "meetings": ("lists.meetings:app", "List meetings that took place, and find a meeting."),
    "recordings": ("lists.recordings:app", "List and download recordings."),
    "transcripts": ("lists.transcripts:app", "List, show and download transcripts."),
    "webinars": ("lists.virtual_events:webinars", "List webinars."),
    "townhalls": ("lists.virtual_events:townhalls", "List town halls."),
    "attendance": ("lists.attendance:app", "List who attended meetings, webinars and town halls."),
    "call-records": ("lists.call_records:call_records", "List the calls and meetings of the tenant."),
    "pstn-calls": ("lists.call_records:pstn_calls", "List telephone calls."),
    "subscriptions": (
        "notifications.subscriptions:app",
        "List, create, renew and delete subscriptions to change notifications.",
    ),
}
"""Each group of commands: where it is defined, and its description."""

_READ: Final = Group("Read", sort_key=1)
_ARCHIVE: Final = Group("Archive", sort_key=2)
_NOTIFICATIONS: Final = Group("Notifications", sort_key=3)
_SET_UP: Final = Group("Set up", sort_key=4)
_OPTIONS: Final = Group("Options", sort_key=5)


def new_app() -> App:
    """Return the command with all its subcommands."""
    app = App(
        name="graph-meetings",
        help=_HELP,
        help_format="markdown",
        version=VERSION,
        version_format="plaintext",
        default_parameter=Parameter(negative=()),
        suppress_keyboard_interrupt=False,
    )
    app.command(export, group=_ARCHIVE)
    app.command(status, group=_ARCHIVE)
    app.command(watch, group=_NOTIFICATIONS)
    app.command(check, group=_SET_UP)
    for name, (place, summary) in _GROUPS.items():
        group = _NOTIFICATIONS if place.startswith("notifications.") else _READ
        app.command(f"graph_meetings_archive.command.{place}", name=name, help=summary, group=group)
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
