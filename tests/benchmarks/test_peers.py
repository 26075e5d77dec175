"""What ours is compared with does the same work."""

import json
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from graph_meetings_runtime.json_codec import JsonObject, JsonValue, Number
from graph_meetings_runtime.models.model import Model
from tools.benchmarks.loopback.clients import bare_client, list_bare, list_ours, our_client
from tools.benchmarks.loopback.service import serving, user_with
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.read_models import object_model, read_every_field, read_fields, wrap_page
from tools.benchmarks.peers import kiota, msgraph
from tools.benchmarks.peers.copies import Copy, copy_by_httpx, copy_by_socket
from tools.benchmarks.peers.lean_kiota import LeanModel, lean

PAYLOADS = tuple(payloads(Settings(share=0.05)))

each_payload = pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.name)


NESTED = {
    "recordings": {"IdentitySet", "TeamworkUserIdentity"},
    "attendance": {"AttendanceInterval", "Identity"},
    "sessions": {"ParticipantEndpoint", "ClientUserAgent", "Segment", "Media", "MediaStream", "TraceRouteHop"},
    "pstn": set[str](),
}
"""What must have been come by."""


def same(ours: object, theirs: object) -> bool:
    """Compare a value of our model with that of Kiota's."""
    if isinstance(ours, Model):
        assert isinstance(theirs, LeanModel | Model)
        assert type(theirs).__name__ == type(ours).__name__
        names = read_fields(type(ours)).keys() - {"odata_type"}
        return all(same(getattr(ours, name), getattr(theirs, name)) for name in names)
    if isinstance(ours, list) and isinstance(theirs, list):
        pairs = zip(cast("list[object]", ours), cast("list[object]", theirs), strict=True)
        return all(same(our, their) for our, their in pairs)
    return ours == theirs or (isinstance(ours, Decimal) and float(ours) == float(str(theirs)))


@each_payload
def test_lean_classes_have_all_values_of_our_models(payload: Payload) -> None:
    ours = wrap_page(payload.model, payload.content)
    theirs = kiota.parsed(payload.content, lean(payload.model))
    assert len(ours) > 1
    assert same(ours, theirs)


@each_payload
def test_kiota_fills_our_models_as_we_do(payload: Payload) -> None:
    assert same(wrap_page(payload.model, payload.content), kiota.parsed(payload.content, payload.model))


@each_payload
def test_kiota_writes_what_it_read(payload: Payload) -> None:
    ours = wrap_page(payload.model, payload.content)
    assert len(json.loads(kiota.written(ours))["value"]) == len(ours)
    lean_models = kiota.parsed(payload.content, lean(payload.model))
    first = json.loads(kiota.written(lean_models))["value"][0]
    assert {name for name, value in payload.items[0].items() if value is not None} <= set(first)


class Watched(dict[str, JsonValue]):
    """A JSON object that knows which of its properties were asked for."""

    def __init__(self, raw: JsonObject) -> None:
        super().__init__({name: watched(value) for name, value in raw.items()})
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]  # as fields call it
        self.asked.add(name)
        return super().get(name, default)


def watched(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return Watched(value)
    return [watched(item) for item in value] if isinstance(value, list) else value


def within(model: Model) -> Iterator[Model]:
    """Give a model and those in it."""
    yield model
    for name, field in read_fields(type(model)).items():
        if object_model(field) is not None:
            value: Model | list[Model] | None = getattr(model, name)
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    yield from within(one)


@each_payload
def test_every_field_is_read(payload: Payload) -> None:
    models = [payload.model.from_raw(Watched(item)) for item in payload.items]
    read_every_field(models)
    raws = [model.raw for model in models]
    asked = {id(raw): set(raw.asked) for raw in everything(raws)}
    found = [one for model in models for one in within(model)]
    for model in found:
        expected = {field.wire_name for field in read_fields(type(model)).values()}
        assert expected <= asked[id(model.raw)], type(model).__name__
    assert {type(model).__name__ for model in found} >= NESTED[payload.name]


def everything(values: Iterable[JsonValue]) -> Iterator[Watched]:
    """Give the objects in some JSON."""
    for value in values:
        if isinstance(value, Watched):
            yield value
            yield from everything(value.values())
        elif isinstance(value, list):
            yield from everything(value)


def test_sessions_have_segments_with_media_and_numbers() -> None:
    [sessions] = [payload for payload in PAYLOADS if payload.name == "sessions"]
    text = sessions.content.decode()
    assert '"segments":[{' in text
    assert '"media":[{' in text
    assert '"streams":[{' in text


async def test_the_service_has_the_pages_that_the_users_id_says() -> None:
    with serving(20) as service:
        user = user_with(7, 20)
        async with our_client(service) as graph, bare_client() as bare:
            assert await list_ours(graph, user) == 140
            assert await list_bare(bare, service.recordings_url(user)) == 140
            assert len((await graph.users.by_user_id("u").online_meetings.get(top=10)).value) == 10


async def test_a_content_comes_whole_and_from_its_middle(tmp_path: Path) -> None:
    size = 3_000_000
    with serving(1) as service:
        url, target = service.content_url(size), tmp_path / "x.mp4"
        async with bare_client() as bare:
            await copy_by_httpx(bare, Copy(url, target, size))
            middle = await bare.get(url, headers={"Range": "bytes=1000000-"})
        copy_by_socket(Copy(url, target, size, first=1_000_000))
    assert target.stat().st_size == 2_000_000
    assert middle.status_code == httpx.codes.PARTIAL_CONTENT
    assert middle.headers["Content-Range"] == "bytes 1000000-2999999/3000000"


def test_without_its_environment_there_is_no_msgraph_sdk() -> None:
    with msgraph.running(None, "read", "recordings", "page.json") as contenders:
        assert contenders == {}
    assert msgraph.once(None, "size") == {}


def test_the_program_for_msgraph_sdk_needs_nothing_of_ours() -> None:
    path = Path(__file__).parents[2] / "tools" / "benchmarks"
    folders = ("..", ".", "programs", "measuring")
    names = ("programs/msgraph.py", "measuring/processes.py", *(f"{folder}/__init__.py" for folder in folders))
    sources = [(path / name).read_text(encoding="utf-8") for name in names]
    assert sys.version_info >= (3, 11)
    assert not any("graph_meetings" in source for source in sources)


def test_decimals_survive_the_payload() -> None:
    [pstn] = [payload for payload in PAYLOADS if payload.name == "pstn"]
    assert any(isinstance(value, Number) for item in pstn.items for value in item.values())
    assert b'"charge":0.0,' in pstn.content
