"""Pages of recordings: decoding, wrapping, reading."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import orjson
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory

from benchmarks.lean_kiota import LeanPage
from benchmarks.measure import Budget, Comparison, Row, interleaved
from graph_meetings import CallRecording, TeamworkUserIdentity
from graph_meetings_emulator import Dataset
from graph_meetings_runtime.json_codec import decode_json
from graph_meetings_runtime.page import Page, page_factory


def rows() -> Iterator[Row]:
    """Measure a page of 1,000 recordings."""
    dataset = Dataset.generate(organizers=1, meetings=10, recordings=100)
    content = msgspec.json.encode({"value": dataset.recordings(dataset.organizers[0])})
    bare = msgspec.json.Decoder().decode

    def wrapped() -> object:
        return _page(content).value

    def read() -> None:
        for recording in _page(content).value:
            read_all(recording)

    what = "1,000 recordings"
    seconds = interleaved({"ours": wrapped, "msgspec": lambda: bare(content), "orjson": lambda: orjson.loads(content)})
    yield Comparison(f"{what}, decoded and wrapped", "msgspec", Budget(at_most=1.25)).of_times(seconds)
    yield Comparison(f"{what}, decoded and wrapped", "orjson").of_times(seconds)
    seconds = interleaved({"ours": read, "msgspec": lambda: bare(content)})
    yield Comparison(f"{what}, every field read", "msgspec", Budget(at_most=6)).of_times(seconds)
    peers: dict[str, Callable[[], object]] = {
        "ours": read,
        "Kiota, lean dataclasses": lambda: _kiota(content, LeanPage),
        "Kiota, our models": lambda: _kiota(content, page_factory(CallRecording)),
    }
    seconds = interleaved(peers, rounds=5, repeat=2)
    for peer in list(peers)[1:]:
        yield Comparison(f"{what}, every field read", peer, Budget(at_most=1 / 3)).of_times(seconds)


def _page(content: bytes) -> Page[CallRecording]:
    raw = decode_json(content)
    assert isinstance(raw, dict)
    return Page(CallRecording, raw)


def read_all(recording: CallRecording) -> None:
    """Read every field of a recording, as a user would."""
    _ = recording.id, recording.call_id, recording.content, recording.content_correlation_id
    _ = recording.created_date_time, recording.end_date_time
    _ = recording.meeting_id, recording.recording_content_url
    organizer = recording.meeting_organizer
    assert organizer is not None
    _ = organizer.application, organizer.device
    user = organizer.user
    assert isinstance(user, TeamworkUserIdentity)
    _ = user.id, user.display_name, user.user_identity_type


def _kiota(content: bytes, factory: Any) -> object:
    return JsonParseNodeFactory().get_root_parse_node("application/json", content).get_object_value(factory)
