"""How many items a page has, by type where the documents give a number."""

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
"""Types whose lists contain only the newest items, and how many of them."""


@dataclass(slots=True)
class PageSizes:
    """How many items a page has.

    Attributes:
        default: the size if the request names none.
        maximum: the largest size, whatever the request says.
        of_type: default and maximum in one for types with a size of their own, by CSDL name.
    """

    default: int = 20
    maximum: int = 1000
    of_type: dict[str, int] = field(default_factory=_DOCUMENTED.copy)

    def size(self, model: type[Model], *requested: int | None) -> int:
        """Return the page size for a model, given the sizes that a request asks for."""
        own = self.of_type.get(odata_type(model))
        default, maximum = (self.default, self.maximum) if own is None else (own, own)
        return min([*([size for size in requested if size is not None] or [default]), maximum])
