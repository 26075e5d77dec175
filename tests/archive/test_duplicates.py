"""A service that names things twice: every row is archived once, and nothing stops."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive, FormatName, Summary
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import Fault
from graph_meetings_emulator.faults.fault import Exchange, FaultContext
from graph_meetings_emulator.http.messages import Reply
from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from tests.archive.conftest import FEEDS
from tests.support import archived

_NUMBERED = "attendanceIntervals"
"""Rows without an id: their key is their position."""


def _same(item: JsonObject) -> JsonObject:
    return copy.deepcopy(item)


def _revised(item: JsonObject) -> JsonObject:
    return {**copy.deepcopy(item), "callId": "another"}


def _of_another_organizer(item: JsonObject) -> JsonObject:
    if "meetingOrganizer" not in item:
        return _same(item)
    return {**copy.deepcopy(item), "meetingOrganizer": {"user": {"id": "00000000-0000-0000-0000-00000000abcd"}}}


@dataclass(frozen=True, slots=True)
class NamesTwice(Fault):
    """Each object of every list, at any depth, comes a second time."""

    kind: ClassVar[str] = "names-twice"
    second: Callable[[JsonObject], JsonObject]

    def applies(self, exchange: Exchange) -> bool:
        return exchange.document is not None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        del context
        assert exchange.document is not None
        self._double(exchange.document)
        return exchange.with_document(exchange.document)

    def _double(self, value: JsonValue) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                self._double(inner)
                if isinstance(inner, list) and name != _NUMBERED:
                    inner += [self.second(each) for each in inner if isinstance(each, dict) and "id" in each]
        elif isinstance(value, list):
            for each in value:
                self._double(each)


async def update(folder: Path, graph: GraphMeetingsClient, emulator: Emulator, format: FormatName) -> Summary:
    async with Archive(folder, graph, format=format) as archive:
        return await archive.update(emulator.dataset.organizers, *FEEDS)


@pytest.mark.parametrize("format", ["sqlite", "jsonl"])
@pytest.mark.parametrize("second", [_same, _revised, _of_another_organizer])
async def test_every_row_is_there_once(
    emulator: Emulator,
    graph: GraphMeetingsClient,
    tmp_path: Path,
    second: Callable[[JsonObject], JsonObject],
    format: FormatName,
) -> None:
    await update(tmp_path / "calm", graph, emulator, format)
    emulator.inject(NamesTwice(second), times=10_000)
    for _ in range(2):
        summary = await update(tmp_path / "doubled", graph, emulator, format)
        assert summary.is_complete, summary.failures
        for name in archived.TABLES:
            keys, expected = (archived.keys(tmp_path / each, name) for each in ("doubled", "calm"))
            assert len(keys) == len(set(keys)), name
            assert set(keys) >= set(expected), name
            assert second is _of_another_organizer or keys == expected, name
