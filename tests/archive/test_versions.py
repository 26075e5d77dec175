"""A call that is revised while it is read: its rows are all of one version."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive, CallRecords
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.faults import Fault
from graph_meetings_emulator.faults.fault import Exchange, FaultContext
from graph_meetings_emulator.http.messages import Reply
from tests.support import archived


@dataclass(frozen=True, slots=True)
class Revises(Fault):
    """Revises a call just before a page of its sessions is sent."""

    kind: ClassVar[str] = "revises"
    dataset: Dataset
    call: str

    def applies(self, exchange: Exchange) -> bool:
        return exchange.is_continued and b"sessions" in exchange.request.raw_path

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        del context
        path = ("communications", "callRecords", self.call)
        before = self.dataset.find(path).properties
        self.dataset.replace(path, {**before, "version": int(str(before["version"])) + 1, "joinWebUrl": "https://new"})
        return exchange.reply


@pytest.fixture
def call(dataset: Dataset) -> str:
    return str(dataset.add_call_record(sessions=130, start="2026-07-01T09:00:00Z")["id"])


async def test_it_is_read_again_until_all_is_of_one_version(
    emulator: Emulator, graph: GraphMeetingsClient, call: str, tmp_path: Path
) -> None:
    emulator.inject(Revises(emulator.dataset, call), times=2)
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update((), CallRecords())
    assert summary.is_complete
    assert emulator.faults_injected["revises"] == 2
    (row,) = (row for row in archived.rows(tmp_path, "calls") if row["id"] == call)
    assert (row["version"], row["join_web_url"]) == (
        emulator.dataset.find(("communications", "callRecords", call)).properties["version"],
        "https://new",
    )
    sessions = [row for row in archived.rows(tmp_path, "sessions") if row["call_id"] == call]
    assert len(sessions) == 130
    assert {session["call_version"] for session in sessions} == {row["version"]}


async def test_one_that_is_revised_again_and_again_is_told_and_comes_later(
    emulator: Emulator, graph: GraphMeetingsClient, call: str, tmp_path: Path
) -> None:
    emulator.inject(Revises(emulator.dataset, call), times=100)
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update((), CallRecords())
        (failure,) = summary.failures
        assert f"the call record {call} was revised" in failure.reason
        assert len(archived.rows(tmp_path, "calls")) == len(emulator.dataset.call_records) - 1
        emulator.inject(Revises(emulator.dataset, call), times=1)
    with Emulator(emulator.dataset) as calm:
        async with (
            GraphMeetingsClient(calm.credential, base_url=calm.base_url) as other,
            Archive(tmp_path, other) as archive,
        ):
            summary = await archive.update((), CallRecords())
    assert summary.is_complete
    assert (summary["call_records"].added > 0, len(archived.rows(tmp_path, "calls"))) == (
        True,
        len(emulator.dataset.call_records),
    )
