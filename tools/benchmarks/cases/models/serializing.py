"""Serialize models to JSON, freshly decoded and with every field read."""

from collections.abc import Iterator

import msgspec

from graph_meetings_runtime.models.model import Model
from tools.benchmarks.measuring.measure import Run, interleaved, seconds_of
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.read_models import read_every_field, wrap_page
from tools.benchmarks.peers import kiota
from tools.benchmarks.peers.lean_kiota import lean

_REPEAT = 3


def rows(settings: Settings) -> Iterator[Row]:
    """Measure a page of each collection."""
    for payload in payloads(settings):
        yield from _rows(settings, payload)


def _rows(settings: Settings, payload: Payload) -> Iterator[Row]:
    encode, dicts = msgspec.json.Encoder().encode, msgspec.json.decode(payload.content)["value"]
    limit = {"msgspec, of dicts": seconds_of(lambda: [encode(item) for item in dicts], _REPEAT)}
    unread, read = (wrap_page(payload.model, payload.content) for _ in range(2))
    read_every_field(read)
    metric = Metric(f"serializing.{payload.name}", payload.what)
    yield from metric.rows(interleaved({"ours": _ours(unread), **limit}, settings.many_rounds))
    yield from metric.rows(interleaved({"ours": _ours(unread), **_peers(payload)}, settings.few_rounds))
    metric = Metric(f"serializing.{payload.name}_read", f"{payload.what}, all fields read")
    yield from metric.rows(interleaved({"ours": _ours(read), **limit}, settings.many_rounds))


def _ours(models: list[Model]) -> Run:
    return seconds_of(lambda: [model.to_json() for model in models], _REPEAT)


def _peers(payload: Payload) -> dict[str, Run]:
    models = wrap_page(payload.model, payload.content)
    lean_models = kiota.parsed(payload.content, lean(payload.model))
    return {
        kiota.LEAN: seconds_of(lambda: kiota.written(lean_models)),
        kiota.OUR_MODELS: seconds_of(lambda: kiota.written(models)),
    }
