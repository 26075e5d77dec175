# Made by codegen from overrides/graph_meetings_runtime/client/graph_client.py; do not edit.
"""The hand-written half of the client: credential, cloud, connections."""

from collections.abc import Callable, Iterable
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import urlsplit

from graph_meetings_blocking_runtime.http.authentication import OriginAuthentication
from graph_meetings_blocking_runtime.requests.request_builder import RequestBuilder
from graph_meetings_runtime.blocking.forking import prepare_for_forks
from graph_meetings_runtime.blocking.guards import ClientGuard
from graph_meetings_runtime.blocking.limiter import Limiter
from graph_meetings_runtime.client.arguments import (
    require_base_url,
    require_cloud,
    require_credential,
    require_flag,
    retry_of,
    scopes_of,
)
from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.content.download_outcome import DownloadOutcome, DownloadSummary
from graph_meetings_runtime.content.download_result import Progress
from graph_meetings_runtime.http.options.retry import Retry
from graph_meetings_runtime.http.options.timeout import Timeout
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.numeric_arguments import checked_concurrency, checked_rate
from graph_meetings_runtime.operations.availability import Availability
from graph_meetings_runtime.operations.operation import Operation, OperationTable
from graph_meetings_runtime.origin import Origin
from graph_meetings_runtime.requests.keys import EntityKey

if TYPE_CHECKING:
    import httpx

    from graph_meetings_blocking_runtime.content.download_many import A, AddressesContent, Downloadable
    from graph_meetings_blocking_runtime.meetings.meeting_of_call import LeadsToMeetings, M
    from graph_meetings_runtime.blocking.credentials import Credential
    from graph_meetings_runtime.transcripts.cue import Cue


