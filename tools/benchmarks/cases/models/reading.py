"""Decode pages and read every field, including those of nested objects."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tools.benchmarks.measuring.measure import interleaved, seconds_of
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.read_models import read_every_field, wrap_page
from tools.benchmarks.peers import kiota, msgraph
from tools.benchmarks.peers.lean_kiota import lean

_REPEAT = 3


def rows(settings: Settings) -> Iterator[Row]:
    """Measure a page of each collection."""
    for payload in payloads(settings):
        yield from _rows(settings, payload)


def _rows(settings: Settings, payload: Payload) -> Iterator[Row]:
    content, model, bare = payload.content, payload.model, msgspec.json.Decoder().decode
    metric = Metric(f"reading.{payload.name}", payload.what)
    ours = {"ours": seconds_of(lambda: read_every_field(wrap_page(model, content)), _REPEAT)}
    limit = {"msgspec": seconds_of(lambda: bare(content), _REPEAT)}
    yield from metric.rows(interleaved({**ours, **limit}, settings.many_rounds))
    lean_model = lean(model)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "page.json"
        file.write_bytes(content)
        with msgraph.running(settings.peers, "read", payload.name, file) as sdk:
            peers = {
                kiota.LEAN: seconds_of(lambda: kiota.parsed(content, lean_model)),
                kiota.OUR_MODELS: seconds_of(lambda: kiota.parsed(content, model)),
                **sdk,
            }
            yield from metric.rows(interleaved({**ours, **peers}, settings.few_rounds))
