"""The adapter and the base class of request builders. Kiota's own are asynchronous by contract."""

from typing import Any, Protocol, TypeVar

from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable, ParsableFactory

ModelT = TypeVar("ModelT", bound=Parsable)


class RequestAdapter(Protocol):
    """Sends requests."""

    base_url: str

    def send(
        self,
        request_info: RequestInformation,
        parsable_factory: ParsableFactory[ModelT],
        error_map: dict[str, type[ParsableFactory[Any]]] | None,
    ) -> ModelT | None:
        """Send a request and return the model of its response."""
        ...

    def send_no_response_content(
        self, request_info: RequestInformation, error_map: dict[str, type[ParsableFactory[Any]]] | None
    ) -> None:
        """Send a request whose response has no content."""
        ...


class BaseRequestBuilder:
    """A URL template with its values, like Kiota's class of this name.

    Args:
        request_adapter: sends the requests.
        url_template: the URL template.
        path_parameters: the template's values, or a whole URL.
    """

    def __init__(
        self, request_adapter: RequestAdapter, url_template: str, path_parameters: dict[str, Any] | str
    ) -> None:
        if isinstance(path_parameters, str):
            path_parameters = {RequestInformation.RAW_URL_KEY: path_parameters}
        self.path_parameters: dict[str, Any] = path_parameters
        self.url_template = url_template
        self.request_adapter = request_adapter
