"""The `Prefer` header, and the `Preference-Applied` header of the answer.

Source: OData 4.01 protocol, section 8.2.8; https://learn.microsoft.com/graph/api/callrecords-cloudcommunications-list-callrecords
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from graph_meetings_emulator.http.errors import bad_request
from graph_meetings_emulator.http.messages import RawHeaders, ReceivedRequest, encode_header

_PREFERENCE = re.compile(r'\s*(?:odata\.)?([\w-]+)\s*(?:=\s*"?([^";]*?)"?\s*)?(?:;.*)?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a request prefers.

    Attributes:
        page_size: `odata.maxpagesize`: the most items that a page may have.
        unknown_members: `include-unknown-enum-members`: keep enumeration values newer than `unknownFutureValue`.
        omits_nulls: `omit-values=nulls`: leave out properties without a value.
    """

    page_size: int | None = None
    unknown_members: bool = False
    omits_nulls: bool = False

    @property
    def applied(self) -> RawHeaders:
        """The `Preference-Applied` header, if any preference was given."""
        names = [
            *([] if self.page_size is None else [f"odata.maxpagesize={self.page_size}"]),
            *(["include-unknown-enum-members"] if self.unknown_members else []),
            *(["omit-values=nulls"] if self.omits_nulls else []),
        ]
        return [encode_header("preference-applied", ", ".join(names))] if names else []


_NOTHING = Preferences()


def preferences_of(request: ReceivedRequest) -> Preferences:
    """Return the preferences of a request, ignoring those that the service does not know.

    Raises:
        ServiceError: 400 if the page size is zero.
    """
    if "prefer" not in request.headers:
        return _NOTHING
    return _parsed(",".join(request.headers.getlist("prefer")))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Preferences:
    values = {match[1].lower(): match[2] or "" for match in map(_PREFERENCE.fullmatch, text.split(",")) if match}
    size = re.fullmatch("[0-9]{1,9}", values.get("maxpagesize", ""))
    if size and int(size[0]) == 0:
        raise bad_request("odata.maxpagesize must be greater than 0.")
    return Preferences(
        page_size=int(size[0]) if size else None,
        unknown_members="include-unknown-enum-members" in values,
        omits_nulls=values.get("omit-values", "").lower() == "nulls",
    )
