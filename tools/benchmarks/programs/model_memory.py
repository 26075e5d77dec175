"""Keep models in memory and print the bytes that each takes.

Args:
    what: `dicts`, `unread` models, or `read` ones.
    file: a page of recordings.
    pages: number of times that the page is decoded and kept.
"""

import sys
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from graph_meetings import CallRecording
from tools.benchmarks.pages.read_models import read_every_field, wrap_page


def _dicts(content: bytes) -> Sequence[object]:
    items: list[object] = msgspec.json.decode(content)["value"]
    return items


def _read(content: bytes) -> list[CallRecording]:
    models = wrap_page(CallRecording, content)
    read_every_field(models)
    return models


_HOLDERS: Mapping[str, Callable[[bytes], Sequence[object]]] = {
    "dicts": _dicts,
    "unread": lambda content: wrap_page(CallRecording, content),
    "read": _read,
}


def _main(what: str, file: str, pages: str) -> None:
    content, hold = Path(file).read_bytes(), _HOLDERS[what]
    hold(content)
    tracemalloc.start()
    held = [hold(content) for _ in range(int(pages))]
    print(tracemalloc.get_traced_memory()[0] / sum(map(len, held)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
