"""Decode pages and make tables of them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from graph_meetings_archive import tables
from graph_meetings_archive.tables import Table
from tools.benchmarks.measuring.measure import interleaved, seconds_of
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.read_models import wrap_page

_REPEAT = 3
_TABLES: Final[Mapping[str, tuple[Table, Mapping[str, Any]]]] = {
    "recordings": (tables.recordings, {}),
    "attendance": (tables.attendance, {"meeting_id": "meeting", "report_id": "report"}),
    "sessions": (tables.streams, {"call_id": "call"}),
    "pstn": (tables.pstn_calls, {}),
}


def rows(settings: Settings) -> Iterator[Row]:
    """Measure a page of each collection."""
    for payload in payloads(settings):
        yield from _rows(settings, payload)


def _rows(settings: Settings, payload: Payload) -> Iterator[Row]:
    content, model, bare = payload.content, payload.model, msgspec.json.Decoder().decode
    table, parents = _TABLES[payload.name]
    limit = {"msgspec": seconds_of(lambda: bare(content), _REPEAT)}
    ours = {
        "arrow": lambda: table.to_arrow(wrap_page(model, content), **parents),
        "rows": lambda: list(table.rows(wrap_page(model, content), **parents)),
    }
    for form, run in ours.items():
        metric = Metric(f"tables.{payload.name}_{form}", f"{payload.what} to {form} of {table.name}")
        yield from metric.rows(interleaved({"ours": seconds_of(run, _REPEAT), **limit}, settings.many_rounds))
