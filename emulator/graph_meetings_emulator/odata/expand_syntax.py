"""Parse `$expand`: properties, each with its own options in parentheses, including nested `$expand`.

Source: OData 4.01 ABNF, `expand`; options are separated by semicolons, as in `sessions($expand=segments;$top=5)`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from graph_meetings_emulator.http.errors import bad_request

_ITEM = re.compile(r"\s*(\w+)\s*(?:\((.*)\))?\s*", re.DOTALL)
_SAFE = "$=(),;:/'"
_OPTION = re.compile(r"\s*(\$\w+)\s*=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ExpandItem:
    """A property to expand, and its options by lower-case name."""

    name: str
    options: Mapping[str, str]

    @property
    def query_text(self) -> str:
        """The options, written as the query of a URL."""
        return "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, value in self.options.items())


def expand_items(text: str) -> Iterator[ExpandItem]:
    """Yield the items of a `$expand`.

    Raises:
        ServiceError: 400 if it is malformed.
    """
    for item in _split(text, ","):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise bad_request(f"Invalid $expand term '{item}'.")
        yield ExpandItem(match[1], _options(match[2]) if match[2] is not None else {})


def _options(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for option in _split(text, ";"):
        match = _OPTION.fullmatch(option)
        if match is None or match[1].lower() in found:
            raise bad_request(f"Invalid $expand option '{option}'.")
        found[match[1].lower()] = match[2]
    return found


def _split(text: str, separator: str) -> Iterator[str]:
    """Split at each separator that is outside parentheses and quotes."""
    depth, start, is_quoted = 0, 0, False
    for index, character in enumerate(text):
        if character == "'":
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth < 0:
                break
            if character == separator and depth == 0:
                yield text[start:index]
                start = index + 1
    if depth != 0 or is_quoted:
        raise bad_request(f"Invalid $expand '{text}': a parenthesis or a quote is not closed.")
    yield text[start:]
