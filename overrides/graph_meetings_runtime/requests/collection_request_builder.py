"""Request builders of collections: their pages and their items."""

from typing import Generic, TypeVar, Unpack

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import Page, page_factory
from graph_meetings_runtime.origin import without_query
from graph_meetings_runtime.requests.paging import Pager
from graph_meetings_runtime.requests.query import (
    COLLECTION_OPTIONS,
    CollectionOptions,
    QueryParameters,
)
from graph_meetings_runtime.requests.request_builder import RequestBuilder
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)


class PagedRequestBuilder(RequestBuilder, Generic[M]):
    """A path that answers with pages."""

    known_options = COLLECTION_OPTIONS
    query_template = "{?%24count,%24expand,%24filter,%24orderby,%24search,%24select,%24top}"
    model: type[M]

    async def get(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[CollectionOptions],
    ) -> Page[M]:
        """Fetch one page, the first unless `with_url` was given the link of another.

        Args:
            request_configuration: Kiota's form of the options.
            options: `select`, `expand`, `filter`, `orderby`, `top`, `count`, `search`, `prefer` and `headers`.

        Raises:
            GraphError: the request failed; the subclass says how.
        """
        request = self._request(request_configuration, options)
        page = await self.request_adapter.send_async(request, page_factory(self.model), None)
        if page is None:
            raise MalformedResponse(f"the service answered {without_query(request.url)} with nothing")
        return page

    def to_get_request_information(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[CollectionOptions],
    ) -> GraphRequestInformation:
        """Make the request that `get` sends."""
        return self._request(request_configuration, options)


class CollectionRequestBuilder(PagedRequestBuilder[M]):
    """A path that names a collection."""

    def list(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        *,
        prefetch: bool = True,
        **options: Unpack[CollectionOptions],
    ) -> Pager[M]:
        """Iterate over every item: `async for item in builder.list()`.

        Args:
            request_configuration: Kiota's form of the options.
            prefetch: whether the next page is fetched while the items of this one are handled.
            options: as for `get`; `top` is the size of a page here, not the number of items.
        """
        request = self._request(request_configuration, options)
        return Pager(self.request_adapter, self.model, request, prefetch=prefetch)


class FunctionRequestBuilder(CollectionRequestBuilder[M]):
    """A function that answers with a collection of values."""

    @staticmethod
    def of(parent: RequestBuilder, call: str, model: type[N]) -> "FunctionRequestBuilder[N]":
        """Make the builder of a call."""
        builder = FunctionRequestBuilder[N].below(parent, call)
        builder.model = model
        return builder
