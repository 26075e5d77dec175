"""The emulator: a dataset, a service that answers from it, and a server, started and stopped together."""

from collections import deque
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self, TypeAlias

from graph_meetings.beta.operations import OPERATIONS as BETA_OPERATIONS
from graph_meetings.operations import OPERATIONS
from graph_meetings_emulator.answers.answers import Answers
from graph_meetings_emulator.answers.routes import Routes
from graph_meetings_emulator.data.dataset import Dataset
from graph_meetings_emulator.faults.controls import FaultControls
from graph_meetings_emulator.http.messages import ReceivedRequest
from graph_meetings_emulator.http.origins import Origins
from graph_meetings_emulator.http.throttle import Throttle
from graph_meetings_emulator.odata.page_sizes import PageSizes
from graph_meetings_emulator.pages.browsing import Browsing
from graph_meetings_emulator.pages.landing import Facts
from graph_meetings_emulator.pages.pages import Pages
from graph_meetings_emulator.service import GraphService
from graph_meetings_emulator.token_controls import TokenControls
from graph_meetings_runtime.operations.operation import Operation

if TYPE_CHECKING:
    from graph_meetings_emulator.notifications.notifications import Notifications

Operations: TypeAlias = Mapping[str, Iterable[Operation]]

VERSIONS: Operations = {"v1.0": OPERATIONS, "beta": BETA_OPERATIONS}
"""The operations that the client was generated with, by version."""


