"""The table of what can be subscribed to, against what is documented."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from graph_meetings_notifications import CallRecords, Recordings, Resource, Transcripts

DOCUMENTED = [
    (Recordings.of_tenant(), "communications/onlineMeetings/getAllRecordings"),
    (Recordings.of_user("u"), "users/u/onlineMeetings/getAllRecordings"),
    (Recordings.of_meeting("m"), "communications/onlineMeetings/m/recordings"),
    (Recordings.of_adhoc_calls(), "communications/adhocCalls/getAllRecordings"),
    (Recordings.of_adhoc_calls_of_user("u"), "users/u/adhocCalls/getAllRecordings"),
    (Recordings.of_adhoc_call("c"), "communications/adhocCalls/c/recordings"),
    (Transcripts.of_tenant(), "communications/onlineMeetings/getAllTranscripts"),
    (Transcripts.of_user("u"), "users/u/onlineMeetings/getAllTranscripts"),
    (Transcripts.of_meeting("m"), "communications/onlineMeetings/m/transcripts"),
    (Transcripts.of_adhoc_calls(), "communications/adhocCalls/getAllTranscripts"),
    (Transcripts.of_adhoc_calls_of_user("u"), "users/u/adhocCalls/getAllTranscripts"),
    (Transcripts.of_adhoc_call("c"), "communications/adhocCalls/c/transcripts"),
]


@pytest.mark.parametrize(("resource", "path"), DOCUMENTED)
def test_recordings_and_transcripts_are_as_documented(resource: Resource, path: str) -> None:
    kind = "Recording" if "ecordings" in path else "Transcript"
    permission = f"OnlineMeeting{kind}.Read.All"
    is_of_the_tenant = path.startswith("communications/") and "/getAll" in path
    assert resource == Resource(
        path=path,
        change_types=("created",),
        longest_life=timedelta(minutes=4_320),
        application=permission,
        delegated=None if is_of_the_tenant else permission,
        has_resource_data=True,
    )


def test_call_records_are_as_documented() -> None:
    assert CallRecords.of_tenant() == Resource(
        path="communications/callRecords",
        change_types=("created", "updated"),
        longest_life=timedelta(minutes=4_230),
        application="CallRecords.Read.All",
        delegated=None,
        has_resource_data=False,
    )


@pytest.mark.parametrize("id_", ["", "a/b", "..", "a?b", "a#b", "a'b", "a b", "a\nb", "é", "(x)", "a%2fb", "x" * 1001])
@pytest.mark.parametrize("make", [Recordings.of_user, Recordings.of_meeting, Transcripts.of_adhoc_call])
def test_what_cannot_be_an_id_is_refused(make: Callable[[str], Resource], id_: str) -> None:
    with pytest.raises(ValueError, match="cannot be an id"):
        make(id_)


@pytest.mark.parametrize(
    "id_", ["8b081ef6-4792-4def-b2c9-c363a1bf41d5", "MSpkYzE3Njc0Yy04MWQ5LT_x-==", "ann@contoso.com"]
)
def test_ids_are_taken_as_they_are(id_: str) -> None:
    assert Recordings.of_user(id_).path == f"users/{id_}/onlineMeetings/getAllRecordings"
