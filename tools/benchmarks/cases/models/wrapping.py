"""Decode pages and wrap them in models without reading any field."""

from collections.abc import Iterator

import msgspec
import orjson

from tools.benchmarks.measuring.measure import interleaved, seconds_of
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.read_models import wrap_page

_REPEAT = 5


def rows(settings: Settings) -> Iterator[Row]:
    """Measure a page of each collection."""
    for payload in payloads(settings):
        yield from _rows(settings, payload)


def _rows(settings: Settings, payload: Payload) -> Iterator[Row]:
    content, bare = payload.content, msgspec.json.Decoder().decode
    contenders = {
        "ours": seconds_of(lambda: wrap_page(payload.model, content), _REPEAT),
        "msgspec": seconds_of(lambda: bare(content), _REPEAT),
        "orjson": seconds_of(lambda: orjson.loads(content), _REPEAT),
    }
    yield from Metric(f"wrapping.{payload.name}", payload.what).rows(interleaved(contenders, settings.many_rounds))