class GraphClient(ClientGuard, RequestBuilder):
    """The root of the request builders, and the owner of the connections.

    Use it with `with`, or call `close()`. Closing the credential is up to the caller.

    Source: https://learn.microsoft.com/graph/deployments
    """

    api_version: ClassVar[str]
    operations: ClassVar[tuple[Operation, ...]] = ()

    def __init__(  # noqa: PLR0913  options, by keyword
        self,
        credential: "Credential",
        *,
        cloud: Cloud = Cloud.GLOBAL,
        base_url: str | None = None,
        http_client: "httpx.Client | None" = None,
        retry: Retry | int | None = None,
        timeout: Timeout | float | None = None,
        concurrency: int = 64,
        rate: float | None = None,
        scopes: Iterable[str] | None = None,
        enable_cae: bool = True,
    ) -> None:
        """Create a client; nothing is sent yet.

        Args:
            credential: an azure-identity credential, synchronous, such as `DefaultAzureCredential()`.
            cloud: the cloud that the tenant is in.
            base_url: replaces the root of the cloud, including the API version, for example
                `http://127.0.0.1:8080/v1.0`. Plain http is allowed only on this machine.
            http_client: your own httpx client, which you close yourself. Its connections and headers are used, and its
                timeouts unless `timeout` is given. httpx logs whole URLs, including the tokens in links; the default
                client does not.
            retry: the policy for failed requests, or the most times a request is sent.
            timeout: the time limits of a request, or only its total, in seconds.
            concurrency: the most requests in flight at once, not counting content that is being read. While the service
                throttles, there are fewer.
            rate: the most requests that start in a second, not counting contents that are redirected to another host;
                by default, as many as the service accepts. All programs with the same app registration share what it
                accepts.
            scopes: the scopes to request tokens for; by default the cloud's `.default`. If the credential signed a user
                in for certain scopes, pass the same ones.
            enable_cae: whether tokens may be revoked before they expire (continuous access evaluation). Pass `False`
                for a credential that signed in without it.

        Raises:
            TypeError: an argument is of the wrong type.
            ValueError: `base_url` is not a URL or would send the token unprotected, or a number is out of range.
        """
        prepare_for_forks(__name__.partition(".")[0])
        # Imported when the first client is created: sending takes longer to import than everything else.
        from graph_meetings_blocking_runtime.client.http_client import require_http_client, timeout_of  # noqa: PLC0415  imported when first needed
        from graph_meetings_blocking_runtime.http.requester import Requester  # noqa: PLC0415  imported when first needed

        require_credential(credential)
        require_cloud(cloud)
        require_base_url(base_url)
        require_http_client(http_client)
        require_flag("enable_cae", enable_cae)
        root = (base_url or f"{cloud.root}/{self.api_version}").rstrip("/")
        origin = _origin_of(root)
        limits = timeout_of(timeout, http_client)
        policy = retry_of(retry)
        limiter = Limiter(checked_concurrency(concurrency), checked_rate(rate))
        authentication = OriginAuthentication(credential, origin, scopes_of(scopes, cloud), enable_cae=enable_cae)
        self._http_client = http_client or _new_http_client()
        self._owns_http_client = http_client is None
        adapter = Requester(
            authentication,
            self._http_client,
            root,
            retry=policy,
            timeout=limits,
            limiter=limiter,
            availability=Availability(OperationTable(self.operations), cloud),
            is_own=self._owns_http_client,
        )
        super().__init__(adapter, "{+baseurl}", {})

    def meeting_of(self: "LeadsToMeetings[M]", record: Model) -> "M | None":
        """Find the meeting that a call record is about: by its join URL, among the meetings of its organizer.

        This needs the application permission OnlineMeetings.Read.All and an application access policy for the
        organizer, but no calendar permission.

        Args:
            record: a `CallRecord` with `join_web_url` and `organizer_v2`, which come with every record.

        Returns:
            The meeting. `None` if the record is about a call, such as one between two people, which has no join URL;
            if its organizer is a guest, a telephone or an application, which has no meetings; or if the organizer no
            longer has a meeting with this URL. The first two reasons are logged at level INFO.

        Raises:
            TypeError: `record` is not a call record.
            AccessDenied: a permission or the access policy is missing.
            NotFound: the organizer is no longer a user of the tenant.
            GraphError: the request failed otherwise; the subclass says how.
        """
        from graph_meetings_blocking_runtime.meetings.meeting_of_call import find_meeting  # noqa: PLC0415  imported when first needed

        return find_meeting(self.users, record)

    def download_many(  # noqa: PLR0913  options, all but two by keyword
        self: "AddressesContent",
        artifacts: Iterable["A"],
        folder: str | PathLike[str],
        *,
        concurrency: int = 4,
        user: EntityKey | None = None,
        name: Callable[["A"], str] | None = None,
        render: Callable[["A", list["Cue"]], str] | None = None,
        overwrite: bool = False,
        progress: Callable[["A", Progress], object] | None = None,
        finished: Callable[[DownloadOutcome["A"]], object] | None = None,
    ) -> DownloadSummary["A"]:
        """Download the contents of many recordings or transcripts to a folder, several at a time.

        Each is downloaded as by `download`, so an interrupted download resumes where it stopped. An artifact whose file
        exists is skipped without a request, because only complete files have their final names. One that occurs twice
        is downloaded once. One that fails does not stop the others.

        Files are named after the time of creation and a digest of the ids, such as
        `2026-01-15T09-30-00Z_0f343b0931126a20.mp4`. Nothing else that the service sends becomes part of a name.

        Args:
            artifacts: an iterable, such as `list()`. The next one is taken when a download can
                start, so memory grows only by about a hundred bytes per artifact.
            folder: where the files go; it must exist.
            concurrency: how many downloads run at a time, at least 1.
            user: the id of the user under whose path the contents are read, or `"me"`; by default, the user under whose
                path each artifact was read. An attendee cannot read a recording under its organizer's path.
            name: returns the file name of an artifact: the same on each call, and a different one for each artifact. It
                is made safe by `safe_file_name`.
            render: for transcripts: returns the text of a file from the transcript and its cues, such as
                `lambda transcript, cues: cues_to_markdown(cues)`; the default names then end with `.md`. Without it,
                the files are WebVTT as the service sends it. It is called in a thread; a `GraphError` or `OSError` that
                it raises fails its artifact only.
            overwrite: whether to download existing files again, and replace each of them in one step.
            progress: called with the artifact and its `Progress` as bytes are written.
            finished: called with the outcome of each artifact.

        Returns:
            How many were downloaded and skipped, and those that failed, each with its error.

        Raises:
            NotADirectoryError: the folder does not exist or is not a folder.
            ValueError: `concurrency` is less than 1.
            AuthenticationFailed: the credential returned no token.
            OSError: the disk or the quota is full, or the file system is read-only.
            Exception: whatever `artifacts`, `name`, `render`, `progress` or `finished` raised. As with the last two,
                and on Ctrl-C, all downloads stop, and what has arrived is kept for the next time.
        """
        from graph_meetings_blocking_runtime.content.download_many import ManyDownloads  # noqa: PLC0415  imported when first needed
        from graph_meetings_blocking_runtime.transcripts.rendered_content import RenderedContent  # noqa: PLC0415  imported when first needed

        def content_of(artifact: "A") -> "Downloadable":
            content = self.content_of(artifact, user=user)
            return content if render is None else RenderedContent(content, partial(render, artifact))

        checked_concurrency(concurrency)
        downloads = ManyDownloads(
            content_of, Path(folder), name=name, overwrite=overwrite, progress=progress, finished=finished
        )
        return downloads.run(artifacts, concurrency)

    def close(self) -> None:
        """Close the connections that the client opened."""
        if self._owns_http_client:
            self._http_client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.request_adapter.base_url!r})"


def _origin_of(root: str) -> Origin:
    try:
        origin = Origin.of(root)
    except ValueError as error:
        raise ValueError(f"base_url must be a URL such as 'https://graph.microsoft.com/v1.0': {error}") from None
    if not origin.is_safe:
        raise ValueError(f"{origin} would get the token unprotected; use https, or http on this machine only")
    if urlsplit(root).query or urlsplit(root).fragment:
        raise ValueError("base_url has a query or a fragment; pass only the root of the service")
    if root in {cloud.root for cloud in Cloud}:
        raise ValueError(f"base_url has no API version; use '{root}/v1.0'")
    return origin


def _new_http_client() -> "httpx.Client":
    # Imported when the first client is created: aiohttp takes a third as long to import as kiota_http.
    from graph_meetings_runtime.http.connections.blocking import GraphHttpClient  # noqa: PLC0415  imported when first needed

    return GraphHttpClient()
