"""The one error of the generator: what is wrong, where, and what may have been meant."""

import difflib
from collections.abc import Iterable

_MOST_CANDIDATES = 5_000  # to compare: a hostile document has more names than there is time


class CodegenError(Exception):
    """Input that the generator refuses.

    Args:
        message: what is wrong and, where it is known, what to do.
        place: `file:line`, or the file and the rule in it.
    """

    def __init__(self, message: str, place: object = None) -> None:
        super().__init__(message if place is None else f"{place}: {message}")


class NotInMetadata(CodegenError):
    """A path that the metadata does not have; another document may."""


def near(name: str, candidates: Iterable[str]) -> str:
    """Say which names resemble one that was not found; nothing when none does."""
    by_lower = {candidate.lower(): candidate for candidate in sorted(candidates)[:_MOST_CANDIDATES]}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=3)
    return f"; did you mean {' or '.join(repr(by_lower[match]) for match in matches)}?" if matches else ""
