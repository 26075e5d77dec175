"""What the command prints once the emulator runs: how to connect, and a program to paste."""

from pathlib import Path

from graph_meetings_emulator.emulator import Emulator
from graph_meetings_emulator.pages.program import program

_MOST_PRINTED = 20


def welcome(emulator: Emulator, folder: Path, *, tls: bool) -> str:
    """Return the text to print.

    Args:
        emulator: the emulator, which runs.
        folder: for the ids of users, if they are too many to print.
        tls: whether it speaks https.
    """
    organizers = emulator.dataset.organizers
    lines = [f"base URL   {emulator.base_url}", f"token      {emulator.token}"]
    lines += [f"organizer  {organizer}" for organizer in organizers[:_MOST_PRINTED]]
    if len(organizers) > _MOST_PRINTED:
        file = folder / "organizers.txt"
        file.write_text("".join(f"{organizer}\n" for organizer in organizers), encoding="utf-8")
        lines.append(f"           all {len(organizers)}: {file}")
    lines += [f"group      {group}" for group in emulator.dataset.groups[:_MOST_PRINTED]]
    lines.append(f"beta URL   {emulator.beta_url}")
    lines.append(f"browser    {emulator.origin}/")
    if tls:
        lines.append(f"CA file    {emulator.ca_file}")
    if organizers:
        ca_file = str(emulator.ca_file) if tls else None
        lines += ["", "A program to paste:", "", program(emulator.base_url, emulator.token, organizers[0], ca_file)]
    return "\n".join(lines)
