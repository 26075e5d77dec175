"""What was read with malformed values is read again by the next update."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive, Feed, Summary
from graph_meetings_archive.feeds.options import name_of
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import Fault
from graph_meetings_emulator.faults.fault import Exchange, FaultContext
from graph_meetings_emulator.http.messages import Reply
from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from tests.archive.conftest import FEEDS
from tests.support import archived


@dataclass(frozen=True, slots=True)
class Spoils(Fault):
    """A property, at any depth, has a value of the wrong type in one object."""

    kind: ClassVar[str] = "spoils"
    name: str

    def applies(self, exchange: Exchange) -> bool:
        return exchange.document is not None and any(self._holders(exchange.document))

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        del context
        assert exchange.document is not None
        self._holders(exchange.document)[-1][self.name] = {"of": "another type"}
        return exchange.with_document(exchange.document)

    def _holders(self, value: JsonValue) -> list[JsonObject]:
        match value:
            case dict():
                mine = [value] if value.get(self.name) is not None else []
                return mine + [found for inner in value.values() for found in self._holders(inner)]
            case list():
                return [found for inner in value for found in self._holders(inner)]
            case _:
                return []


async def update(folder: Path, graph: GraphMeetingsClient, emulator: Emulator, feeds: tuple[Feed, ...]) -> Summary:
    async with Archive(folder, graph) as archive:
        return await archive.update(emulator.dataset.organizers, *feeds)


@pytest.mark.parametrize(
    ("feed", "name"),
    [
        ("recordings", "endDateTime"),
        ("transcripts", "endDateTime"),
        ("attendance", "attendanceIntervals"),
        ("attendance", "totalParticipantCount"),
        ("attendance", "subject"),
        ("attendance", "joinWebUrl"),
        ("call_records", "segments"),
        ("call_records", "headerValue"),
        ("call_records", "version"),
        ("pstn_calls", "charge"),
        ("direct_routing_calls", "callType"),
    ],
)
async def test_the_next_update_has_what_the_service_has(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, feed: str, name: str
) -> None:
    feeds = tuple(each for each in FEEDS if name_of(each) == feed)
    emulator.inject(Spoils(name))
    first = await update(tmp_path / "spoilt", graph, emulator, feeds)
    assert emulator.faults_injected["spoils"] == 1
    assert not first.is_complete
    assert (await update(tmp_path / "spoilt", graph, emulator, feeds)).is_complete
    assert (await update(tmp_path / "whole", graph, emulator, feeds)).is_complete
    assert archived.everything(tmp_path / "spoilt") == archived.everything(tmp_path / "whole")
    third = await update(tmp_path / "spoilt", graph, emulator, feeds)
    assert (third[feed].added, third[feed].replaced) == (0, 0)
