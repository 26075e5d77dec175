# Made by codegen from overrides/graph_meetings_runtime/requests/write_request_builders.py; do not edit.
"""Request builders that create, update and delete objects, and call actions.

If the path can also be read, the generated class inherits from one of these and from the builder that reads.
"""

from collections.abc import Mapping
from typing import Generic, TypedDict, TypeVar, Unpack, cast

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method

from graph_meetings_blocking_runtime.requests.request_builder import RequestBuilder
from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.http.secret_texts import SecretTexts
from graph_meetings_runtime.models.field_mapping import secrets_of
from graph_meetings_runtime.models.model import Model, model_factory
from graph_meetings_runtime.requests.query import QueryParameters, apply, refuse_unknown
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

M = TypeVar("M", bound=Model)


class WriteOptions(TypedDict, total=False):
    """Keyword options of a request that writes."""

    headers: Mapping[str, str] | None


class _WriteRequestBuilder(RequestBuilder):
    """A path that can be written to."""

    def _write(
        self,
        method: Method,
        body: Model | None,
        configuration: RequestConfiguration[QueryParameters] | None,
        options: WriteOptions,
    ) -> GraphRequestInformation:
        refuse_unknown(options, frozenset(WriteOptions.__annotations__))
        request = GraphRequestInformation(self.url_template, dict(self.path_parameters), method)
        request.path_parameters.setdefault("baseurl", self.request_adapter.base_url)
        request.headers.add("Accept", "application/json")
        apply(request, configuration, {"headers": options.get("headers")})
        if request.query_parameters:
            raise ValueError(f"a {method.value} has no query options: {', '.join(sorted(request.query_parameters))}")
        if body is not None:
            if not isinstance(body, Model):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
                raise TypeError(f"body must be an object, such as Subscription(…), not a {type(body).__name__}")
            request.headers.remove("Content-Type")
            request.headers.add("Content-Type", "application/json")
            request.content = body.to_json()
            request.add_request_options([SecretTexts(secrets_of(body))])
        return request


class _AnsweredRequestBuilder(_WriteRequestBuilder, Generic[M]):
    """A path that returns the object that was written."""

    model: type[M]

    def _written(self, request: GraphRequestInformation) -> M:
        try:
            found = self.request_adapter.send(request, model_factory(self.model), None)
        except MalformedResponse as error:
            error.may_have_taken_effect = True
            raise
        return cast("M", found)  # Kiota's type allows None, which its own adapters return for an empty response


class PostRequestBuilder(_AnsweredRequestBuilder[M]):
    """A collection that objects can be added to."""

    def post(
        self,
        body: M,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[WriteOptions],
    ) -> M:
        """Create an object, and return it as the service sends it.

        The request is retried only if it certainly had no effect: it never reached the service, or the service was too
        busy for it (429, or 503 with `Retry-After`). If the error's `may_have_taken_effect` is true, check whether
        the object exists before you create another one.

        Args:
            body: the new object; only the fields that are set are sent.
            request_configuration: the options in Kiota's form.
            options: `headers`.

        Raises:
            GraphError: the request failed; the subclass says how.
        """
        return self._written(self.to_post_request_information(body, request_configuration, **options))

    def to_post_request_information(
        self,
        body: M,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[WriteOptions],
    ) -> GraphRequestInformation:
        """Return the request that `post` sends."""
        return self._write(Method.POST, body, request_configuration, options)


class PatchRequestBuilder(_AnsweredRequestBuilder[M]):
    """An object that can be changed."""

    def patch(
        self,
        body: M,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[WriteOptions],
    ) -> M:
        """Change the object, and return it as the service sends it. The request is retried like any other.

        Args:
            body: the changes; only the fields that are set are sent.
            request_configuration: the options in Kiota's form.
            options: `headers`.

        Raises:
            GraphError: the request failed; the subclass says how.
        """
        return self._written(self.to_patch_request_information(body, request_configuration, **options))

    def to_patch_request_information(
        self,
        body: M,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[WriteOptions],
    ) -> GraphRequestInformation:
        """Return the request that `patch` sends."""
        return self._write(Method.PATCH, body, request_configuration, options)


class DeleteRequestBuilder(_WriteRequestBuilder):
    """An object that can be deleted."""

    def delete(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[WriteOptions],
    ) -> None:
        """Delete the object. The request is retried like any other.

        It also succeeds if the response to the first attempt was lost, and the object is gone at the second one.

        Args:
            request_configuration: the options in Kiota's form.
            options: `headers`.

        Raises:
            NotFound: there is no such object.
            GraphError: the request failed; the subclass says how.
        """
        request = self.to_delete_request_information(request_configuration, **options)
        self.request_adapter.send_no_response_content(request, None)

    def to_delete_request_information(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[WriteOptions],
    ) -> GraphRequestInformation:
        """Return the request that `delete` sends."""
        return self._write(Method.DELETE, None, request_configuration, options)


class ActionRequestBuilder(_WriteRequestBuilder):
    """An action of an object, without parameters and without a result."""

    def post(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[WriteOptions],
    ) -> None:
        """Call the action. The request is retried only if it certainly had no effect.

        Args:
            request_configuration: the options in Kiota's form.
            options: `headers`.

        Raises:
            GraphError: the request failed; the subclass says how.
        """
        request = self.to_post_request_information(request_configuration, **options)
        self.request_adapter.send_no_response_content(request, None)

    def to_post_request_information(
        self,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[WriteOptions],
    ) -> GraphRequestInformation:
        """Return the request that `post` sends."""
        return self._write(Method.POST, None, request_configuration, options)
