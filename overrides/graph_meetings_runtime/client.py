"""The client's hand-written half: credential, cloud, connections."""

from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

import httpx

from graph_meetings_runtime.adapter import GraphRequestAdapter
from graph_meetings_runtime.authentication import OriginAuthenticationProvider
from graph_meetings_runtime.availability import Availability
from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.field import Field
from graph_meetings_runtime.model import Model
from graph_meetings_runtime.operations import Operation, OperationTable
from graph_meetings_runtime.origin import Origin
from graph_meetings_runtime.request_builder import RequestBuilder
from graph_meetings_runtime.retry import Retry

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.credentials_async import AsyncTokenCredential


class GraphClient(RequestBuilder):
    """The root of the builders, and the owner of the connections.

    Use it with `async with`, or call `close()`. The credential stays the caller's to close.

    Args:
        credential: of azure-identity, synchronous or asynchronous.
        cloud: where the tenant lives.
        base_url: replaces the cloud's root, API version included, for example `http://127.0.0.1:8080/v1.0`; plain
            http only for this machine.
        http_client: an httpx client of the caller's, who closes it; its connections, timeouts and headers are used.
            httpx logs whole URLs then, tokens of links among them. By default the client makes its own, which does not.
        retry: the policy for failed requests.

    Raises:
        ValueError: `base_url` is no URL, or would send the token unprotected.
    """

    api_version: ClassVar[str]
    operations: ClassVar[tuple[Operation, ...]] = ()

    def __init__(
        self,
        credential: "TokenCredential | AsyncTokenCredential",
        *,
        cloud: Cloud = Cloud.GLOBAL,
        base_url: str | None = None,
        http_client: httpx.AsyncClient | None = None,
        retry: Retry | None = None,
    ) -> None:
        root = (base_url or f"{cloud.root}/{self.api_version}").rstrip("/")
        origin = Origin.of(root)
        if not origin.is_safe:
            raise ValueError(f"{root!r} would send the token unprotected; use https, or http on this machine only")
        if urlsplit(root).query or urlsplit(root).fragment:
            raise ValueError(f"{root!r} has a query or a fragment; give the root of the service only")
        self._http_client = http_client or _new_http_client(origin)
        self._owns_http_client = http_client is None
        authentication = OriginAuthenticationProvider(credential, origin, cloud.scope)
        availability = Availability(OperationTable(self.operations), cloud)
        adapter = GraphRequestAdapter(
            authentication,
            self._http_client,
            root,
            retry or Retry(),
            availability,
            is_quiet=self._owns_http_client,
        )
        super().__init__(adapter, "{+baseurl}", {})

    async def close(self) -> None:
        """Close the connections that the client made."""
        if self._owns_http_client:
            await self._http_client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def required(model: Model, *path: Field[Any]) -> str:
    """Read the text at the end of a path of fields.

    Raises:
        ValueError: it is missing.
    """
    value: object = model
    for field in path:
        value = getattr(value, field.name) if isinstance(value, Model) else None
    if not isinstance(value, str) or not value:
        names = ".".join(field.name for field in path)
        raise ValueError(f"the {type(model).__name__} has no {names}, which the address of its content needs")
    return value


def no_content(artifact: object) -> TypeError:
    """Make the error for something that has no content of its own."""
    kind = type(artifact)
    return TypeError(f"{kind.__module__}.{kind.__name__} has no content that this client knows how to address")


def _new_http_client(origin: Origin) -> httpx.AsyncClient:
    # Imported with the first client: aiohttp takes a third of the time that kiota_http takes.
    from graph_meetings_runtime.transport import GraphHttpClient  # noqa: PLC0415

    # What stays on this machine goes through no proxy.
    return GraphHttpClient(trust_env=not origin.is_loopback)
