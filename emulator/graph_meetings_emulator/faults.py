"""Answers that tests ask for in advance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from graph_meetings_emulator.messages import RawHeaders, ReceivedRequest, Reply, encoded


@dataclass(slots=True)
class Fault:
    """An answer given instead of the real one.

    Args:
        status: the HTTP status.
        times: to how many more requests.
        headers: to be sent with it.
        body: as it is; `None` for Graph's error object.
        path: only requests whose target contains this text, `None` for all.
    """

    status: int
    times: int
    headers: Mapping[str, str]
    body: bytes | None
    path: str | None

    @property
    def raw_headers(self) -> RawHeaders:
        """The headers, encoded for the wire."""
        return [encoded(name, value) for name, value in self.headers.items()]


@dataclass(slots=True)
class Faults:
    """The answers still to be given, in the order in which they were asked for."""

    pending: list[Fault] = field(default_factory=list[Fault])
    _lock: Lock = field(default_factory=Lock)

    def add(self, fault: Fault) -> None:
        """Ask for an answer."""
        with self._lock:
            self.pending.append(fault)

    def take(self, request: ReceivedRequest) -> Fault | None:
        """Give the answer that a request is to get, if there is one."""
        if not self.pending:
            return None
        with self._lock:
            for fault in self.pending:
                if fault.path is None or fault.path in request.target:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.pending.remove(fault)
                    return fault
        return None


def as_reply(fault: Fault, common: RawHeaders, default_body: bytes) -> Reply:
    """Make the reply of a fault; its own headers replace the common ones of the same name."""
    own = fault.raw_headers
    names = {name for name, _ in own}
    headers = [*own, *((name, value) for name, value in common if name not in names)]
    return Reply(fault.status, headers, default_body if fault.body is None else fault.body)
