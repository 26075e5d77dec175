"""The emulator: a data set, the service on it, and a server, started and stopped as one."""

from collections import deque
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self, TypeAlias

from graph_meetings.beta.operations import OPERATIONS as BETA_OPERATIONS
from graph_meetings.operations import OPERATIONS
from graph_meetings_emulator.answers import Answers
from graph_meetings_emulator.credential import EmulatorCredential
from graph_meetings_emulator.dataset import Dataset
from graph_meetings_emulator.delta import DeltaBehaviour
from graph_meetings_emulator.downloads import DownloadBehaviour
from graph_meetings_emulator.expansion import Expander, ExpansionBehaviour
from graph_meetings_emulator.faults import Fault
from graph_meetings_emulator.messages import ReceivedRequest
from graph_meetings_emulator.page_sizes import PageSizes
from graph_meetings_emulator.page_tokens import TokenSealer
from graph_meetings_emulator.routes import Routes
from graph_meetings_emulator.server import ThreadedServer, bind, origin_of
from graph_meetings_emulator.service import GraphService
from graph_meetings_emulator.tenant import Tenant
from graph_meetings_runtime.json_codec import JsonObject, encode_json
from graph_meetings_runtime.operations import Operation

Operations: TypeAlias = Mapping[str, Iterable[Operation]]

VERSIONS: Operations = {"v1.0": OPERATIONS, "beta": BETA_OPERATIONS}
"""The tables that the client was generated with."""


class Emulator:
    """A local Microsoft Graph, running while its `with` block does.

    Args:
        dataset: what it answers from; by default a small made-up one.
        operations: the paths that it has, by version; by default all that the client has.
        token: the bearer token that requests must have.
        host: a loopback address.
        port: 0 for any free one.
        page_size: how many items a page has where neither the request nor the documents say.
        max_page_size: how many it has at most.

    Attributes:
        dataset: can be changed while the emulator runs.
        page_sizes: how many items a page has; by type where the documents say so.
        expansion: how expanded collections go on.
        delta: how delta queries behave.
        downloads: how content is handed out.
        tenant: what the administrators decide about transcripts, access policies and retention.

    Raises:
        ValueError: the host is not a loopback address.
        OSError: the port is taken.
    """

    def __init__(  # noqa: PLR0913  options, all but one by keyword
        self,
        dataset: Dataset | None = None,
        *,
        operations: Operations | None = None,
        token: str = "made-up-token",  # noqa: S107  it opens nothing but this emulator
        host: str = "127.0.0.1",
        port: int = 0,
        page_size: int = 20,
        max_page_size: int = 1000,
    ) -> None:
        self.dataset = dataset or Dataset.generate()
        self.page_sizes = PageSizes(page_size, max_page_size)
        self.delta = DeltaBehaviour()
        self.downloads = DownloadBehaviour()
        self.expansion = ExpansionBehaviour()
        self.tenant = Tenant()
        expander = Expander(self.dataset, TokenSealer(token), self.page_sizes, self.expansion)
        self._answers = Answers(expander, self.delta, self.downloads, self.tenant)
        routes = {version: Routes(table) for version, table in (operations or VERSIONS).items()}
        self._service = GraphService(routes, self._answers, token)
        self._host = host
        self._port = port
        self._origin = ""
        self._server: ThreadedServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, and return when it accepts connections."""
        graph = bind(self._host, self._port)
        content = bind(self._host, 0)
        self._origin = origin_of(graph)
        self._service.download_port = content.getsockname()[1]
        self._answers.download_origin = origin_of(content)
        self._server = ThreadedServer(self._service, [graph, content])
        self._server.start()

    def stop(self) -> None:
        """Close all connections and stop the server."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def base_url(self) -> str:
        """The service's root including the version, what the client takes as `base_url`."""
        return f"{self._origin}/v1.0"

    @property
    def beta_url(self) -> str:
        """The root of the beta version."""
        return f"{self._origin}/beta"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return self._origin

    @property
    def download_origin(self) -> str:
        """Scheme, host and port of the second origin, where content is after a redirect."""
        return self._answers.download_origin

    @property
    def token(self) -> str:
        """The bearer token that requests must have; another one can be set at any time."""
        return self._service.token

    @token.setter
    def token(self, token: str) -> None:
        self._service.token = token

    @property
    def credential(self) -> EmulatorCredential:
        """A credential that gives the current token."""
        return EmulatorCredential(self.token)

    @property
    def requests(self) -> deque[ReceivedRequest]:
        """The latest requests to Graph, oldest first."""
        return self._service.requests

    @property
    def download_requests(self) -> deque[ReceivedRequest]:
        """The latest requests to the second origin, oldest first."""
        return self._service.download_requests

    def cut_content_after(self, size: int, *, times: int = 1) -> None:
        """Break off the next downloads after some bytes.

        Args:
            size: how many bytes of the body still arrive.
            times: how many downloads.
        """
        self.downloads.cuts.extend([size] * times)

    def fail_next(
        self,
        status: int,
        *,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | JsonObject | None = None,
        path: str | None = None,
    ) -> None:
        """Answer the next requests with a failure.

        Args:
            status: the HTTP status.
            times: how many requests.
            headers: to be sent with it.
            body: as it is, or an object to be sent as JSON; by default Graph's error object.
            path: count only requests whose target contains this text, as it comes over the wire.
        """
        self._service.faults.add(Fault(status, times, dict(headers or {}), _as_bytes(body), path))


def _as_bytes(body: bytes | str | JsonObject | None) -> bytes | None:
    match body:
        case str():
            return body.encode()
        case dict():
            return encode_json(body)
        case _:
            return body
