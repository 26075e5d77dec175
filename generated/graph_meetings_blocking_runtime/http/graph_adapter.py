# Made by codegen from overrides/graph_meetings_runtime/http/graph_adapter.py; do not edit.
"""What builders need of the client's request adapter, beyond what every adapter of Kiota's has.

It is apart from what sends, so that importing builders imports neither httpx nor kiota_http.
"""

from typing import TYPE_CHECKING

from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.blocking.deadline import Deadline
from graph_meetings_runtime.http.options.retry import Retry
from graph_meetings_runtime.operations.availability import Availability

if TYPE_CHECKING:
    from graph_meetings_blocking_runtime.http.responses.response import Response


class GraphAdapter:
    """A request adapter that streams responses, and knows which requests are documented.

    Attributes:
        availability: which requests are documented, and where.
    """

    availability: Availability

    @property
    def retry(self) -> Retry:
        """How failed requests are retried."""
        raise NotImplementedError

    def deadline_for(self, request_info: RequestInformation) -> Deadline:
        """Start the clock for a call that may take several requests: pass it to `respond` and `respond_elsewhere`."""
        raise NotImplementedError

    def respond(
        self, request_info: RequestInformation, *, stream: bool = False, deadline: Deadline | None = None
    ) -> "Response":
        """Send a request, and retry it as its policy says.

        Args:
            request_info: gets the base URL and the token.
            stream: leave the body unread; the caller must close the response then.
            deadline: of the call that the request is part of; by default the request is all of it.

        Returns:
            A response with a status below 400.

        Raises:
            GraphError: the request failed.
            ValueError: the client does not send this method to this path, or a header is one that HTTP does not allow.
        """
        raise NotImplementedError

    def respond_elsewhere(self, url: str, headers: dict[str, str], deadline: Deadline | None = None) -> "Response":
        """Stream a response from another origin that a redirect leads to; it gets these headers and no others.

        Args:
            url: of the other place.
            headers: sent there.
            deadline: of the call that the redirect belongs to.

        Raises:
            GraphError: the request failed.
        """
        raise NotImplementedError
