"""What becomes of each query option of each request: in the client, which warns, and in the emulator."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from graph_meetings import BadRequest, GraphMeetingsClient, UndocumentedOptionWarning
from graph_meetings.operations import OPERATIONS
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.emulator import VERSIONS
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.odata.query import Query, parse_query
from graph_meetings_runtime import Operation
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.operations.operation import Returns
from graph_meetings_runtime.operations.option_check import undocumented
from graph_meetings_runtime.operations.query_options import QueryOptions
from tests.client.conftest import PATIENT
from tests.client.test_every_operation import CLIENTS, builder_of, finding, keys_of

OPTIONS = {
    Returns.MANY: ("count", "expand", "filter", "orderby", "search", "select", "top"),
    Returns.ONE: ("expand", "select"),
    Returns.STREAM: ("format",),
}
VALUES: dict[str, Any] = {"count": True, "orderby": "id", "search": "x", "select": "id", "top": 1, "format": "text/vtt"}
EXPANDABLE = ("onlineMeetings", "sessions", "segments", "attendanceRecords", "recordings")
NOTHING = Query()
RULES = {
    (version, operation.options): operation
    for version, operations in VERSIONS.items()
    for operation in operations
    if "GET" in operation.methods
}


class Path:
    """The documents of one path, as the emulator looks them up."""

    def __init__(self, options: QueryOptions | None) -> None:
        self.options = options

    def within(self, name: str) -> None:
        """Nothing is known of what is expanded."""


def value_of(operation: Operation, name: str) -> Any:
    """Return the value of an option; a filter as the documents have it if they have one."""
    if name == "expand":
        declared = {field.wire_name for field in fields_of(operation.model).values()}
        return next((value for value in EXPANDABLE if value in declared), "recordings")
    if name == "filter":
        comparison = operation.options.filters[0] if operation.options and operation.options.filters else "id eq"
        return f"{comparison} 2026-01-01" if "DateTime" in comparison else f"{comparison} 'x'"
    if name == "search" and operation.options and operation.options.lists(name):
        return '"displayName:a"'
    return VALUES[name]


def kept(query: Query, name: str) -> bool:
    value, default = getattr(query, name), getattr(NOTHING, name)
    return bool(value != default)


def parsed(operation: Operation, **options: Any) -> Query:
    """Parse a query as the emulator does; a filter that the request needs is added."""
    documented = operation.options
    assert documented is not None
    if documented.requires_filter:
        options.setdefault("filter", value_of(operation, "filter"))
    text = "&".join(f"${name}={str(value).lower() if value is True else value}" for name, value in options.items())
    return parse_query(text, operation.returns, Path(documented))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_option_of_every_request_is_answered_ignored_or_refused_as_the_data_say(version: str) -> None:
    checked = 0
    for operation in VERSIONS[version]:
        documented = operation.options
        if "GET" not in operation.methods:
            continue
        assert documented is not None, operation.path
        for name in OPTIONS[operation.returns]:
            checked += 1
            value = value_of(operation, name)
            warning = undocumented(operation, name, value)
            refusal = documented.refusal_of(name)
            assert (warning is None) == documented.lists(name), operation.path
            if documented.lists(name):
                assert kept(parsed(operation, **{name: value}), name), operation.path
            elif refusal is None:
                assert not kept(parsed(operation, **{name: value}), name), operation.path
            else:
                with pytest.raises(ServiceError) as caught:
                    parsed(operation, **{name: value})
                assert (caught.value.status, caught.value.code) == (refusal.status, refusal.code)
    assert checked > 300


@pytest.mark.parametrize("version", VERSIONS)
def test_a_filter_beyond_the_documented_ones_warns_and_is_ignored_or_refused(version: str) -> None:
    limited = [operation for operation in VERSIONS[version] if operation.options and operation.options.filters]
    for operation in limited:
        documented = operation.options
        assert documented is not None
        right = value_of(operation, "filter")
        for wrong in ("id eq 'x'", f"{right} and id eq 'x'", f"not ({right})", f"{right} or contains(id,'x')"):
            assert undocumented(operation, "filter", wrong), operation.path
            if documented.refusal_of("filter"):
                with pytest.raises(ServiceError):
                    parsed(operation, filter=wrong)
            else:
                assert parsed(operation, filter=wrong).filter is None
    assert len(limited) > 8


@pytest.fixture(scope="module")
def served() -> Iterator[Emulator]:
    with Emulator() as running:
        running.dataset.add(("subscriptions",), {"id": "a-subscription", "resource": "communications/callRecords"})
        yield running


@pytest.mark.parametrize(("version", "operation"), [(version, operation) for (version, _), operation in RULES.items()])
async def test_a_request_warns_once_and_is_sent_whatever_its_options(
    served: Emulator, version: str, operation: Operation
) -> None:
    base_url = served.base_url if version == "v1.0" else served.beta_url
    meeting = next(served.dataset.root.descendants(("users", "onlineMeetings"))).properties
    documented = operation.options
    assert documented is not None
    found = documented.filters[0].partition(" ")[0] if documented.requires_filter else ""
    required = {"filter": finding(meeting, found)} if found else {}
    async with CLIENTS[version](served.credential, base_url=base_url, retry=PATIENT) as graph:
        builder = await builder_of(
            graph, operation, keys_of(served, operation.path), meeting, served.dataset.organizers[0]
        )
        whole = await builder.get(**required)
        for name in OPTIONS[operation.returns]:
            sent = len(served.requests)
            options = {name: value_of(operation, name)} | required
            answers, warned = await asked_twice(builder, options)
            assert len(served.requests) >= sent + 2
            assert len(warned) == (not documented.lists(name))
            if not documented.lists(name):
                is_refused = documented.refusal_of(name) is not None
                assert [answer is None for answer in answers] == [is_refused] * 2
                assert is_refused or contents(answers[0]) == contents(whole)


async def asked_twice(builder: Any, options: dict[str, Any]) -> tuple[list[object], list[str]]:
    """Return the two answers, `None` for one that is refused, and the warnings of both together."""
    answers: list[object] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            try:
                answers.append(await builder.get(headers={"ConsistencyLevel": "eventual"}, **options))
            except BadRequest:
                answers.append(None)
    assert all(one.category is UndocumentedOptionWarning for one in caught)
    return answers, [str(one.message) for one in caught]


def contents(answer: Any) -> Any:
    return [item.raw for item in answer.value] if hasattr(answer, "odata_next_link") else answer


FACTS = {
    "/communications/callRecords": "filter select",
    "/communications/callRecords/getDirectRoutingCalls": "",
    "/communications/callRecords/getPstnCalls": "",
    "/communications/callRecords/{id}": "expand select",
    "/communications/callRecords/{id}/participants_v2": "select",
    "/communications/callRecords/{id}/sessions": "expand select",
    "/me/onlineMeetings/{id}/recordings": "filter select top",
    "/me/onlineMeetings/{id}/recordings/{id}": "select",
    "/me/onlineMeetings/{id}/transcripts": "filter select top",
    "/me/onlineMeetings/{id}/transcripts/{id}/content": "format",
    "/users/{id}/adhocCalls/getAllRecordings": "top",
    "/users/{id}/onlineMeetings/getAllTranscripts": "filter top",
}


@pytest.mark.parametrize("path", FACTS)
def test_the_data_have_what_the_pages_list(path: str) -> None:
    (operation,) = (one for one in OPERATIONS if one.path.partition("(")[0] == path and not one.path.endswith("delta"))
    assert operation.options is not None
    assert set(operation.options.listed) - {"skip"} == set(FACTS[path].split())


@pytest.mark.parametrize("path", ["/me/onlineMeetings", "/users/{id}/onlineMeetings", "/communications/onlineMeetings"])
@pytest.mark.parametrize("condition", [None, "subject eq 'x'", "not (id eq 'x')", "true", "startswith(joinWebUrl,'h')"])
async def test_meetings_are_found_by_a_documented_filter_only(
    served: Emulator, path: str, condition: str | None
) -> None:
    async with GraphMeetingsClient(served.credential, base_url=served.base_url, retry=PATIENT) as graph:
        user = graph.users.by_user_id(served.dataset.organizers[0])
        meetings = {
            "/me/onlineMeetings": graph.me.online_meetings,
            "/users/{id}/onlineMeetings": user.online_meetings,
            "/communications/onlineMeetings": graph.communications.online_meetings,
        }[path]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UndocumentedOptionWarning)
            with pytest.raises(BadRequest) as caught:
                await meetings.get(filter=condition)
    error = caught.value
    assert (error.status, error.code) == (400, "InvalidArgument")
    assert error.message == "Filter expression expected - /onlineMeetings?$filter={ParameterName} eq '{id}'."


async def test_links_of_the_service_never_warn(served: Emulator) -> None:
    async with GraphMeetingsClient(served.credential, base_url=served.base_url, retry=PATIENT) as graph:
        records = graph.communications.call_records
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            await records.with_url(f"{served.base_url}/communications/callRecords?$top=5&$orderby=id").get()
