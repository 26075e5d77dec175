"""All cases in the order of the table."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Final

from tools.benchmarks.measuring.row import Row
from tools.benchmarks.measuring.settings import Settings

FOLDERS: Final[Mapping[str, Mapping[str, str]]] = {
    "models": {
        "wrapping": "Pages decoded and wrapped, nothing read",
        "reading": "Pages decoded, every field read",
        "tables": "Pages decoded and made into tables",
        "serializing": "Models to JSON",
        "pickling": "Models pickled and unpickled",
        "memory": "Memory of models",
    },
    "requests": {
        "one_get": "One GET of 10 items over loopback",
        "paging": "Paging over loopback",
        "growth": "Paging through three and ten times as many pages, each in a new process",
        "downloads": "Downloads over loopback to a file",
        "archive": "Archives over loopback, each in a new process",
        "notifications": "Notifications accepted",
    },
    "processes": {
        "imports": "Imports",
        "first_item": "From process start to the first item",
        "sizes": "Sizes",
        "generation": "Generation from a document of 3.4 MB",
    },
}
"""Title of each case by the name of its module, in each folder of `cases/`."""

CASES: Final[Mapping[str, str]] = {case: title for cases in FOLDERS.values() for case, title in cases.items()}
"""Title of each case by the name of its module."""


def rows_of(case: str, settings: Settings) -> Iterator[Row]:
    """Measure a case and yield its rows."""
    folder = next(folder for folder, cases in FOLDERS.items() if case in cases)
    measure: Callable[[Settings], Iterator[Row]] = import_module(f"tools.benchmarks.cases.{folder}.{case}").rows
    return measure(settings)
