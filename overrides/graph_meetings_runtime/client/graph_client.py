"""The client's hand-written half: credential, cloud, connections."""

from collections.abc import AsyncIterable, Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

import httpx

from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.content.download import Progress
from graph_meetings_runtime.content.download_many import (
    A,
    AddressesContent,
    DownloadOutcome,
    DownloadSummary,
    ManyDownloads,
)
from graph_meetings_runtime.http.adapter import GraphRequestAdapter
from graph_meetings_runtime.http.authentication import OriginAuthenticationProvider
from graph_meetings_runtime.http.availability import Availability
from graph_meetings_runtime.http.limiter import Limiter
from graph_meetings_runtime.http.operations import Operation, OperationTable
from graph_meetings_runtime.http.retry import Retry
from graph_meetings_runtime.http.timeout import Timeout
from graph_meetings_runtime.models.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.origin import Origin
from graph_meetings_runtime.requests.request_builder import RequestBuilder

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
        http_client: an httpx client of the caller's, who closes it; its connections and headers are used, and its
            timeouts unless `timeout` is given. httpx logs whole URLs then, tokens of links among them. By default the
            client makes its own, which does not.
        retry: the policy for failed requests.
        timeout: how long requests may take.
        concurrency: how many requests at most are under way at once, contents that are being read not counted; fewer
            while the service throttles.

    Raises:
        ValueError: `base_url` is no URL, or would send the token unprotected; `concurrency` is below 1.
    """

    api_version: ClassVar[str]
    operations: ClassVar[tuple[Operation, ...]] = ()

    def __init__(  # noqa: PLR0913  options, by keyword
        self,
        credential: "TokenCredential | AsyncTokenCredential",
        *,
        cloud: Cloud = Cloud.GLOBAL,
        base_url: str | None = None,
        http_client: httpx.AsyncClient | None = None,
        retry: Retry | None = None,
        timeout: Timeout | None = None,
        concurrency: int = 64,
    ) -> None:
        root = (base_url or f"{cloud.root}/{self.api_version}").rstrip("/")
        origin = _origin_of(root)
        if urlsplit(root).query or urlsplit(root).fragment:
            raise ValueError("base_url has a query or a fragment; give the root of the service only")
        self._http_client = http_client or _new_http_client()
        self._owns_http_client = http_client is None
        authentication = OriginAuthenticationProvider(credential, origin, (cloud.scope,))
        availability = Availability(OperationTable(self.operations), cloud)
        adapter = GraphRequestAdapter(
            authentication,
            self._http_client,
            root,
            retry=retry or Retry(),
            timeout=timeout or _timeout_of(http_client),
            limiter=Limiter(concurrency),
            availability=availability,
            is_quiet=self._owns_http_client,
        )
        super().__init__(adapter, "{+baseurl}", {})

    async def download_many(  # noqa: PLR0913  options, all but two by keyword
        self: AddressesContent,
        artifacts: Iterable[A] | AsyncIterable[A],
        folder: str | PathLike[str],
        *,
        concurrency: int = 4,
        name: Callable[[A], str] | None = None,
        overwrite: bool = False,
        progress: Callable[[A, Progress], object] | None = None,
        finished: Callable[[DownloadOutcome[A]], object] | None = None,
    ) -> DownloadSummary[A]:
        """Download the contents of many recordings or transcripts to a folder, some at a time.

        Each is downloaded as `download` does it, so one that was interrupted goes on where it stopped. One whose file
        is there is skipped, without a request: only whole files have their final names. An artifact that comes twice
        is downloaded once. One that fails does not stop the others.

        The files are named by time of creation and a digest of the ids, such as
        `2026-01-15T09-30-00Z_0f343b0931126a20.mp4`; nothing else that the service says is part of a name.

        Args:
            artifacts: an iterable or an async iterable, such as `list()` gives; one is taken when a download is free
                to begin, so memory does not grow with their number, except by a hundred bytes for each.
            folder: where the files go; it must exist.
            concurrency: how many downloads run at a time, at least 1.
            name: names the file of an artifact, the same each time and another for each artifact. What it gives is
                made safe by `safe_file_name`.
            overwrite: whether files that are there are downloaded again and replaced, each in one step.
            progress: called as bytes get into a file, with the artifact and its `Progress`.
            finished: called once with what became of each artifact.

        Returns:
            How many were downloaded and skipped, and those that failed, each with its error.

        Raises:
            NotADirectoryError: the folder is none.
            ValueError: `concurrency` is below 1.
            AuthenticationFailed: the credential gives no token.
            OSError: the disk or the quota is full, or the file system is read-only.
            Exception: what `artifacts`, `name`, `progress` or `finished` raised. As with the last two, and when the
                call is cancelled, all downloads end, and what came is kept for the next time.
        """
        downloads = ManyDownloads(
            self.content_of, Path(folder), name=name, overwrite=overwrite, progress=progress, finished=finished
        )
        return await downloads.run(artifacts, concurrency)

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


def _origin_of(root: str) -> Origin:
    try:
        origin = Origin.of(root)
    except ValueError as error:
        raise ValueError(f"base_url cannot be the root of the service: {error}") from None
    if not origin.is_safe:
        raise ValueError(f"{origin} would get the token unprotected; use https, or http on this machine only")
    return origin


def _timeout_of(http_client: httpx.AsyncClient | None) -> Timeout:
    if http_client is None:
        return Timeout()
    return Timeout(connect=http_client.timeout.connect, read=http_client.timeout.read)


def _new_http_client() -> httpx.AsyncClient:
    # Imported with the first client: aiohttp takes a third of the time that kiota_http takes.
    from graph_meetings_runtime.http.transport import GraphHttpClient  # noqa: PLC0415

    return GraphHttpClient()
