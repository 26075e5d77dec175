"""The budgets of all ratios."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Budget:
    """A bound on the ratio of our value to another.

    Args:
        bound: the bound.
        is_upper: whether the ratio must be at most the bound; otherwise at least.
    """

    bound: float
    is_upper: bool

    def __str__(self) -> str:
        return f"{'≤' if self.is_upper else '≥'} {self.bound:.3g}"

    def is_met(self, ratio: float) -> bool:
        """Return whether a ratio is within the budget."""
        return ratio <= self.bound if self.is_upper else ratio >= self.bound


def at_most(bound: float) -> Budget:
    """Return an upper bound."""
    return Budget(bound, is_upper=True)


def at_least(bound: float) -> Budget:
    """Return a lower bound."""
    return Budget(bound, is_upper=False)


_DECODER: Final = "msgspec"
_LEAN: Final = "Kiota, lean dataclasses"
_BARE: Final = "httpx + msgspec"
_REQUESTS: Final = "requests + json"
_ASYNCHRONOUS: Final = "the asynchronous client"
_SDK: Final = "msgraph-sdk"
_FORMATS: Final = ("sqlite", "csv", "jsonl", "parquet", "duckdb")

BUDGETS: Final[Mapping[tuple[str, str], Budget]] = {
    ("wrapping.recordings", _DECODER): at_most(1.25),
    ("reading.recordings", _DECODER): at_most(4.5),
    ("reading.recordings", _LEAN): at_most(1 / 3),
    ("reading.recordings", _SDK): at_most(1 / 500),
    ("reading.sessions", _DECODER): at_most(6),
    ("reading.sessions", _LEAN): at_most(1 / 3),
    ("tables.recordings_arrow", _DECODER): at_most(4),
    ("tables.sessions_arrow", _DECODER): at_most(8),
    ("one_get.alone", _BARE): at_least(1.8),
    ("one_get.together", _BARE): at_least(5),
    ("one_get.alone_encrypted", _BARE): at_least(1.8),
    ("one_get.together_encrypted", _BARE): at_least(5),
    ("one_get.blocking", _REQUESTS): at_least(1.5),
    ("one_get.blocking_encrypted", _REQUESTS): at_least(1.5),
    ("one_get.threads", _ASYNCHRONOUS): at_least(0.8),
    ("paging.alone", _BARE): at_least(1.2),
    ("paging.together_32", _BARE): at_least(4),
    ("growth.time_10", "10 times the time of a tenth"): at_most(1.1),
    ("growth.memory_10", "the memory of a tenth"): at_most(1.1),
    ("downloads.whole", "httpx to a file"): at_least(2),
    ("downloads.whole", "curl"): at_least(0.9),
    ("downloads.blocking_processor", _ASYNCHRONOUS): at_most(1),
    ("downloads.encrypted", "curl"): at_least(0.8),
    ("downloads.blocking_encrypted", "curl"): at_least(0.8),
    ("downloads.blocking_encrypted_processor", _ASYNCHRONOUS): at_most(1),
    ("downloads.memory", "the limit"): at_most(1),
    **{(f"archive.{name}", "list()"): at_least(0.7) for name in _FORMATS},
    **{(f"archive.{name}_memory", "the limit"): at_most(1) for name in _FORMATS},
    ("notifications.by_20", "cryptography"): at_most(1.3),
    ("notifications.rate", "the limit"): at_least(1),
    ("imports.warm", "kiota_http"): at_most(1.25),
    ("imports.client", "kiota_http"): at_most(1.25),
    ("imports.blocking", "kiota_http"): at_most(1),
    ("imports.help", "import graph_meetings"): at_most(2.5),
    ("first_item.warm", "kiota_http"): at_most(1.3),
    ("memory.unread", "decoded dicts"): at_most(1.15),
    ("sizes.wheel", "the limit"): at_most(1),
    ("generation.full", "the limit"): at_most(1),
    ("generation.parsing", "lxml.etree.parse"): at_most(3),
}
"""Budgets by the key of the metric and the name of the other contender."""


def budget_of(key: str, against: str) -> Budget | None:
    """Return the budget of a comparison, `None` if it has none."""
    return BUDGETS.get((key, against))
