# Made by codegen from overrides/graph_meetings_runtime/requests/request_builder.py; do not edit.
"""Request builders: the paths of the service as Python attributes and methods."""

import copy
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn, Self, TypeVar
from uuid import UUID

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation

from graph_meetings_blocking_runtime.http.graph_adapter import GraphAdapter
from graph_meetings_runtime.blocking.adapters import BaseRequestBuilder, RequestAdapter
from graph_meetings_runtime.errors import NamesRequest
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.operations.operation import Operation, Permissions
from graph_meetings_runtime.origin import safe_link, without_query
from graph_meetings_runtime.requests.function_call import FunctionCall, PathUser
from graph_meetings_runtime.requests.keys import argument_text, key_text, parenthesized_key, python_name
from graph_meetings_runtime.requests.query import (
    ITEM_OPTIONS,
    CollectionOptions,
    ItemOptions,
    QueryParameters,
    apply,
    make_advanced,
    refuse_unknown,
)
from graph_meetings_runtime.requests.request_information import GraphRequestInformation, expand
from graph_meetings_runtime.suggestion import refuse_own, unknown_attribute

B = TypeVar("B", bound="RequestBuilder")

_KIOTA_CALLS: Final = frozenset(
    {"path_parameters", "path_template", "request_adapter", "to_get_request_information", "url_template"}
)


class RequestBuilder(BaseRequestBuilder):
    """A path of the service."""

    _query_template: ClassVar[str] = ""
    _known_options: ClassVar[frozenset[str]] = ITEM_OPTIONS

    def __init__(
        self, request_adapter: RequestAdapter, path_template: str, path_parameters: dict[str, Any] | str
    ) -> None:
        """Create a builder; use the attributes and methods of other builders instead.

        Args:
            request_adapter: sends the requests.
            path_template: the URL template, without query options.
            path_parameters: the template's values, or a whole URL.
        """
        super().__init__(request_adapter, path_template + self._query_template, path_parameters)
        self.path_template = path_template

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            refuse_own(self, name)
            names = set(dir(type(self))) - _COMMON
            known = sorted(other for other in names if other[0] != "_" and not other.endswith("_request_information"))
            raise unknown_attribute(self, name, known, f"it has {', '.join(known)}" if known else "")

    def _child(self, builder: type[B], segment: str, **attributes: object) -> B:
        """Return a builder of the next segment.

        Args:
            builder: its class.
            segment: a name, or a rendered function call.
            attributes: of the builder, such as the `model` of a function's results.
        """
        if isinstance(segment, FunctionCall):
            # As a reserved expansion, because Kiota's template library drops the commas of literal text.
            child = self._with_variable(builder, segment.partition("(")[0], segment, operator="+")
        else:
            self._refuse_whole_url()
            child = builder(self.request_adapter, f"{self.path_template}/{segment}", self.path_parameters)
        vars(child).update(attributes)
        return child

    def _item(self, builder: type[B], name: str, key: object, edm_type: EdmType[Any] | None = None) -> B:
        """Return a builder of one entity of the collection.

        Args:
            builder: its class.
            name: of the key.
            key: a string or a UUID, or a value of `edm_type`.
            edm_type: the type of a key that is written in parentheses.

        Raises:
            TypeError: the key is not of its type.
            ValueError: the key would make another URL: it is empty, `.`, `..`, or the name of a function.
        """
        variable = name.replace("-", "%2D")
        if edm_type is not None:
            return self._with_variable(builder, variable, parenthesized_key(name, key, edm_type))
        text = key_text(name, key)
        adapter = self.request_adapter
        if isinstance(adapter, GraphAdapter) and adapter.availability.names_function(text):
            raise ValueError(f"{python_name(name)} cannot be {text!r}: the URL would name something else")
        return self._with_variable(builder, variable, text)

    def _with_variable(self, builder: type[B], name: str, value: str, operator: str = "") -> B:
        self._refuse_whole_url()
        unique = name
        number = 1
        while unique in self.path_parameters:
            number += 1
            unique = f"{name}{number}"
        template = f"{self.path_template}/{{{operator}{unique}}}"
        return builder(self.request_adapter, template, {**self.path_parameters, unique: value})

    def _refuse_whole_url(self) -> None:
        if RequestInformation.RAW_URL_KEY in self.path_parameters:
            raise ValueError("a builder made by with_url stands for that URL alone; nothing can be added to it")

    @property
    def permissions(self) -> Permissions | None:
        """The permissions that a token needs for this request, or `None` if the path is not a documented request.

        Source: https://learn.microsoft.com/graph/permissions-reference
        """
        operation = self._operation()
        return operation.permissions if operation else None

    def _operation(self) -> Operation | None:
        adapter = self.request_adapter
        return adapter.availability.find(self.url_template) if isinstance(adapter, GraphAdapter) else None

    def with_url(self, raw_url: str) -> Self:
        """Return a builder of the same kind for a whole URL, such as a stored link.

        Raises:
            LinkRefused: it is not a URL of the configured origin.
            TypeError: it is not a string, such as the missing next link of a last page.
        """
        if not isinstance(raw_url, str):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
            raise TypeError(f"raw_url must be a whole URL, such as a page's odata_next_link, not {raw_url!r}")
        builder = copy.copy(self)
        with NamesRequest(f"GET {self._shown_path()}"):
            link = safe_link(raw_url, self.request_adapter.base_url, what="raw_url is")
        builder.path_parameters = {RequestInformation.RAW_URL_KEY: link}
        return builder

    def _user_or(self, value: str | UUID | PathUser | None) -> str | None:
        """Return the value, or the user in the path for `PATH_USER`.

        Raises:
            TypeError: the value is not an id.
            ValueError: the path has no user, or the value is empty.
        """
        if value is None:
            return None
        if not isinstance(value, PathUser):
            return argument_text("the id of a user", value)
        user = self.path_parameters.get("user%2Did")
        if not isinstance(user, str):
            raise ValueError(
                f"{self.path_template.removeprefix('{+baseurl}')} has no user id, so pass one to the call "
                "(or None to leave it out)"
            )
        return str(user)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._shown_path()!r})"

    def __dir__(self) -> list[str]:
        """Return what editors and notebooks offer: everything except what is there for Kiota."""
        return [name for name in super().__dir__() if name not in _KIOTA_CALLS]

    def _shown_path(self) -> str:
        """Return the path without the base URL, and without the query, which may contain tokens."""
        raw_url = self.path_parameters.get(RequestInformation.RAW_URL_KEY)
        if isinstance(raw_url, str):
            return without_query(raw_url).removeprefix(self.request_adapter.base_url)
        return expand(self.path_template.removeprefix("{+baseurl}"), self.path_parameters)

    def _request(
        self,
        configuration: RequestConfiguration[QueryParameters] | None,
        options: ItemOptions | CollectionOptions,
    ) -> GraphRequestInformation:
        refuse_unknown(options, self._known_options)
        request = GraphRequestInformation(self.url_template, dict(self.path_parameters))
        request.path_parameters.setdefault("baseurl", self.request_adapter.base_url)
        request.headers.add("Accept", "application/json")
        apply(request, configuration, options)
        operation = self._operation()
        if operation and operation.options and operation.options.is_advanced:
            make_advanced(request)
        if request.query_parameters:
            self._refuse_whole_url()
        return request


_COMMON: Final = frozenset({*dir(RequestBuilder), "api_version", "media_type", "model", "operations"})
"""The names that the error for an unknown attribute does not list."""
