"""Fetch the first meeting with bare kiota_http, Kiota's own JSON and classes like those it generates.

Args:
    base_url: base URL of the service.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass

from kiota_abstractions.authentication import AccessTokenProvider, BaseBearerTokenAuthenticationProvider
from kiota_abstractions.authentication.allowed_hosts_validator import AllowedHostsValidator
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable, ParseNode, SerializationWriter
from kiota_http.httpx_request_adapter import HttpxRequestAdapter
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory


class Tokens(AccessTokenProvider):
    """A token provider with a fixed token."""

    async def get_authorization_token(
        self,
        uri: str,  # noqa: ARG002  Kiota's signature
        additional_authentication_context: dict[str, object] | None = None,  # noqa: ARG002  Kiota's signature
    ) -> str:
        """Return the token."""
        return "made-up"

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        """Allow every host."""
        return AllowedHostsValidator([])


@dataclass
class Meeting(Parsable):
    """A meeting."""

    id: str | None = None

    @classmethod
    def create_from_discriminator_value(cls, parse_node: ParseNode) -> "Meeting":  # noqa: ARG003  Kiota's signature
        """Return an empty model."""
        return cls()

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """Return a setter for each property."""
        return {"id": lambda node: setattr(self, "id", node.get_str_value())}

    def serialize(self, writer: SerializationWriter) -> None:
        """Write nothing."""


@dataclass
class MeetingPage(Parsable):
    """A page of meetings."""

    value: list[Meeting] | None = None

    @classmethod
    def create_from_discriminator_value(cls, parse_node: ParseNode) -> "MeetingPage":  # noqa: ARG003  Kiota's signature
        """Return an empty model."""
        return cls()

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """Return a setter for each property."""
        return {"value": lambda node: setattr(self, "value", node.get_collection_of_object_values(Meeting))}

    def serialize(self, writer: SerializationWriter) -> None:
        """Write nothing."""


async def _first(base_url: str) -> None:
    adapter = HttpxRequestAdapter(BaseBearerTokenAuthenticationProvider(Tokens()), JsonParseNodeFactory())
    adapter.base_url = base_url
    template = "{+baseurl}/users/{user}/onlineMeetings{?%24top}"
    request = RequestInformation(Method.GET, template, {"baseurl": base_url, "user": "u", "%24top": "10"})
    page = await adapter.send_async(request, MeetingPage, {})
    assert page is not None
    assert page.value
    assert page.value[0].id


if __name__ == "__main__":
    asyncio.run(_first(sys.argv[1]))
