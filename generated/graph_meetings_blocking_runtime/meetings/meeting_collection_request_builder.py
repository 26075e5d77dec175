# Made by codegen from overrides/graph_meetings_runtime/meetings/meeting_collection_request_builder.py; do not edit.
"""The request builder of online meetings."""

from typing import TYPE_CHECKING, Final, TypeVar

from graph_meetings_blocking_runtime.requests.collection_request_builder import CollectionRequestBuilder
from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.meetings.join_url import checked_join_url
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.edm import STRING
from graph_meetings_runtime.operations.filter_terms import filter_terms

if TYPE_CHECKING:
    from graph_meetings_runtime.models.page import Page

M = TypeVar("M", bound=Model)

_FILTER: Final = "JoinWebUrl eq "


class MeetingCollectionRequestBuilder(CollectionRequestBuilder[M]):
    """A path that names the online meetings of a user."""

    def find(self, join_url: str) -> M | None:
        """Find the meeting that a join URL belongs to, among those that the user in the path organizes.

        Permissions: delegated OnlineMeetings.Read; application OnlineMeetings.Read.All, and an application access
        policy for the user.

        Args:
            join_url: from the invitation or from `join_web_url` of a call record. The service compares it literally, so
                do not decode or shorten it. Short ones, `https://teams.microsoft.com/meet/…?p=…`, work too.

        Returns:
            The meeting, or `None` if the user has none with this URL.

        Raises:
            TypeError: `join_url` is not a string.
            ValueError: it is not a join URL of Teams, or the path has no user, like `/communications/onlineMeetings`.
            AccessDenied: a permission or the access policy is missing, or the meeting is that of another organizer.
            MalformedResponse: the service sent too many empty pages in a row to know whether there is a meeting.
            NotFound: there is no such user.
            GraphError: the request failed otherwise; the subclass says how.

        Source: https://learn.microsoft.com/graph/api/onlinemeeting-get
        """
        condition = _FILTER + STRING.literal(checked_join_url(join_url))
        self._refuse_paths_without_user(condition)
        last: Page[M] | None = None
        for page in self.list(filter=condition, prefetch=False).pages():
            for meeting in page.value:
                return meeting
            last = page
        if last is not None and last.odata_next_link is not None:
            raise MalformedResponse(
                "the service sent so many empty pages in a row that the meeting was not found; try again later",
                request=last.request,
            )
        return None

    def _refuse_paths_without_user(self, condition: str) -> None:
        operation = self._operation()
        if operation and operation.options and operation.options.unlisted_terms(filter_terms(condition)):
            raise ValueError(
                f"{operation.path} cannot be searched by join URL; "
                "use the meetings of the organizer: users.by_user_id(…).online_meetings.find(…)"
            )
