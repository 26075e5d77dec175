"""What is beside the scope, for the maintainer to consider."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Beside:
    """Something beside the scope that a maintainer may want in it, or that the rules cannot express.

    Args:
        what: is the matter with it.
        name: its name in the metadata.
    """

    what: str
    name: str


def notes(old: tuple[Beside, ...], new: tuple[Beside, ...]) -> Iterator[str]:
    """Yield a sentence for each kind of thing that is new beside the scope."""
    found: dict[str, list[str]] = {}
    for thing in sorted(set(new) - set(old)):
        found.setdefault(thing.what, []).append(thing.name)
    yield from (f"look at what is new: {what}: {', '.join(names)}" for what, names in found.items())
