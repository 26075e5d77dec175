"""The same as `tests.client.tls`, for tests without an event loop."""

from collections.abc import Generator
from contextlib import contextmanager

from tests.client import tls as asynchronous
from tests.client.tls import ForwardProxy
from tests.support.blocking.in_thread import in_thread
from tests.support.certificates import HOST, Certificate
from tests.support.raw_server import RawServer

__all__ = ["HOST", "Certificate", "ForwardProxy", "forward_proxy", "tls_server"]


@contextmanager
def tls_server(certificate: Certificate, *answers: bytes) -> Generator[RawServer]:
    """Run a server with TLS while the block does."""
    with in_thread(asynchronous.tls_server(certificate, *answers)) as state:
        yield state


@contextmanager
def forward_proxy(
    port: int, credentials: str | None = None, refusal: str = ForwardProxy.refusal
) -> Generator[ForwardProxy]:
    """Run a proxy while the block does."""
    with in_thread(asynchronous.forward_proxy(port, credentials, refusal)) as state:
        yield state
