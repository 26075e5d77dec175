# Made by codegen from overrides/graph_meetings_runtime/http/graph_adapter.py; do not edit.
"""What builders need of a request adapter beyond Kiota's interface.

Builders import this module instead of the adapter, so that they import neither httpx nor kiota_http.
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
        """Start the clock of a call that may take several requests; pass the deadline to each of them."""
        raise NotImplementedError

    def respond(
        self, request_info: RequestInformation, *, stream: bool = False, deadline: Deadline | None = None
    ) -> "Response":
        """Send a request, and retry it as its policy says.

        Args:
            request_info: gets the base URL and the token.
            stream: leave the body unread; the caller must then close the response.
            deadline: of the call that the request is part of; by default the request has one to itself.

        Returns:
            A response with a status below 400.

        Raises:
            GraphError: the request failed.
            ValueError: the client does not send this method to this path, or a header is malformed.
        """
        raise NotImplementedError

    def respond_elsewhere(self, url: str, headers: dict[str, str], deadline: Deadline | None = None) -> "Response":
        """Stream a response from another origin, the target of a redirect. No headers but these are sent there.

        Args:
            url: the target of the redirect.
            headers: sent there.
            deadline: of the call that was redirected.

        Raises:
            GraphError: the request failed.
        """
        raise NotImplementedError
