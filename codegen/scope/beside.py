"""What a document has beside the scope, for the maintainer to consider: what is new there is worth a note."""

from collections.abc import Iterator

from codegen.read.csdl.parse import Parser
from codegen.rules.scope import Rules
from codegen.scope.reach import Reach
from codegen.scope.scope import Beside


def beside(parser: Parser, rules: Rules, reached: Reach) -> Iterator[Beside]:
    """Yield what the rules leave out of a document, and what they cannot say about it.

    An extract lacks what was left out.
    """
    for rule in rules.derived:
        if rule.base in reached.models:
            for name in parser.descendants(rule.base):
                if name not in reached.models:
                    yield Beside(f"derived.{rule.base} leaves out", name)
    for name in reached.models:
        known = {navigation.name for navigation in reached.models[name].navigations}
        for navigation in parser.navigation_names(name):
            if navigation not in known:
                yield Beside(f"no request follows a navigation property of {name}", navigation)
    for enum in reached.enums.values():
        if enum.is_flags:
            yield Beside("several members can be set at once (IsFlags)", enum.name)


def notes(old: tuple[Beside, ...], new: tuple[Beside, ...]) -> Iterator[str]:
    """Yield a sentence for each kind of thing that is new beside the scope."""
    found: dict[str, list[str]] = {}
    for thing in sorted(set(new) - set(old)):
        found.setdefault(thing.what, []).append(thing.name)
    yield from (f"new beside the scope: {what}: {', '.join(names)}" for what, names in found.items())
