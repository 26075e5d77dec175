"""Pickle and unpickle models, as for another process."""

import pickle
from collections.abc import Callable, Iterator

import msgspec

from tools.benchmarks.measuring.measure import interleaved, seconds_of
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.read_models import read_every_field, wrap_page


def rows(settings: Settings) -> Iterator[Row]:
    """Measure a page of each collection, with every field read."""
    for payload in payloads(settings):
        yield from _rows(settings, payload)


def _rows(settings: Settings, payload: Payload) -> Iterator[Row]:
    models = wrap_page(payload.model, payload.content)
    read_every_field(models)
    dicts = msgspec.json.decode(payload.content)["value"]
    contenders = {
        "ours": seconds_of(_round_trip(models)),
        "pickle, of dicts": seconds_of(_round_trip(dicts)),
    }
    yield from Metric(f"pickling.{payload.name}", payload.what).rows(interleaved(contenders, settings.many_rounds))


def _round_trip(models: object) -> Callable[[], object]:
    return lambda: pickle.loads(pickle.dumps(models))  # noqa: S301  our own pickle
