"""The request adapter: Kiota's interface to the requester, whose requests are faster than Kiota's."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from kiota_abstractions.request_adapter import RequestAdapter
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable, ParsableFactory, SerializationWriterFactory
from kiota_abstractions.store import BackingStoreFactory

from graph_meetings_runtime.http.authentication import OriginAuthentication
from graph_meetings_runtime.http.requester import Requester

if TYPE_CHECKING:
    from graph_meetings_runtime.http.kiota_adapter import KiotaRequestAdapter

ModelT = TypeVar("ModelT", bound=Parsable)


class GraphRequestAdapter(Requester, RequestAdapter[Any]):
    """A requester that Kiota's classes can use. Its arguments are those of `Requester`.

    Methods that this client does not use are passed to Kiota's own adapter, which sends with the requester.
    """

    def __init__(
        self, authentication: OriginAuthentication, http_client: httpx.AsyncClient, base_url: str, **options: Any
    ) -> None:
        super().__init__(authentication, http_client, base_url, **options)
        self._http_client = http_client

    @cached_property
    def _kiota(self) -> "KiotaRequestAdapter":
        # Imported when first used: kiota_http takes 6 ms, and hardly any program needs it.
        from graph_meetings_runtime.http.kiota_adapter import KiotaRequestAdapter  # noqa: PLC0415  imported when first needed

        return KiotaRequestAdapter(self, self._authentication, self._http_client)

    async def send_async(
        self,
        request_info: RequestInformation,
        parsable_factory: ParsableFactory[ModelT],
        error_map: dict[str, type[ParsableFactory[Any]]] | None,
    ) -> ModelT:
        """Send a request and return the model of its response, or what a `ResponseHandlerOption` makes of it.

        Raises:
            GraphError: the request failed. Kiota's `error_map` is not used: the errors are this package's own.
        """
        handler = _response_handler(request_info) if request_info.request_options else None
        if handler is None:
            return await super().send_async(request_info, parsable_factory, error_map)
        response = (await self.respond(request_info)).as_response()
        handled: ModelT = await handler.handle_response_async(response, error_map)
        return handled

    async def send_collection_async(
        self,
        request_info: RequestInformation,
        parsable_factory: ParsableFactory[ModelT],
        error_map: dict[str, type[ParsableFactory[Any]]] | None,
    ) -> list[ModelT] | None:
        """Send a request and return the models of a response that is a list."""
        return await self._kiota.send_collection_async(request_info, parsable_factory, error_map)

    async def send_collection_of_primitive_async(
        self,
        request_info: RequestInformation,
        response_type: Any,
        error_map: dict[str, type[ParsableFactory[Any]]] | None,
    ) -> list[Any] | None:
        """Send a request and return the values of a response that is a list."""
        return await self._kiota.send_collection_of_primitive_async(request_info, response_type, error_map)

    async def send_primitive_async(
        self,
        request_info: RequestInformation,
        response_type: str,
        error_map: dict[str, type[ParsableFactory[Any]]] | None,
    ) -> Any:
        """Send a request and return the value of its response."""
        return await self._kiota.send_primitive_async(request_info, response_type, error_map)

    async def convert_to_native_async(self, request_info: RequestInformation) -> Any:
        """Return a request as an `httpx.Request`."""
        return await self._kiota.convert_to_native_async(request_info)

    def get_serialization_writer_factory(self) -> SerializationWriterFactory:
        """Return Kiota's factory of the writers that serialize models."""
        return self._kiota.get_serialization_writer_factory()

    def enable_backing_store(self, backing_store_factory: BackingStoreFactory | None) -> None:
        """Let Kiota's own adapter keep models in a backing store."""
        self._kiota.enable_backing_store(backing_store_factory)


def _response_handler(request_info: RequestInformation) -> Any:
    from kiota_http.middleware.options import ResponseHandlerOption  # noqa: PLC0415  hardly any request needs it

    option: object = request_info.request_options.get(ResponseHandlerOption.get_key())
    return option.response_handler if isinstance(option, ResponseHandlerOption) else None
