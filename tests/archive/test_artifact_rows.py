"""The rows of recordings that do not all say who organized the meeting."""

from graph_meetings import CallRecording
from graph_meetings_archive.feeds.artifact_rows import recording_rows
from graph_meetings_archive.feeds.malformed import Malformed
from graph_meetings_archive.outcome.report import Report
from graph_meetings_runtime.json_codec import JsonObject


def _organized_by(user: str) -> JsonObject:
    return {"user": {"id": user}}


def test_each_has_a_row_with_its_own_organizer() -> None:
    rows = recording_rows()
    raws: list[JsonObject] = [
        {"id": "1"},
        {"id": "2", "meetingOrganizer": _organized_by("ann")},
        {"id": "3"},
        {"id": "4", "meetingOrganizer": None},
    ]
    organizers = ["ANN", "ANN", "ann", "ann"]  # the later ones are known from the second
    found = [rows.found(CallRecording.from_raw(raw), name) for raw, name in zip(raws, organizers, strict=True)]
    units = rows.units(found, {}, Malformed(Report(["recordings"]), "recordings"))
    expected = [("ANN", "1"), ("ann", "2"), ("ann", "3"), ("ann", "4")]
    assert sorted(unit.key for unit in units) == expected
    assert sorted(row[:2] for unit in units for row in unit.rows[0]) == expected
