"""What the journal knows units by."""

from itertools import groupby

from graph_meetings_archive.storage.unit import unit_id

_KEYS = [(f"organizer {organizer}", f"recording {number}") for number in range(50) for organizer in range(50)]


def test_each_unit_has_its_own() -> None:
    ids = {unit_id(kind, key) for kind in ("recordings", "transcripts") for key in _KEYS}
    assert len(ids) == 2 * len(_KEYS)
    assert set(map(len, ids)) == {16}


def test_those_of_an_organizer_are_next_to_each_other() -> None:
    by_id = {unit_id("recordings", key): organizer for key in _KEYS for organizer in key[:1]}
    organizers = [organizer for organizer, _ in groupby(by_id[id_] for id_ in sorted(by_id))]
    assert len(organizers) == 50
