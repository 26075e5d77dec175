"""Serving an operation that the client lacks takes only data: a table and entities."""

from collections.abc import Iterator

import pytest

from graph_meetings_emulator import Dataset
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.edm import DATE_TIME_OFFSET, STRING
from graph_meetings_runtime.operations.operation import Function, Operation, Parameter, Returns
from tests.emulator.support import Site, ids, running


class Call(Model, odata_type="microsoft.graph.callRecords.callRecord"):
    id = Field("id", STRING)
    start_date_time = Field("startDateTime", DATE_TIME_OFFSET)


class Person(Model, odata_type="microsoft.graph.callRecords.organizer"):
    id = Field("id", STRING)


GET_ROWS = Function("getRows", (Parameter("fromDateTime", "Edm.DateTimeOffset", is_optional=False),))
OPERATIONS = (
    Operation("/communications/callRecords", Returns.MANY, Call),
    Operation("/communications/callRecords/{id}", Returns.ONE, Call),
    Operation("/communications/callRecords/{id}/organizer_v2", Returns.ONE, Person),
    Operation("/communications/callRecords/{id}/sessions", Returns.MANY, Call),
    Operation("/communications/callRecords/getRows(fromDateTime={fromDateTime})", Returns.MANY, Call, (GET_ROWS,)),
)
RECORD = ("communications", "callRecords", "1")


@pytest.fixture(scope="module")
def calls() -> Iterator[Site]:
    dataset = Dataset()
    dataset.add_single(("communications",), {})
    for number in "12":
        dataset.add(RECORD[:2], {"id": number, "startDateTime": f"2026-01-0{number}T00:00:00Z"})
    dataset.add_single((*RECORD, "organizer_v2"), {"id": "ines"})
    dataset.add((*RECORD, "sessions"), {"id": "session"})
    dataset.add(("communications", "getRows"), {"id": "row"})
    with running(dataset, operations={"v1.0": OPERATIONS, "beta": OPERATIONS}) as site:
        yield site


def test_a_collection_below_a_single_valued_property_is_listed(calls: Site) -> None:
    page = calls.json("/communications/callRecords?$filter=startDateTime ge 2026-01-02T00:00:00Z")
    assert ids(page["value"]) == ["2"]
    assert page["@odata.context"].endswith("/v1.0/$metadata#communications/callRecords")


def test_a_single_valued_property_is_an_object(calls: Site) -> None:
    organizer = calls.json("/communications/callRecords/1/organizer_v2")
    assert organizer["id"] == "ines"
    assert organizer["@odata.context"].endswith("#communications/callRecords('1')/organizer_v2/$entity")
    calls.refused("/communications/callRecords/2/organizer_v2", 404, "itemNotFound")


def test_a_contained_collection_may_be_empty(calls: Site) -> None:
    assert ids(calls.items("/communications/callRecords('1')/sessions")) == ["session"]
    assert not calls.items("/communications/callRecords('2')/sessions")


def test_a_function_without_an_entity_set_gives_what_is_kept_under_its_name(calls: Site) -> None:
    rows = calls.items("/communications/callRecords/getRows(fromDateTime=2026-01-01)")
    assert rows == [{"id": "row"}]
    assert "fromDateTime" in calls.refused("/communications/callRecords/getRows")


def test_each_version_has_its_own_root(calls: Site) -> None:
    page = calls.json(f"{calls.emulator.origin}/beta/communications/callRecords?$top=1")
    assert page["@odata.context"].startswith(f"{calls.emulator.origin}/beta/$metadata#")
    assert page["@odata.nextLink"].startswith(f"{calls.emulator.origin}/beta/communications/")
