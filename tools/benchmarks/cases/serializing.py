"""Models to JSON: just decoded, and with every field read."""

from collections.abc import Iterator

import msgspec

from graph_meetings_runtime.models.model import Model
from tools.benchmarks.measuring.effort import Effort
from tools.benchmarks.measuring.measure import Run, interleaved, seconds_of
from tools.benchmarks.measuring.row import Row, Subject
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.walk import page_of, read_all
from tools.benchmarks.peers import kiota
from tools.benchmarks.peers.lean_kiota import lean

_REPEAT = 3


def rows(effort: Effort) -> Iterator[Row]:
    """Measure a page of each collection."""
    for payload in payloads(effort):
        yield from _rows(effort, payload)


def _rows(effort: Effort, payload: Payload) -> Iterator[Row]:
    encode, dicts = msgspec.json.Encoder().encode, msgspec.json.decode(payload.content)["value"]
    limit = {"msgspec, of dicts": seconds_of(lambda: [encode(item) for item in dicts], _REPEAT)}
    unread, read = (page_of(payload.model, payload.content) for _ in range(2))
    read_all(read)
    subject = Subject(f"serializing.{payload.name}", payload.what)
    yield from subject.rows(interleaved({"ours": _ours(unread), **limit}, effort.many_rounds))
    yield from subject.rows(interleaved({"ours": _ours(unread), **_peers(payload)}, effort.few_rounds))
    subject = Subject(f"serializing.{payload.name}_read", f"{payload.what}, all fields read")
    yield from subject.rows(interleaved({"ours": _ours(read), **limit}, effort.many_rounds))


def _ours(models: list[Model]) -> Run:
    return seconds_of(lambda: [model.to_json() for model in models], _REPEAT)


def _peers(payload: Payload) -> dict[str, Run]:
    models = page_of(payload.model, payload.content)
    lean_models = kiota.parsed(payload.content, lean(payload.model))
    return {
        kiota.LEAN: seconds_of(lambda: kiota.written(lean_models)),
        kiota.OUR_MODELS: seconds_of(lambda: kiota.written(models)),
    }
