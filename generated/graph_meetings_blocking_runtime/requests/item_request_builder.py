# Made by codegen from overrides/graph_meetings_runtime/requests/item_request_builder.py; do not edit.
"""Request builders of single objects."""

from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar, Unpack, cast

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings_blocking_runtime.requests.collection_request_builder import CollectionRequestBuilder
from graph_meetings_blocking_runtime.requests.paging import ItemIterator, expanded
from graph_meetings_blocking_runtime.requests.request_builder import RequestBuilder
from graph_meetings_runtime.bounds import MAX_EMPTY_PAGES
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.model import Model, model_factory
from graph_meetings_runtime.models.page import Page, remember_request
from graph_meetings_runtime.requests.query import CollectionOptions, ItemOptions, QueryParameters
from graph_meetings_runtime.requests.reader import reader_of, remember_reader
from graph_meetings_runtime.requests.request_information import GraphRequestInformation, empty_response

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)


class ItemRequestBuilder(RequestBuilder, Generic[M]):
    """A path that names one object."""

    _query_template = "{?%24select,%24expand}"
    model: type[M]

    if not TYPE_CHECKING:

        def __await__(self) -> NoReturn:
            raise TypeError(f"{type(self).__name__} cannot be awaited: call a method of it, such as get()")

    def get(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[ItemOptions],
    ) -> M:
        """Fetch the object.

        Args:
            request_configuration: the options in Kiota's form.
            options: `select`, `expand`, `prefer` and `headers`.

        Raises:
            GraphError: the request failed; the subclass says how.
        """
        request = self._request(request_configuration, options)
        found = self.request_adapter.send(request, model_factory(self.model), None)
        if found is None:
            raise empty_response(request, self.request_adapter.base_url)
        remember_reader(found, reader_of(request))
        return found

    def expanded(
        self,
        item: M,
        field: CollectionField[N],
        *,
        max_empty_pages: int = MAX_EMPTY_PAGES,
        **options: Unpack[CollectionOptions],
    ) -> ItemIterator[N]:
        """Iterate over a collection within an object to its end: `for session in builder.expanded(record, …)`.

        The items that came with the object are returned first. The service cuts off long collections and expands some
        to nothing, so the rest is fetched: by the link in the object, or from the collection's own path if that
        link cannot be fetched, if the collection is empty and has no link, or if it was not expanded at all.

        Args:
            item: the object of this builder, as returned by `get(expand=…)` or by a list.
            field: the collection, such as `CallRecord.sessions`.
            max_empty_pages: how many pages in a row without new items are followed.
            options: of the requests for the rest, such as `prefer`, or `expand` for properties of the items.

        Raises:
            GraphError: while iterating, when a request fails.

        Source: https://learn.microsoft.com/graph/api/callrecords-callrecord-get
        """
        model = cast("type[N]", field.item_model())
        own_path = self._child(CollectionRequestBuilder[N], field.wire_name).to_get_request_information(**options)
        items: list[N] | None = getattr(item, field.name)
        links = {name: item.raw.get(f"{field.wire_name}{name}") for name in ("@odata.nextLink", "@odata.NextLink")}
        embedded = Page(model, dict(links))
        remember_request(embedded, own_path, self.request_adapter.base_url)
        return expanded(
            self.request_adapter,
            model,
            own_path,
            items=items or [],
            embedded=embedded,
            max_empty_pages=max_empty_pages,
        )

    def to_get_request_information(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[ItemOptions],
    ) -> GraphRequestInformation:
        """Return the request that `get` sends."""
        return self._request(request_configuration, options)
