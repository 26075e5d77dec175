"""What a document has beside the scope, for the maintainer to consider: what is new there is worth a note."""

from collections.abc import Iterator

from codegen.beside import Beside
from codegen.read.csdl.parse import Parser
from codegen.rules.scope import Rules
from codegen.scope.reach import Reach


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