class Emulator(FaultControls, TokenControls):
    """A local Microsoft Graph service that runs for the duration of a `with` block.

    Args:
        dataset: the data to serve; by default a small made-up dataset.
        operations: the operations to serve, by version; by default all that the client has.
        token: the bearer token that requests must carry.
        host: a loopback address.
        port: 0 for any free port.
        page_size: items per page where neither the request nor Graph's documentation says otherwise.
        max_page_size: the most items that a page can have.
        tls: whether to speak https, with a certificate of its own: `ca_file` is the one to trust.

    Attributes:
        dataset: the data, which can change while the emulator runs.
        page_sizes: items per page, by type where Graph's documentation gives a number.
        expansion: how expanded collections link to their remaining items.
        delta: how delta queries behave.
        downloads: how content is delivered.
        tenant: what the administrators have decided about transcripts, access policies and retention.
        subscriptions: to change notifications, which are created, changed and deleted through the service.

    Raises:
        ValueError: the host is not a loopback address.
        OSError: the port is in use.
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
        tls: bool = False,
    ) -> None:
        if dataset is not None and not isinstance(dataset, Dataset):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
            raise TypeError(f"dataset must be a Dataset, such as Dataset.generate(), not {dataset!r}")
        self.dataset = dataset or Dataset.generate()
        self.page_sizes = PageSizes(page_size, max_page_size)
        answers = Answers(self.dataset, self.page_sizes, token)
        self.delta = answers.delta
        self.downloads = answers.downloads
        self.expansion = answers.expansion
        self.tenant = answers.tenant
        self.subscriptions = answers.subscriptions
        tables = {version: tuple(table) for version, table in (operations or VERSIONS).items()}
        self._service = GraphService({version: Routes(table) for version, table in tables.items()}, answers, token)
        self._service.pages = Pages(self._facts, Browsing(self._service.route, answers, tables.__getitem__)).reply
        super().__init__(self._service.faults)
        self._listens_on = (host, port)
        self._tls = tls
        self._origin = ""
        self._own_foreign_origin = ""
        self._origins: Origins | None = None

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

    if not TYPE_CHECKING:

        async def __aenter__(self) -> NoReturn:
            raise TypeError("an Emulator runs in a thread of its own: use `with`, not `async with`")

        async def __aexit__(self, *_: object) -> None:
            """Let `async with` find the method above."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._origin!r})" if self._origins else f"<{type(self).__name__}, not running>"

    def start(self) -> None:
        """Start the server and return once it accepts connections.

        Raises:
            RuntimeError: it is running.
        """
        if self._origins is not None:
            raise RuntimeError(f"the emulator is already running at {self.base_url}")
        origins = self._origins = Origins(*self._listens_on, tls=self._tls)
        self._origin = origins.graph.url
        self._service.download_port = origins.content.port
        self.downloads.origin = origins.content.url
        self._service.foreign_port = origins.foreign.port
        if self.foreign_origin == self._own_foreign_origin:
            self.foreign_origin = origins.foreign.url
        self._own_foreign_origin = origins.foreign.url
        origins.serve(self._service)

    def stop(self) -> None:
        """Close all connections and stop the server."""
        if self._origins is not None:
            self._origins.close()
            self._origins = None

    @contextmanager
    def offline(self) -> Generator[None]:
        """Go offline for the duration of the block: reset connections, refuse new ones, then resume on the same ports.

        Raises:
            RuntimeError: the emulator is not running.
        """
        origins = self._origins
        if origins is None:
            raise RuntimeError("the emulator is not running; start it before taking it offline")
        origins.go_offline()
        try:
            yield
        finally:
            origins.serve(self._service)

    @property
    def base_url(self) -> str:
        """The root URL of v1.0, to be passed to the client as `base_url`."""
        return f"{self._origin}/v1.0"

    @property
    def beta_url(self) -> str:
        """The root URL of beta."""
        return f"{self._origin}/beta"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return self._origin

    @property
    def download_origin(self) -> str:
        """Scheme, host and port of the second origin, which serves content after a redirect."""
        return self.downloads.origin

    @property
    def ca_file(self) -> Path:
        """The certificate to trust, in PEM: for `SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS` and the like.

        Raises:
            RuntimeError: the emulator is not running, or speaks http.
        """
        certificate = None if self._origins is None else self._origins.certificate
        if certificate is None:
            raise RuntimeError("the emulator has no certificate; start it with tls=True")
        return certificate.ca_file

    def _facts(self) -> Facts:
        ca_file = str(self.ca_file) if self._tls else None
        return Facts(self.base_url, self.token, ca_file, self.dataset, self.requests, self._service.faults)

    @cached_property
    def notifications(self) -> "Notifications":
        """Sends change notifications to endpoints on this machine."""
        # Imported and made when first needed: it makes a key.
        from graph_meetings_emulator.notifications.notifications import Notifications  # noqa: PLC0415  imported when first needed

        made = Notifications(self.subscriptions.subscribers)
        self._service.key_set = made.signer.key_set
        return made

    @property
    def key_set_url(self) -> str:
        """Where the keys are that the tokens of notifications are signed with: for `SigningKeys(url=…)`."""
        return f"{self._origin}/common/discovery/keys"

    @property
    def throttle(self) -> Throttle:
        """The limits of the rate of requests; by default there are none."""
        return self._service.throttle

    @throttle.setter
    def throttle(self, throttle: Throttle) -> None:
        self._service.throttle = throttle

    @property
    def requests(self) -> deque[ReceivedRequest]:
        """The latest requests to Graph, oldest first."""
        return self._service.requests

    @property
    def download_requests(self) -> deque[ReceivedRequest]:
        """The latest requests to the second origin, oldest first."""
        return self._service.download_requests

    def cut_content_after(self, size: int, *, times: int = 1) -> None:
        """Cut off the next downloads.

        Args:
            size: how many bytes of the body to send first.
            times: how many downloads to cut off.
        """
        self.downloads.cuts.extend([size] * times)

    @property
    def foreign_origin(self) -> str:
        """Scheme, host and port that foreign links lead to; by default a listener of the emulator itself."""
        return self._faults.foreign_origin

    @foreign_origin.setter
    def foreign_origin(self, origin: str) -> None:
        self._faults.foreign_origin = origin

    @property
    def foreign_requests(self) -> deque[ReceivedRequest]:
        """The latest requests to the emulator's own listener for foreign links, oldest first."""
        return self._service.foreign_requests
