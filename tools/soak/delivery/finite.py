"""Chaos that a run can get through."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from graph_meetings_emulator.faults import DecompressionBomb, EndlessPages, Fault, Profile

EMPTY_PAGES: Final = 40
"""A client must give up before that many in a row."""

_FINITE: Final[Mapping[str, Fault]] = MappingProxyType(
    {EndlessPages.kind: EndlessPages(EMPTY_PAGES), DecompressionBomb.kind: DecompressionBomb(size=2 << 20)}
)
"""Faults by kind that a run would not end with, or not soon: a link to endless pages stays one after the chaos."""


def finite(profile: Profile) -> Profile:
    """Return a profile whose endless pages end, and whose bombs are small."""
    return Profile(
        profile.name,
        profile.summary,
        {_FINITE.get(fault.kind, fault): probability for fault, probability in profile.probabilities.items()},
        profile.downloads_only,
    )
