"""Models pickled and unpickled, as for another process."""

import pickle
from collections.abc import Callable, Iterator

import msgspec

from tools.benchmarks.measuring.effort import Effort
from tools.benchmarks.measuring.measure import interleaved, seconds_of
from tools.benchmarks.measuring.row import Row, Subject
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.walk import page_of, read_all


def rows(effort: Effort) -> Iterator[Row]:
    """Measure a page of each collection, with every field read."""
    for payload in payloads(effort):
        yield from _rows(effort, payload)


def _rows(effort: Effort, payload: Payload) -> Iterator[Row]:
    models = page_of(payload.model, payload.content)
    read_all(models)
    dicts = msgspec.json.decode(payload.content)["value"]
    contenders = {
        "ours": seconds_of(_round_trip(models)),
        "pickle, of dicts": seconds_of(_round_trip(dicts)),
    }
    yield from Subject(f"pickling.{payload.name}", payload.what).rows(interleaved(contenders, effort.many_rounds))


def _round_trip(models: object) -> Callable[[], object]:
    return lambda: pickle.loads(pickle.dumps(models))  # noqa: S301  what it made itself
