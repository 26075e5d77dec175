"""The program to paste."""


def program(base_url: str, token: str, organizer: str, ca_file: str | None) -> str:
    """Return a program that lists the recordings of a user, and the call records.

    Args:
        base_url: the root URL of v1.0.
        token: the bearer token.
        organizer: the id of the user.
        ca_file: the certificate to trust, if the emulator speaks https.
    """
    imports = "" if ca_file is None else "import os\n\n"
    trust = "" if ca_file is None else f'os.environ["SSL_CERT_FILE"] = {_literal(ca_file)}\n'
    return f"""\
{imports}from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_emulator import BlockingEmulatorCredential

BASE_URL = {_literal(base_url)}
TOKEN = {_literal(token)}
ORGANIZER = {_literal(organizer)}
{trust}
with GraphMeetingsClient(BlockingEmulatorCredential(TOKEN), base_url=BASE_URL) as graph:
    meetings = graph.users.by_user_id(ORGANIZER).online_meetings
    for recording in meetings.get_all_recordings().list():
        print(recording.created_date_time, recording.id)
    for record in graph.communications.call_records.list():
        print(record.start_date_time, record.type)
"""


def _literal(text: str) -> str:
    """Return Python source of a text, in double quotes where possible."""
    quoted = repr(text)
    return quoted if '"' in quoted else f'"{quoted[1:-1]}"'
