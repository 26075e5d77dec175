"""Request builders of single objects."""

from collections.abc import AsyncIterator
from typing import Generic, TypeVar, Unpack, cast

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.models.field import CollectionField
from graph_meetings_runtime.models.model import Model, model_factory
from graph_meetings_runtime.origin import without_query
from graph_meetings_runtime.requests.collection_request_builder import CollectionRequestBuilder
from graph_meetings_runtime.requests.paging import Pager, expanded
from graph_meetings_runtime.requests.query import (
    CollectionOptions,
    ItemOptions,
    QueryParameters,
)
from graph_meetings_runtime.requests.request_builder import RequestBuilder
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)


class ItemRequestBuilder(RequestBuilder, Generic[M]):
    """A path that names one object."""

    query_template = "{?%24select,%24expand}"
    model: type[M]

    async def get(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[ItemOptions],
    ) -> M:
        """Fetch the object.

        Args:
            request_configuration: Kiota's form of the options.
            options: `select`, `expand`, `prefer` and `headers`.

        Raises:
            GraphError: the request failed; the subclass says how.
        """
        request = self._request(request_configuration, options)
        found = await self.request_adapter.send_async(request, model_factory(self.model), None)
        if found is None:
            raise MalformedResponse(f"the service answered {without_query(request.url)} with nothing")
        return found

    def expanded(self, item: M, field: CollectionField[N], **options: Unpack[CollectionOptions]) -> AsyncIterator[N]:
        """Iterate over a collection within an object to its end: `async for session in builder.expanded(record, …)`.

        What came with the object is given first. The service cuts long collections off; the rest is fetched by the
        link that it left in the object, or from the collection's own path where the link cannot be fetched or where
        the collection was not expanded at all.

        Args:
            item: the object of this builder, as `get(expand=…)` or a list gave it.
            field: the collection, such as `CallRecord.sessions`.
            options: of the requests for the rest, such as `prefer`, and `expand` of what is in the items.

        Raises:
            GraphError: while iterating, when a request fails.

        Source: https://learn.microsoft.com/graph/api/callrecords-callrecord-get
        """
        model = cast("type[N]", field.item_model())
        own_path = CollectionRequestBuilder[N].below(self, field.wire_name)
        first = own_path.to_get_request_information(**options)
        items: list[N] | None = getattr(item, field.name)
        if items is None:
            return aiter(Pager(self.request_adapter, model, first))
        links = (item.raw.get(f"{field.wire_name}@odata.{name}") for name in ("nextLink", "NextLink"))
        link = next(filter(None, links), None)
        return expanded(self.request_adapter, items, link if isinstance(link, str) else None, first, model)

    def to_get_request_information(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[ItemOptions],
    ) -> GraphRequestInformation:
        """Make the request that `get` sends."""
        return self._request(request_configuration, options)
