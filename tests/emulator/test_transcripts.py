import json
import re
from datetime import datetime

import pytest

from tests.emulator.support import Json, Site

VTT, UNATTRIBUTED = "text/vtt", "application/vnd.microsoft.graph.transcript+text"
TIME = r"-?[0-9]+:[0-9]+:[0-9]+\.[0-9]+"


@pytest.fixture
def transcript(shared: Site) -> Json:
    return dict(shared.emulator.dataset.transcripts(shared.organizer)[0])


@pytest.fixture
def path(shared: Site, transcript: Json) -> str:
    return f"{shared.meetings}/{transcript['meetingId']}/transcripts/{transcript['id']}"


def test_a_transcript_and_its_recording_share_a_correlation_id(shared: Site, transcript: Json) -> None:
    recordings = f"{shared.meetings}/{transcript['meetingId']}/recordings"
    expression = f"$filter=contentcorrelationId eq '{transcript['contentCorrelationId']}'"
    (recording,) = shared.items(f"{recordings}?{expression}")
    assert recording["callId"] == transcript["callId"]
    (found,) = shared.items(f"{shared.meetings}/{transcript['meetingId']}/transcripts?{expression}")
    assert found["id"] == transcript["id"]


def test_a_transcript_without_a_recording_is_possible(site: Site) -> None:
    meeting = site.emulator.dataset.add_meeting(site.organizer)
    assert site.emulator.dataset.add_transcript(site.organizer, meeting)["contentCorrelationId"]


def test_the_content_names_speakers_by_default(shared: Site, path: str) -> None:
    response = shared.get(f"{path}/content", accept="")
    assert response.headers["content-type"] == VTT
    assert response.headers["content-length"] == str(len(response.content))
    head, *cues = response.text.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    assert all(re.fullmatch(rf"{TIME} --> {TIME}(?:\n<v [^>]+>.+</v>)+", cue) for cue in cues)


def test_the_content_has_negative_times_two_voices_at_once_and_entities(shared: Site, path: str) -> None:
    first, second, *_ = shared.get(f"{path}/content", accept="").text.split("\n\n")[1:]
    assert first.startswith("-0:0:3.100 --> ")
    voices = re.findall("<v ([^>]+)>(.+)</v>", second)
    assert len({name for name, _ in voices}) == 2
    assert voices[1][1] == "You mean 5 --&gt; 6 &amp; not &lt;b&gt;4&lt;/b&gt;?"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/vtt", VTT),
        ("TEXT/VTT", VTT),
        (UNATTRIBUTED, UNATTRIBUTED),
        (f"text/vtt;q=0.1, {UNATTRIBUTED}", UNATTRIBUTED),
        (f"text/vtt, {UNATTRIBUTED};q=0", VTT),
        ("application/json, text/vtt;q=0.1", VTT),
        ("", VTT),
    ],
)
def test_accept_decides_between_the_formats(shared: Site, path: str, accept: str, expected: str) -> None:
    response = shared.get(f"{path}/content", accept=accept)
    assert (response.status_code, response.headers["content-type"]) == (200, expected)
    assert ("<v " in response.text) == (expected == VTT)


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "text/*",
        "application/json",
        "application/octet-stream",
        "application/json, */*;q=0.1",
        "application/vnd.openxmlformats",
        "text/vtt;q=0",
        "text/vtt;q=0, */*",
        "x;q=y",
    ],
)
def test_an_accept_that_names_no_format_is_refused_as_by_the_service(shared: Site, path: str, accept: str) -> None:
    response = shared.get(f"{path}/content", accept=accept)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "BadRequest")
    assert error["message"] == f"Invalid format '{accept}' specified."


def test_format_goes_before_accept(shared: Site, path: str) -> None:
    assert shared.get(f"{path}/content?$format=text/vtt", accept="*/*").headers["content-type"] == VTT


def test_format_asks_for_vtt_and_for_nothing_else(shared: Site, path: str) -> None:
    response = shared.get(f"{path}/content?$format=text/vtt", accept=UNATTRIBUTED)
    assert response.headers["content-type"] == VTT
    for other in (UNATTRIBUTED.replace("+", "%2B"), "docx", ""):
        shared.refused(f"{path}/content?$format={other}")
    recording = shared.items(shared.recordings)[0]
    shared.refused(f"{shared.content_path(recording)}?$format=text/vtt")


def test_a_recording_has_one_format_whatever_accept_says(shared: Site) -> None:
    path = shared.content_path(shared.items(shared.recordings)[0])
    assert shared.get(path, accept="application/json").headers["content-type"] == "video/mp4"


def test_the_metadata_has_an_object_for_each_cue(shared: Site, path: str, transcript: Json) -> None:
    head, first, *_, last = shared.get(f"{path}/metadataContent").text.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    assert first.startswith("-00:00:03.100 --> ")
    record = json.loads(last.partition("\n")[2])
    assert set(record) == {"startDateTime", "endDateTime", "speakerName", "spokenText", "spokenLanguage"}
    assert datetime.fromisoformat(record["startDateTime"]) >= datetime.fromisoformat(transcript["createdDateTime"])


def test_the_formats_say_the_same(shared: Site, path: str) -> None:
    plain = shared.get(f"{path}/content", accept=UNATTRIBUTED).text
    said = [json.loads(cue.partition("\n")[2])["spokenText"] for cue in metadata(shared, path)]
    assert [cue.partition("\n")[2] for cue in plain.rstrip("\n").split("\n\n")] == said


def metadata(site: Site, path: str) -> list[str]:
    return site.get(f"{path}/metadataContent").text.rstrip("\n").split("\n\n")[1:]


def test_a_transcript_has_ranges_and_an_etag(shared: Site, path: str) -> None:
    whole = shared.get(f"{path}/content", accept=VTT)
    part = shared.get(f"{path}/content", accept=VTT, range="bytes=3-9", if_range=whole.headers["etag"])
    assert (part.status_code, part.content) == (206, whole.content[3:10])
