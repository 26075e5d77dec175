"""`$search` of directory objects: `"displayName:ann" OR "mail:ann"`.

Source: https://learn.microsoft.com/graph/search-query-parameter
"""

import re

from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.http.errors import bad_request
from graph_meetings_emulator.odata.filters import Predicate
from graph_meetings_emulator.odata.schema import find_property
from graph_meetings_runtime.models.model import Model

_CLAUSE = re.compile(r'\s*"(\w+):([^"]+)"\s*')
_WORD = re.compile(r"\w+")


def search_predicate(text: str | None, model: type[Model]) -> Predicate | None:
    """Return the predicate of a `$search`; `None` if there is none.

    Args:
        text: the option.
        model: of what is searched.

    Raises:
        ServiceError: 400 if the text is malformed.
    """
    if text is None:
        return None
    alternatives = [[_clause(part, model) for part in either.split(" AND ")] for either in text.split(" OR ")]
    return lambda entity: any(all(clause(entity) for clause in clauses) for clauses in alternatives)


def _clause(text: str, model: type[Model]) -> Predicate:
    """Return the predicate that a word of a property begins with a text."""
    match = _CLAUSE.fullmatch(text)
    if match is None:
        raise bad_request(f'Invalid $search clause {text!r}: a clause like "displayName:ann" was expected.')
    name, start = find_property(model, match[1]).wire_name, match[2].lower()

    def holds(entity: Entity) -> bool:
        value = str(entity.properties.get(name) or "").lower()
        return value.startswith(start) or any(word.startswith(start) for word in _WORD.findall(value))

    return holds
