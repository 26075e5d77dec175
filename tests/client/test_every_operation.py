"""Every documented request, found in the generated tables, called through its builder and answered by the emulator."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

import graph_meetings.beta
from codegen.naming import builder_member_name, cast_member_name
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.data.entities import Entity
from graph_meetings_runtime import GraphClient, Operation, Page
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.operation import Returns
from tests.client.conftest import PATIENT

CLIENTS: dict[str, type[GraphClient]] = {
    "v1.0": graph_meetings.GraphMeetingsClient,
    "beta": graph_meetings.beta.GraphMeetingsClient,
}
OPERATIONS = [
    pytest.param(version, operation, id=f"{version} {operation.path.partition('(')[0]}{'…' * ('(' in operation.path)}")
    for version, client in CLIENTS.items()
    for operation in client.operations
    if "GET" in operation.methods
]
START = datetime(2026, 1, 5, tzinfo=UTC)  # where the made-up data begin
ARGUMENTS = {"from_date_time": START, "to_date_time": START + timedelta(days=89), "role": "organizer"}


@pytest.fixture(scope="module")
def served() -> Iterator[Emulator]:
    with Emulator() as running:
        running.dataset.add(("subscriptions",), {"id": "a-subscription", "resource": "communications/callRecords"})
        yield running


async def builder_of(
    graph: GraphClient, operation: Operation, keys: Iterator[str], meeting: JsonObject, organizer: str
) -> Any:
    """Follow a path through the builders, as a user would; a key that is not known is that of the first in the list."""
    builder: Any = graph
    functions = {function.name: function for function in operation.functions}
    for segment in operation.path.removeprefix("/").split("/"):
        name = segment.partition("(")[0]
        if segment == "{id}":
            key = next(keys, None) or (await builder.get(filter=finding(meeting, "videoTeleconferenceId"))).value[0].id
            builder = by_key(builder)(key)
        elif name in functions:
            parameters = functions[name].parameters
            needed = [builder_member_name(parameter.name) for parameter in parameters if not parameter.is_optional]
            given = {**ARGUMENTS, "user_id": organizer}
            builder = getattr(builder, builder_member_name(name))(**{name: given[name] for name in needed})
        elif "." in segment:
            builder = getattr(builder, cast_member_name(segment))
        else:
            builder = getattr(builder, builder_member_name(segment))
    return builder


def finding(meeting: JsonObject, name: str) -> str:
    """The filter for a meeting: the service does not list meetings without one."""
    return f"{name} eq '{meeting[name]}'"


def by_key(builder: Any) -> Callable[[str], Any]:
    own = [name for name in dir(builder) if name.startswith("by_") and name != "by_key"]
    method: Callable[[str], Any] = getattr(builder, own[0])
    return method


def keys_of(emulator: Emulator, path: str) -> Iterator[str]:
    """Give ids of entities that have what the path goes on to."""
    return iter(find_keys(emulator.dataset.root, path.removeprefix("/").split("/")) or [])


def find_keys(entity: Entity, names: list[str]) -> list[str] | None:
    if not names:
        return []
    name, *rest = names
    if name in entity.singles:
        return find_keys(entity.singles[name], rest)
    contained = entity.collections.get(name, {})
    if rest[:1] != ["{id}"]:
        return [] if contained or name in entity.streams or "(" in name or name == "delta" else None
    found = ((key, find_keys(child, rest[1:])) for key, child in contained.items())
    return next(([key, *keys] for key, keys in found if keys is not None), None)


@pytest.mark.parametrize(("version", "operation"), OPERATIONS)
async def test_an_operation_is_answered_through_its_builder(
    served: Emulator, version: str, operation: Operation
) -> None:
    base_url = served.base_url if version == "v1.0" else served.beta_url
    meeting = next(served.dataset.root.descendants(("users", "onlineMeetings"))).properties
    options = operation.options
    needed = options.filters[0].partition(" ")[0] if options and options.requires_filter else ""
    async with CLIENTS[version](served.credential, base_url=base_url, retry=PATIENT) as graph:
        builder = await builder_of(
            graph, operation, keys_of(served, operation.path), meeting, served.dataset.organizers[0]
        )
        assert builder.permissions == operation.permissions
        answer = await builder.get(**({"filter": finding(meeting, needed)} if needed else {}))
    match operation.returns:
        case Returns.STREAM:
            assert isinstance(answer, bytes)
            assert answer
        case Returns.MANY:
            page = cast("Page[Model]", answer)
            assert page.value or page.odata_delta_link
            assert all(isinstance(item, operation.model) for item in page.value)
        case Returns.ONE:
            assert isinstance(answer, operation.model)
        case Returns.NOTHING:
            pytest.fail("GET returns something")
    names = [name for name in operation.path.partition("(")[0].split("/") if name not in {"", "{id}"}]
    assert all(f"/{name}" in served.requests[-1].target for name in names)
