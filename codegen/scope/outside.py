"""What a document has outside the scope, for the maintainer to consider: anything new there is worth a note."""

from collections.abc import Iterator

from codegen.outside import OutsideScope
from codegen.read.csdl.parse import Parser
from codegen.rules.scope import Rules
from codegen.scope.reach import Reach


def outside(parser: Parser, rules: Rules, reached: Reach) -> Iterator[OutsideScope]:
    """Yield what the rules leave out of a document, and what they cannot say about it.

    An extract lacks what was left out.
    """
    for rule in rules.derived:
        if rule.base in reached.models:
            for name in parser.descendants(rule.base):
                if name not in reached.models:
                    yield OutsideScope(f"derived.{rule.base} leaves out", name)
    for name in reached.models:
        known = {navigation.name for navigation in reached.models[name].navigations}
        for navigation in parser.navigation_names(name):
            if navigation not in known:
                yield OutsideScope(f"no request follows a navigation property of {name}", navigation)
    for enum in reached.enums.values():
        if enum.is_flags:
            yield OutsideScope("several members can be set at once (IsFlags)", enum.name)
