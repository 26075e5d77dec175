# Made by codegen from overrides/graph_meetings_runtime/requests/collection_request_builder.py; do not edit.
"""Request builders of collections: their pages and their items."""

from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar, Unpack

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings_blocking_runtime.requests.paging import Pager
from graph_meetings_blocking_runtime.requests.request_builder import RequestBuilder
from graph_meetings_runtime.blocking.guards import BuilderGuard
from graph_meetings_runtime.bounds import MAX_EMPTY_PAGES
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import Page, page_factory, remember_request
from graph_meetings_runtime.requests.query import COLLECTION_OPTIONS, CollectionOptions, QueryParameters
from graph_meetings_runtime.requests.reader import reader_of, remember_reader
from graph_meetings_runtime.requests.request_information import GraphRequestInformation, empty_response

M = TypeVar("M", bound=Model)


class PagedRequestBuilder(BuilderGuard, RequestBuilder, Generic[M]):
    """A path that returns pages."""

    _known_options = COLLECTION_OPTIONS
    _query_template = "{?%24count,%24expand,%24filter,%24orderby,%24search,%24select,%24top}"
    model: type[M]
    _iterated_by = "list"

    if not TYPE_CHECKING:

        def __getitem__(self, key: object) -> NoReturn:
            by_key = next((name for name in dir(type(self)) if name.startswith("by_")), None)
            use = f"use builder.{by_key}(…)" if by_key else f"use builder.{self._iterated_by}()"
            raise TypeError(f"{type(self).__name__} takes no index: {use}")

    def get(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[CollectionOptions],
    ) -> Page[M]:
        """Fetch one page: the first, or the one whose link was passed to `with_url`.

        Args:
            request_configuration: the options in Kiota's form.
            options: `select`, `expand`, `filter`, `orderby`, `top`, `count`, `search`, `prefer` and `headers`.

        Raises:
            GraphError: the request failed; the subclass says how.
        """
        request = self._request(request_configuration, options)
        page = self.request_adapter.send(request, page_factory(self.model), None)
        if page is None:
            raise empty_response(request, self.request_adapter.base_url)
        remember_request(page, request, self.request_adapter.base_url)
        remember_reader(page, reader_of(request))
        return page

    def to_get_request_information(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[CollectionOptions],
    ) -> GraphRequestInformation:
        """Return the request that `get` sends."""
        return self._request(request_configuration, options)


class CollectionRequestBuilder(PagedRequestBuilder[M]):
    """A path that names a collection."""

    def list(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        *,
        prefetch: bool = True,
        max_empty_pages: int = MAX_EMPTY_PAGES,
        **options: Unpack[CollectionOptions],
    ) -> Pager[M]:
        """Iterate over every item: `for item in builder.list()`.

        Args:
            request_configuration: the options in Kiota's form.
            prefetch: whether the next page is fetched while the items of this one are handled.
            max_empty_pages: how many empty pages in a row are followed. The service sometimes sends an empty page
                before further items, and is known to send them endlessly; the list then ends with an
                `EmptyPagesWarning`. The same number of pages that only repeat items raises `LinkRefused`.
            options: as for `get`; `top` is the size of a page here, not the number of items.

        Source: https://learn.microsoft.com/graph/paging
        """
        request = self._request(request_configuration, options)
        return Pager(self.request_adapter, self.model, request, prefetch=prefetch, max_empty_pages=max_empty_pages)


class FunctionRequestBuilder(CollectionRequestBuilder[M]):
    """A function that returns a collection of values."""
