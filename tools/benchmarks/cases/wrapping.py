"""Pages decoded and wrapped in models, with nothing read: what a model costs that nobody looks at."""

from collections.abc import Iterator

import msgspec
import orjson

from tools.benchmarks.measuring.effort import Effort
from tools.benchmarks.measuring.measure import interleaved, seconds_of
from tools.benchmarks.measuring.row import Row, Subject
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.walk import page_of

_REPEAT = 5


def rows(effort: Effort) -> Iterator[Row]:
    """Measure a page of each collection."""
    for payload in payloads(effort):
        yield from _rows(effort, payload)


def _rows(effort: Effort, payload: Payload) -> Iterator[Row]:
    content, bare = payload.content, msgspec.json.Decoder().decode
    contenders = {
        "ours": seconds_of(lambda: page_of(payload.model, content), _REPEAT),
        "msgspec": seconds_of(lambda: bare(content), _REPEAT),
        "orjson": seconds_of(lambda: orjson.loads(content), _REPEAT),
    }
    yield from Subject(f"wrapping.{payload.name}", payload.what).rows(interleaved(contenders, effort.many_rounds))
