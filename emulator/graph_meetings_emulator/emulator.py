"""The emulator: a data set, the service on it, and a server, started and stopped as one."""

import socket
from collections import Counter, deque
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeAlias

from graph_meetings.beta.operations import OPERATIONS as BETA_OPERATIONS
from graph_meetings.operations import OPERATIONS
from graph_meetings_emulator.answers.answers import Answers
from graph_meetings_emulator.answers.delta import DeltaBehaviour
from graph_meetings_emulator.answers.routes import Routes
from graph_meetings_emulator.answers.tenant import Tenant
from graph_meetings_emulator.credential import EmulatorCredential
from graph_meetings_emulator.data.dataset import Dataset
from graph_meetings_emulator.faults.chaos import Chaos, Profile, profile_of
from graph_meetings_emulator.faults.fault import Fault
from graph_meetings_emulator.faults.injection import InjectedFault
from graph_meetings_emulator.faults.refusals import Answer, as_body
from graph_meetings_emulator.http.downloads import DownloadBehaviour
from graph_meetings_emulator.http.messages import ReceivedRequest
from graph_meetings_emulator.http.server import ThreadedServer, bind, bind_other_host, origin_of
from graph_meetings_emulator.odata.expansion import Expander, ExpansionBehaviour
from graph_meetings_emulator.odata.page_sizes import PageSizes
from graph_meetings_emulator.odata.page_tokens import TokenSealer
from graph_meetings_emulator.service import GraphService
from graph_meetings_runtime.http.operations import Operation
from graph_meetings_runtime.json_codec import JsonObject

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
        self._own_foreign_origin = ""
        self._addresses: list[tuple[str, int]] = []
        self._server: ThreadedServer | None = None
        self._reserved: socket.socket | None = None

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
        foreign, self._reserved = bind_other_host(self._host)
        self._origin = origin_of(graph)
        self._service.download_port = content.getsockname()[1]
        self._answers.download_origin = origin_of(content)
        self._service.foreign_port = foreign.getsockname()[1]
        if self.foreign_origin == self._own_foreign_origin:
            self.foreign_origin = origin_of(foreign)
        self._own_foreign_origin = origin_of(foreign)
        self._serve([graph, content, foreign])

    def _serve(self, sockets: list[socket.socket]) -> None:
        self._addresses = [listener.getsockname()[:2] for listener in sockets]
        self._server = ThreadedServer(self._service, sockets)
        self._server.start()

    def stop(self) -> None:
        """Close all connections and stop the server."""
        self._stop_serving()
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None

    def _stop_serving(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    @contextmanager
    def offline(self) -> Generator[None]:
        """Be away while the block runs: connections are reset, new ones refused; then come back at the same ports.

        Raises:
            RuntimeError: the emulator does not run.
        """
        if self._server is None:
            raise RuntimeError("the emulator does not run: start it before it can be offline")
        self._stop_serving()
        # Bound, but not listening: connections are refused, and nobody else can take the ports.
        sockets = [bind(host, port) for host, port in self._addresses]
        try:
            yield
        finally:
            self._serve(sockets)

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

        Raises:
            ValueError: `times` is less than 1.
        """
        self.inject(Answer(status, dict(headers or {}), as_body(body)), path=path, times=times)

    def inject(self, fault: Fault, *, path: str | None = None, times: int = 1, after: int = 0) -> None:
        """Let a fault happen to the next requests that it can happen to.

        Args:
            fault: what is to happen, one of `graph_meetings_emulator.faults`.
            path: count only requests whose target contains this text, as it comes over the wire.
            times: to how many requests.
            after: how many of them are spared before.

        Raises:
            ValueError: `times` is less than 1, or `after` is negative.
        """
        self._service.faults.add(fault, path, times, after)

    def start_chaos(
        self,
        profile: str | Profile | Mapping[Fault, float],
        *,
        seed: int = 0,
        longest_delay: float = 0.05,
        most_in_a_row: int = 3,
    ) -> None:
        """Let faults happen at random, the same ones for the same seed and the same requests.

        Args:
            profile: the name of one of `graph_meetings_emulator.faults.PROFILES`, or the probability of each fault
                for each request.
            seed: decides which requests have which faults.
            longest_delay: in seconds, of a `Retry-After`, a stall, and all pauses of one slow body.
            most_in_a_row: how many times one request fails before it gets its true reply.

        Raises:
            ValueError: there is no such profile, or a number makes no sense.
        """
        self._service.faults.chaos = Chaos(profile_of(profile), seed, longest_delay, most_in_a_row)

    def stop_chaos(self) -> None:
        """Let no more faults happen at random."""
        self._service.faults.chaos = None

    @property
    def faults_injected(self) -> Counter[str]:
        """How many faults of each kind have happened."""
        return self._service.faults.counts()

    @property
    def fault_log(self) -> deque[InjectedFault]:
        """The latest faults and the requests that they happened to, oldest first."""
        return self._service.faults.log

    @property
    def foreign_origin(self) -> str:
        """Scheme, host and port to which foreign links lead; by default a listener of the emulator's own."""
        return self._service.faults.foreign_origin

    @foreign_origin.setter
    def foreign_origin(self, origin: str) -> None:
        self._service.faults.foreign_origin = origin

    @property
    def foreign_requests(self) -> deque[ReceivedRequest]:
        """The latest requests to the emulator's own foreign origin, oldest first."""
        return self._service.foreign_requests
