"""Pages decoded and every field read, objects within them included."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tools.benchmarks.measuring.effort import Effort
from tools.benchmarks.measuring.measure import interleaved, seconds_of
from tools.benchmarks.measuring.row import Row, Subject
from tools.benchmarks.pages.payloads import Payload, payloads
from tools.benchmarks.pages.walk import page_of, read_all
from tools.benchmarks.peers import kiota, msgraph
from tools.benchmarks.peers.lean_kiota import lean

_REPEAT = 3


def rows(effort: Effort) -> Iterator[Row]:
    """Measure a page of each collection."""
    for payload in payloads(effort):
        yield from _rows(effort, payload)


def _rows(effort: Effort, payload: Payload) -> Iterator[Row]:
    content, model, bare = payload.content, payload.model, msgspec.json.Decoder().decode
    subject = Subject(f"reading.{payload.name}", payload.what)
    ours = {"ours": seconds_of(lambda: read_all(page_of(model, content)), _REPEAT)}
    limit = {"msgspec": seconds_of(lambda: bare(content), _REPEAT)}
    yield from subject.rows(interleaved({**ours, **limit}, effort.many_rounds))
    lean_model = lean(model)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "page.json"
        file.write_bytes(content)
        with msgraph.running(effort.peers, "read", payload.name, file) as sdk:
            peers = {
                kiota.LEAN: seconds_of(lambda: kiota.parsed(content, lean_model)),
                kiota.OUR_MODELS: seconds_of(lambda: kiota.parsed(content, model)),
                **sdk,
            }
            yield from subject.rows(interleaved({**ours, **peers}, effort.few_rounds))
