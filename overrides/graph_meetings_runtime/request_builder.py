"""Request builders: where a request goes, in the words of the service."""

import copy
from collections.abc import AsyncIterator
from typing import Any, ClassVar, Generic, Self, TypeVar, Unpack, cast

from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_adapter import RequestAdapter
from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.adapter import GraphRequestAdapter
from graph_meetings_runtime.delta import Changes
from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.field import CollectionField
from graph_meetings_runtime.function_call import FunctionCall, PathUser
from graph_meetings_runtime.model import Model, model_factory
from graph_meetings_runtime.operations import Permissions
from graph_meetings_runtime.origin import safe_link, without_query
from graph_meetings_runtime.page import Page, page_factory
from graph_meetings_runtime.paging import Pager, expanded
from graph_meetings_runtime.query import (
    COLLECTION_OPTIONS,
    ITEM_OPTIONS,
    CollectionOptions,
    ItemOptions,
    QueryParameters,
    apply,
)
from graph_meetings_runtime.request_information import GraphRequestInformation

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)

_USER = "user%2Did"


class RequestBuilder(BaseRequestBuilder):
    """A path of the service.

    Args:
        request_adapter: sends the requests.
        path_template: the URL template, without query options.
        path_parameters: the template's values, or a whole URL.
    """

    query_template: ClassVar[str] = ""
    known_options: ClassVar[frozenset[str]] = ITEM_OPTIONS

    def __init__(
        self, request_adapter: RequestAdapter[Any], path_template: str, path_parameters: dict[str, Any] | str
    ) -> None:
        super().__init__(request_adapter, path_template + self.query_template, path_parameters)
        self.path_template = path_template

    @classmethod
    def below(cls, parent: "RequestBuilder", segment: str) -> Self:
        """Make the builder of the next segment: a name, or a rendered function call."""
        if isinstance(segment, FunctionCall):
            # Behind a reserved expansion: Kiota's template library drops the commas of literal text.
            return cls._with_variable(parent, segment.partition("(")[0], segment, operator="+")
        cls._refuse_whole_url(parent)
        return cls(parent.request_adapter, f"{parent.path_template}/{segment}", parent.path_parameters)

    @classmethod
    def by_key(cls, parent: "RequestBuilder", name: str, key: str) -> Self:
        """Make the builder of one entity of a collection.

        Raises:
            TypeError: the key is no string.
            ValueError: the key is empty, `.` or `..`, which would name another URL.
        """
        if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
            raise TypeError(f"{name} is a string, not {key!r}")
        if key.strip() in {"", ".", ".."}:
            raise ValueError(f"{name} cannot be {key!r}: the URL would name something else")
        return cls._with_variable(parent, name.replace("-", "%2D"), key)

    @classmethod
    def _with_variable(cls, parent: "RequestBuilder", name: str, value: str, operator: str = "") -> Self:
        cls._refuse_whole_url(parent)
        unique = name
        number = 1
        while unique in parent.path_parameters:
            number += 1
            unique = f"{name}{number}"
        template = f"{parent.path_template}/{{{operator}{unique}}}"
        return cls(parent.request_adapter, template, {**parent.path_parameters, unique: value})

    @staticmethod
    def _refuse_whole_url(builder: "RequestBuilder") -> None:
        if RequestInformation.RAW_URL_KEY in builder.path_parameters:
            raise ValueError("a builder made by with_url stands for that URL as it is; nothing can be added to it")

    @property
    def permissions(self) -> Permissions | None:
        """What a token needs for this request, `None` where the path is no documented request.

        Source: https://learn.microsoft.com/graph/permissions-reference
        """
        adapter = self.request_adapter
        operation = adapter.availability.find(self.url_template) if isinstance(adapter, GraphRequestAdapter) else None
        return operation.permissions if operation else None

    def with_url(self, raw_url: str) -> Self:
        """Make the same builder for a whole URL, such as a stored link.

        Raises:
            LinkRefused: it is no URL of the configured origin.
        """
        builder = copy.copy(self)
        builder.path_parameters = {RequestInformation.RAW_URL_KEY: safe_link(raw_url, self.request_adapter.base_url)}
        return builder

    def user_or(self, value: str | PathUser | None) -> str | None:
        """Give the value, or the user in the path where the value says so.

        Raises:
            ValueError: there is no user in the path, or the value is empty.
        """
        if not isinstance(value, PathUser):
            if value is not None and not value.strip():
                raise ValueError("the id of a user cannot be empty")
            return value
        user = self.path_parameters.get(_USER)
        if not isinstance(user, str):
            raise ValueError(
                f"{self.path_template.removeprefix('{+baseurl}')} has no user id in it, so the call needs one as its "
                "argument (or None to leave it out)"
            )
        return user

    def _request(
        self,
        configuration: RequestConfiguration[QueryParameters] | None,
        options: ItemOptions | CollectionOptions,
    ) -> GraphRequestInformation:
        request = GraphRequestInformation(self.url_template, dict(self.path_parameters))
        request.path_parameters.setdefault("baseurl", self.request_adapter.base_url)
        request.headers.add("Accept", "application/json")
        apply(request, configuration, options, self.known_options)
        if request.query_parameters:
            self._refuse_whole_url(self)
        return request


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
        **options: Unpack[CollectionOptions],
    ) -> Pager[M]:
        """Iterate over every item: `async for item in builder.list()`.

        Args:
            request_configuration: Kiota's form of the options.
            options: as for `get`; `top` is the size of a page here, not the number of items.
        """
        return Pager(self.request_adapter, self.model, self._request(request_configuration, options))


class FunctionRequestBuilder(CollectionRequestBuilder[M]):
    """A function that answers with a collection of values."""

    @staticmethod
    def of(parent: RequestBuilder, call: str, model: type[N]) -> "FunctionRequestBuilder[N]":
        """Make the builder of a call."""
        builder = FunctionRequestBuilder[N].below(parent, call)
        builder.model = model
        return builder


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
