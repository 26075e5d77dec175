"""Request builders of a collection's changes."""

from typing import TypeVar, Unpack

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings_runtime.delta.changes import Changes
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.requests.collection_request_builder import PagedRequestBuilder
from graph_meetings_runtime.requests.query import CollectionOptions, QueryParameters
from graph_meetings_runtime.requests.request_builder import RequestBuilder

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)


class DeltaRequestBuilder(PagedRequestBuilder[M]):
    """The changes of a collection; `get` fetches one page of them, `changes` a whole round."""

    @staticmethod
    def of(parent: RequestBuilder, call: str, model: type[N]) -> "DeltaRequestBuilder[N]":
        """Make the builder of a collection's changes."""
        builder = DeltaRequestBuilder[N].below(parent, call)
        builder.model = model
        return builder

    def changes(
        self,
        since: str | None = None,
        *,
        resync: bool = False,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[CollectionOptions],
    ) -> Changes[M]:
        """Iterate over a round of changes: `async for change in builder.changes(since=saved_link)`.

        Args:
            since: the whole delta link of the last round, or the resume link of an unfinished one; `None` begins a
                full round.
            resync: begin a full round by itself when the service has forgotten the link.
            request_configuration: Kiota's form of the options.
            options: as for `get`; the query options go into a full round's first request only, its links carry them.

        Raises:
            LinkRefused: `since` is no link of the configured origin.

        Source: https://learn.microsoft.com/graph/api/callrecording-delta
        """
        full = self._request(request_configuration, options)
        return Changes(self.request_adapter, self.model, full, since, resync=resync)
