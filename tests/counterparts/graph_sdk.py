"""What msgraph-sdk sees of a service, as JSON; run with a Python that has it.

Arguments: the root of the service, a user's id. The token is on standard input.
"""

import asyncio
import hashlib
import json
import sys
import time
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken

# A Python without them checks the types of this module.
AZURE: Any = import_module("kiota_authentication_azure.azure_identity_authentication_provider")
MSGRAPH: Any = import_module("msgraph")
ALL_RECORDINGS = (
    "get_all_recordingsmeeting_organizer_user_id_meeting_organizer_user_id_with_start_date_time_with_end_date_time"
)
UNKNOWN = "00000000-0000-0000-0000-000000000000"


class Token:
    """A credential with one token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(self.token, int(time.time()) + 3600)


def client(root: str, token: str) -> Any:
    host = urlsplit(root).hostname
    authentication = AZURE.AzureIdentityAuthenticationProvider(Token(token), scopes=["made-up"], allowed_hosts=[host])
    adapter = MSGRAPH.GraphRequestAdapter(authentication)
    adapter.base_url = f"{root}/v1.0"
    return MSGRAPH.GraphServiceClient(request_adapter=adapter)


async def all_of(builder: Any) -> list[Any]:
    """Return the items of all pages."""
    page = await builder.get()
    items = list(page.value)
    while page.odata_next_link:
        page = await builder.with_url(page.odata_next_link).get()
        items += page.value
    return items


async def refusal_of(builder: Any) -> dict[str, Any]:
    try:
        await builder.get()
    except Exception as error:  # noqa: BLE001  of a class that a Python without it does not know
        refused: Any = error
        return {"status": refused.response_status_code, "code": refused.error.code}
    return {}


async def main(root: str, user: str, token: str) -> dict[str, Any]:
    graph = client(root, token)
    meetings = graph.users.by_user_id(user).online_meetings
    # Its own URL of this function has an alias within quotes; what it makes of the answer can be tried all the same.
    function = f"{root}/v1.0/users/{user}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='{user}')"
    recordings = await all_of(getattr(meetings, ALL_RECORDINGS).with_url(function))
    first = meetings.by_online_meeting_id(recordings[0].meeting_id).recordings.by_call_recording_id(recordings[0].id)
    records = graph.communications.call_records
    call_records = await all_of(records)
    return {
        "recordings": [recording.id for recording in recordings],
        "content": hashlib.sha256(await first.content.get()).hexdigest(),
        "callRecords": [record.id for record in call_records],
        "sessions": len(await all_of(records.by_call_record_id(call_records[0].id).sessions)),
        "refusal": await refusal_of(records.by_call_record_id(UNKNOWN)),
    }


if __name__ == "__main__":
    root, user = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(main(root, user, sys.stdin.read()))))
