"""Say when the documents of a request do not list an option, and what to do instead."""

import re
from typing import Final

from graph_meetings_runtime.operations.filter_terms import filter_terms
from graph_meetings_runtime.operations.operation import Operation
from graph_meetings_runtime.operations.query_options import QueryOptions

_INSTEAD: Final = {
    "count": "Count the items in Python instead.",
    "expand": "Request what is related from its own path instead.",
    "filter": "Filter the items in Python instead.",
    "format": "Pass accept=… instead.",
    "orderby": "Sort the items in Python instead.",
    "search": "Search the items in Python instead.",
    "select": "Expect every property.",
    "top": "Expect pages of another size, and stop when you have enough items.",
}
_ARGUMENTS: Final = r"\([^)]*\)"


def undocumented(operation: Operation, name: str, value: object) -> str | None:
    """Return a sentence about an option that the documents of a request do not list, `None` if they do.

    Args:
        operation: the request.
        name: the option, such as `filter`.
        value: of the option. Of a filter, the documents may list only some comparisons.
    """
    options = operation.options
    if options is None:
        return None
    terms: list[str] = []
    if options.lists(name):
        terms = options.unlisted_terms(filter_terms(str(value))) if name == "filter" else []
        if not terms:
            return None
    path = re.sub(_ARGUMENTS, "(…)", operation.path)
    what = f"${name}" if not terms else f"${name} by {', '.join(map(repr, terms))}"
    known = f" (documented: {', '.join(options.filters)})" if terms else ""
    return f"{what} is not documented for {path}{known}: {_fate(options, name)}. {_INSTEAD.get(name, '')}".rstrip()


def _fate(options: QueryOptions, name: str) -> str:
    refusal = options.refusal_of(name)
    if refusal is not None:
        return f"the service refuses it ({refusal.status} {refusal.code})"
    return "the service ignores it" if name in options.ignored else "the service may ignore or refuse it"
