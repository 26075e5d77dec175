"""Kiota's own adapter, for the methods that this client does not use itself."""

from collections.abc import Mapping
from typing import Any

import httpx
from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.request_information import RequestInformation
from kiota_http.httpx_request_adapter import HttpxRequestAdapter
from kiota_http.observability_options import ObservabilityOptions
from opentelemetry import trace

from graph_meetings_runtime.errors import NamesRequest
from graph_meetings_runtime.http.authentication import OriginAuthentication
from graph_meetings_runtime.http.requester import Requester
from graph_meetings_runtime.http.responses.challenge import decode_claims, fingerprint
from graph_meetings_runtime.http.responses.json_response import parse_json
from graph_meetings_runtime.http.responses.response import Response
from graph_meetings_runtime.log import request_line
from graph_meetings_runtime.models.parse_node import GraphParseNode, GraphParseNodeFactory


class OriginAuthenticationProvider(AuthenticationProvider):
    """Kiota's interface to the authentication.

    Args:
        authentication: adds the token to requests.
    """

    def __init__(self, authentication: OriginAuthentication) -> None:
        self._authentication = authentication

    async def authenticate_request(
        self, request: RequestInformation, additional_authentication_context: Mapping[str, Any] | None = None
    ) -> None:
        """Add the token to a request; `claims` are in base64.

        Raises:
            LinkRefused: the request goes to another origin.
            AuthenticationFailed: the credential returned no token.
            ValueError: malformed claims.
        """
        encoded = (additional_authentication_context or {}).get("claims")
        for refused in request.headers.get("Authorization") if encoded else ():
            self._authentication.forget(fingerprint(refused))
        await self._authentication.authenticate(request, request.url, decode_claims(encoded) if encoded else None)


class KiotaRequestAdapter(HttpxRequestAdapter):
    """Kiota's adapter, with a requester to send its requests.

    Args:
        requester: sends the requests.
        authentication: adds the token to requests that are only converted.
        http_client: of the requester.
    """

    def __init__(
        self, requester: Requester, authentication: OriginAuthentication, http_client: httpx.AsyncClient
    ) -> None:
        super().__init__(
            OriginAuthenticationProvider(authentication),
            GraphParseNodeFactory(),
            http_client=http_client,
            # The full URL of a request can contain the token of a delta link.
            observability_options=ObservabilityOptions(include_euii_attributes=False),
        )
        self.base_url = requester.base_url
        self._requester = requester

    async def get_http_response_message(
        self, request_info: RequestInformation, parent_span: trace.Span, claims: str = ""
    ) -> httpx.Response:
        """Send a request."""
        del parent_span, claims  # the requester makes the spans and answers the challenges
        return (await self._requester.respond(request_info)).as_response()

    async def get_root_parse_node(
        self, response: httpx.Response, parent_span: trace.Span, attribute_span: trace.Span
    ) -> GraphParseNode:
        """Decode a response."""
        del parent_span, attribute_span
        with NamesRequest(request_line(str(response.request.url), self.base_url)):
            return parse_json(Response.of(response))
