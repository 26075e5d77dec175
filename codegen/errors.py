"""The generator's errors: what is wrong, where, and what was probably meant."""

import difflib
from collections.abc import Iterable

_MOST_CANDIDATES = 5_000  # a hostile document can have more names than there is time to compare


class CodegenError(Exception):
    """Invalid input.

    Args:
        message: what is wrong and, if known, what to do.
        place: `file:line`, or the file and the rule in it.
    """

    def __init__(self, message: str, place: object = None) -> None:
        super().__init__(message if place is None else f"{place}: {message}")


class NotInMetadata(CodegenError):
    """A path is not in this document, or not as a supported request. It may be in another document."""


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return a suggestion of names similar to one that was not found; empty if there are none."""
    by_lower = {candidate.lower(): candidate for candidate in sorted(candidates)[:_MOST_CANDIDATES]}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=3)
    return f"; did you mean {' or '.join(repr(by_lower[match]) for match in matches)}?" if matches else ""
