"""How many items a page has: by the type of the items, where the documents say so."""

from dataclasses import dataclass, field

from graph_meetings_emulator.odata.schema import odata_type
from graph_meetings_runtime.models.model import Model

_LOG_ROWS = 1000
_DOCUMENTED = {
    "microsoft.graph.callRecords.callRecord": 60,
    "microsoft.graph.callRecords.participant": 130,
    "microsoft.graph.callRecords.session": 60,
    "microsoft.graph.callRecords.pstnCallLogRow": _LOG_ROWS,
    "microsoft.graph.callRecords.directRoutingLogRow": _LOG_ROWS,
    "microsoft.graph.callRecords.smsLogRow": _LOG_ROWS,
    "microsoft.graph.callRecords.pstnBlockedUsersLogRow": _LOG_ROWS,
    "microsoft.graph.callRecords.pstnOnlineMeetingDialoutReport": _LOG_ROWS,
}

NEWEST = {"microsoft.graph.meetingAttendanceReport": 50}
"""Types of which a list has the newest only, and how many."""


def _documented() -> dict[str, int]:
    return dict(_DOCUMENTED)


@dataclass(slots=True)
class PageSizes:
    """How many items a page has.

    Attributes:
        default: where the request does not say.
        maximum: at most, whatever the request says.
        of_type: both at once for the types that have a size of their own, by their names in CSDL.
    """

    default: int = 20
    maximum: int = 1000
    of_type: dict[str, int] = field(default_factory=_documented)

    def size(self, model: type[Model], *wishes: int | None) -> int:
        """Give the size of a page of a model's objects, for what a request wishes."""
        own = self.of_type.get(odata_type(model))
        default, maximum = (self.default, self.maximum) if own is None else (own, own)
        return min([*([wish for wish in wishes if wish is not None] or [default]), maximum])
