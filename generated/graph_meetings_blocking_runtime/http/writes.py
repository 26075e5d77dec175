# Made by codegen from overrides/graph_meetings_runtime/http/writes.py; do not edit.
"""Requests that write: which ones the client sends, their retries, and the refusal of their redirects."""

from kiota_abstractions.request_information import RequestInformation

from graph_meetings_blocking_runtime.http.responses.json_response import unexpected
from graph_meetings_blocking_runtime.http.responses.response import Response
from graph_meetings_blocking_runtime.http.sender import Written
from graph_meetings_blocking_runtime.http.write_attempts import WriteAttempts
from graph_meetings_runtime.http.options.retry import Retry
from graph_meetings_runtime.http.secret_texts import SecretTexts
from graph_meetings_runtime.operations.availability import Availability
from graph_meetings_runtime.operations.operation import path_shape


def method_of(request_info: RequestInformation) -> str:
    """Return the method of a request."""
    return "GET" if request_info.http_method is None else request_info.http_method.value


def written_by(request_info: RequestInformation) -> Written:
    """Return the method and the body of a request."""
    return Written(method_of(request_info), request_info.content or b"")


def refuse_unoffered(request_info: RequestInformation, availability: Availability) -> None:
    """Refuse a request that is not a documented write. A whole URL could lead anywhere.

    Raises:
        ValueError: it is not a documented write.
    """
    method = method_of(request_info)
    template = request_info.url_template or ""
    is_whole_url = RequestInformation.RAW_URL_KEY in request_info.path_parameters
    operation = None if is_whole_url else availability.find(template)
    if operation is None or method not in operation.methods:
        place = "a whole URL" if is_whole_url else path_shape(template)
        raise ValueError(f"this client does not send {method} to {place}; it only writes where it has a method for it")


def attempts_of(request_info: RequestInformation, retry: Retry, url: str) -> WriteAttempts:
    """Return the attempts of a request."""
    option = request_info.request_options.get(SecretTexts.get_key())
    secrets = option if isinstance(option, SecretTexts) else SecretTexts()
    return WriteAttempts(retry, url, method_of(request_info), secrets)


def refuse_redirect(response: Response, method: str) -> None:
    """Refuse to follow the redirect of a request that writes.

    Raises:
        MalformedResponse: always.
    """
    response.close()
    raise unexpected(response, f"redirects a {method}, which is not followed")
