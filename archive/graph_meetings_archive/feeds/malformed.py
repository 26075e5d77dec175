"""Values that do not fit their columns, and whose they are."""

from graph_meetings_archive.outcome.report import Report
from graph_meetings_archive.storage.unit import INCOMPLETE
from graph_meetings_runtime.tables.problems import Problem


class Malformed:
    """Reports malformed values, and remembers which items had one: they are to be read again.

    Args:
        report: of the update.
        feed: the name of the feed.
        organizer: whose items they are; `None` if the feed is of the whole tenant.
    """

    def __init__(self, report: Report, feed: str, organizer: str | None = None) -> None:
        self._report = report
        self._feed = feed
        self._organizer = organizer
        self._ids: set[str] = set()
        self._is_any = False

    def __call__(self, problem: Problem, /) -> None:
        """Report a value."""
        self._report.malformed(self._feed, self._organizer, problem)
        self._is_any = True
        if problem.item_id is not None:
            self._ids.add(problem.item_id)

    def __bool__(self) -> bool:
        return self._is_any

    def mark(self, item_id: str, mark: bytes) -> bytes:
        """Return the mark of the unit of an item."""
        return INCOMPLETE if item_id in self._ids else mark
