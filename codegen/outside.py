"""What lies outside the scope of the rules, for the maintainer to consider."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class OutsideScope:
    """Something that a maintainer may want to bring into scope, or that the rules cannot express.

    Args:
        reason: why it is outside the scope.
        name: its name in the metadata.
    """

    reason: str
    name: str


def notes(old: tuple[OutsideScope, ...], new: tuple[OutsideScope, ...]) -> Iterator[str]:
    """Yield a sentence for each reason that has new names."""
    found: dict[str, list[str]] = {}
    for thing in sorted(set(new) - set(old)):
        found.setdefault(thing.reason, []).append(thing.name)
    yield from (f"look at what is new: {reason}: {', '.join(names)}" for reason, names in found.items())
