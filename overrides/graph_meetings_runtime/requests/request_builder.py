"""Request builders: where a request goes, in the words of the service."""

import copy
from typing import Any, ClassVar, Self

from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_adapter import RequestAdapter
from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.http.adapter import GraphRequestAdapter
from graph_meetings_runtime.http.operations import Permissions
from graph_meetings_runtime.origin import safe_link
from graph_meetings_runtime.requests.function_call import FunctionCall, PathUser
from graph_meetings_runtime.requests.query import (
    ITEM_OPTIONS,
    CollectionOptions,
    ItemOptions,
    QueryParameters,
    apply,
    refuse_unknown,
)
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

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
            ValueError: the key would name another URL: it is empty, `.`, `..`, or one of the service's functions.
        """
        if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
            raise TypeError(f"{name} is a string, not {key!r}")
        adapter = parent.request_adapter
        is_function = isinstance(adapter, GraphRequestAdapter) and adapter.availability.names_function(key)
        if key.strip() in {"", ".", ".."} or is_function:
            raise ValueError(f"{name} cannot be {key!r}: the URL would name something else")
        if not key.isascii():
            _require_utf8(name, key)
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
        refuse_unknown(options, self.known_options)
        request = GraphRequestInformation(self.url_template, dict(self.path_parameters))
        request.path_parameters.setdefault("baseurl", self.request_adapter.base_url)
        request.headers.add("Accept", "application/json")
        apply(request, configuration, options)
        if request.query_parameters:
            self._refuse_whole_url(self)
        return request


def _require_utf8(name: str, key: str) -> None:
    try:
        key.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} cannot be {key!r}: it is no Unicode text") from None
