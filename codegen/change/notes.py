"""Notes for the maintainer: what a comparison of public names does not show."""

from collections.abc import Iterator

from codegen import plan
from codegen.outside import notes


def notes_of(old: tuple[plan.Package, ...], new: tuple[plan.Package, ...]) -> Iterator[str]:
    """Yield a sentence for everything about the new packages that a maintainer should look at."""
    before = {package.version: package for package in old}
    for package in new:
        yield from package.notes
        known = before[package.version].outside if package.version in before else ()
        yield from (f"{package.version}: {note}" for note in notes(known, package.outside))
