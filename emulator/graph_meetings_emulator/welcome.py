"""What the command prints once the emulator runs: how to connect, and a program to paste."""

from pathlib import Path

from graph_meetings_emulator.emulator import Emulator

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
    if tls:
        lines.append(f"CA file    {emulator.ca_file}")
    if organizers:
        lines += ["", "A program to paste:", "", program(emulator, str(emulator.ca_file) if tls else None)]
    return "\n".join(lines)


def program(emulator: Emulator, ca_file: str | None) -> str:
    """Return a program that lists and downloads recordings of the first user."""
    imports = "import asyncio\n" if ca_file is None else "import asyncio\nimport os\n"
    trust = "" if ca_file is None else f'os.environ["SSL_CERT_FILE"] = {_literal(ca_file)}\n'
    return f"""\
{imports}
from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import EmulatorCredential

BASE_URL = {_literal(emulator.base_url)}
TOKEN = {_literal(emulator.token)}
ORGANIZER = {_literal(emulator.dataset.organizers[0])}
{trust}

async def main() -> None:
    async with GraphMeetingsClient(EmulatorCredential(TOKEN), base_url=BASE_URL) as graph:
        meetings = graph.users.by_user_id(ORGANIZER).online_meetings
        async for recording in meetings.get_all_recordings().list():
            print(recording.created_date_time, recording.id)
        async for record in graph.communications.call_records.list():
            print(record.start_date_time, record.type)


asyncio.run(main())
"""


def _literal(text: str) -> str:
    """Return Python source of a text, in double quotes where possible."""
    quoted = repr(text)
    return quoted if '"' in quoted else f'"{quoted[1:-1]}"'
