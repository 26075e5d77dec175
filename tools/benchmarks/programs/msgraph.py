"""Measure msgraph-sdk, in an environment with msgraph-sdk and none of our packages.

Args:
    task: `read`, `model_memory`, `get`, `page`, `download`, `first_item` or `size`.
    arguments: arguments of the task's function.
"""

import asyncio
import gc
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tools.benchmarks.measuring.processes import answer_lines, disk_usage

_MODELS: Final = {
    "recordings": ("call_recording", "CallRecording"),
    "attendance": ("attendance_record", "AttendanceRecord"),
    "sessions": ("call_records.session", "Session"),
    "pstn": ("call_records.pstn_call_log_row", "PstnCallLogRow"),
}


def read(name: str, file: str) -> None:
    """Answer with the seconds to read a page; the SDK reads all fields when it creates a model."""
    content, parse = Path(file).read_bytes(), _parser(name)

    def run() -> float:
        gc.collect()
        gc.freeze()
        began = time.perf_counter()
        parse(content)
        return time.perf_counter() - began

    answer_lines(run)


def model_memory(name: str, file: str, pages: str) -> None:
    """Print the bytes of memory per model."""
    content, parse = Path(file).read_bytes(), _parser(name)
    parse(content)
    tracemalloc.start()
    held = [parse(content) for _ in range(int(pages))]
    print(tracemalloc.get_traced_memory()[0] / sum(map(len, held)))


def get(base_url: str, count: str) -> None:
    """Answer with the average seconds of a request for ten meetings."""
    meetings = _client(base_url).users.by_user_id("u").online_meetings
    builder = import_module("msgraph.generated.users.item.online_meetings.online_meetings_request_builder")
    parameters = builder.OnlineMeetingsRequestBuilder.OnlineMeetingsRequestBuilderGetQueryParameters(top=10)
    configuration = import_module("kiota_abstractions.base_request_configuration").RequestConfiguration(
        query_parameters=parameters
    )

    async def run() -> None:
        for _ in range(int(count)):
            await meetings.get(request_configuration=configuration)

    _answer_each(run, int(count))


def page(base_url: str, user: str, items: str) -> None:
    """Answer with the average seconds per recording while paging through a user's recordings."""
    client = _client(base_url)
    recordings = client.users.by_user_id(user).online_meetings.by_online_meeting_id("m").recordings
    iterator = import_module("msgraph_core.tasks.page_iterator").PageIterator

    async def run() -> None:
        count = 0

        def take(item: Any) -> bool:
            nonlocal count
            assert item.id
            count += 1
            return True

        first = await recordings.get()
        await iterator(first, client.request_adapter).iterate(take)
        assert count == int(items), count

    _answer_each(run, int(items))


def download(base_url: str, size: str, target: str) -> None:
    """Answer with the seconds of a download; the SDK returns the whole content at once."""
    meeting = _client(base_url).users.by_user_id("u").online_meetings.by_online_meeting_id("m")
    content = meeting.recordings.by_call_recording_id(size).content

    async def run() -> None:
        received = await content.get()
        assert len(received) == int(size)
        await asyncio.to_thread(Path(target).write_bytes, received)

    _answer_each(run, 1)


def first_item(base_url: str) -> None:
    """Fetch ten meetings and read the id of the first."""

    async def run() -> None:
        first = await _client(base_url).users.by_user_id("u").online_meetings.get()
        assert first.value[0].id

    asyncio.run(run())


def size() -> None:
    """Print the bytes that the installed package occupies on the disk."""
    folder = Path(str(import_module("msgraph").__file__)).parent
    print(disk_usage(folder))


def _parser(name: str) -> Callable[[bytes], list[object]]:
    module, model = _MODELS[name]
    factory: Any = getattr(import_module(f"msgraph.generated.models.{module}"), model)
    nodes = import_module("kiota_serialization_json.json_parse_node_factory").JsonParseNodeFactory()

    def parse(content: bytes) -> list[object]:
        node = nodes.get_root_parse_node("application/json", content)
        models: list[object] = node.get_child_node("value").get_collection_of_object_values(factory)
        return models

    return parse


def _client(base_url: str) -> Any:
    msgraph = import_module("msgraph")
    anonymous = import_module("kiota_abstractions.authentication.anonymous_authentication_provider")
    adapter = msgraph.GraphRequestAdapter(anonymous.AnonymousAuthenticationProvider())
    adapter.base_url = base_url
    return msgraph.GraphServiceClient(request_adapter=adapter)


def _answer_each(run: Callable[[], Awaitable[None]], count: int) -> None:
    async def timed() -> float:
        gc.collect()
        began = time.perf_counter()
        await run()
        return (time.perf_counter() - began) / count

    with asyncio.Runner() as runner:
        answer_lines(lambda: runner.run(timed()))


_TASKS: Final[dict[str, Callable[..., None]]] = {
    task.__name__: task for task in (read, model_memory, get, page, download, first_item, size)
}


if __name__ == "__main__":
    _TASKS[sys.argv[1]](*sys.argv[2:])
