"""Which fault each request gets, and a log of the faults that were injected."""

from collections import Counter, deque
from dataclasses import dataclass
from random import Random
from threading import Lock

from graph_meetings_emulator.faults.chaos import Chaos, Profile
from graph_meetings_emulator.faults.fault import Exchange, Fault, FaultContext
from graph_meetings_emulator.faults.pages import EndlessPages, without_marker
from graph_meetings_emulator.http.messages import ReceivedRequest, Reply

_LOGGED_FAULTS = 100_000
_SCRIPTED_ONLY = Chaos(Profile("none", "nothing at random", {}))


@dataclass(frozen=True, slots=True)
class InjectedFault:
    """A fault that was injected.

    Attributes:
        fault: the fault.
        request: the request that got it.
    """

    fault: Fault
    request: ReceivedRequest


@dataclass(slots=True)
class _Scripted:
    fault: Fault
    path: str | None
    times: int
    after: int


class FaultInjector:
    """Choose at most one fault for each request: first what a test requested, then what chaos draws.

    Attributes:
        foreign_origin: where foreign links lead to.
        log: the latest faults, oldest first.
    """

    def __init__(self) -> None:
        self.foreign_origin = ""
        self.log: deque[InjectedFault] = deque(maxlen=_LOGGED_FAULTS)
        self._scripted: list[_Scripted] = []
        self._chaos: Chaos | None = None
        self._numbers: Counter[bytes] = Counter()
        self._streaks: Counter[tuple[str, bytes, bytes]] = Counter()
        self._injected: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, fault: Fault, path: str | None = None, times: int = 1, after: int = 0) -> None:
        """Schedule a fault.

        Args:
            fault: the fault.
            path: only requests whose target contains this text, percent-encoded as on the wire; `None` for all.
            times: how many requests get the fault.
            after: how many requests that the fault applies to are let through first.

        Raises:
            ValueError: `times` is less than 1, or `after` is negative.
        """
        if times < 1:
            raise ValueError(f"times must be at least 1, not {times}")
        if after < 0:
            raise ValueError(f"after must not be negative, but is {after}")
        with self._lock:
            self._scripted.append(_Scripted(fault, path, times, after))

    @property
    def chaos(self) -> Chaos | None:
        """The random faults, if any; setting them restarts the random sequences."""
        return self._chaos

    @chaos.setter
    def chaos(self, chaos: Chaos | None) -> None:
        with self._lock:
            self._chaos = chaos
            self._numbers.clear()
            self._streaks.clear()

    def counts(self) -> Counter[str]:
        """Return how many faults of each kind were injected."""
        with self._lock:
            return Counter(self._injected)

    def scheduled(self) -> list[tuple[str, int, str | None]]:
        """Return the faults to come: their kinds, for how many requests, and what the targets of these contain."""
        with self._lock:
            return [(scripted.fault.kind, scripted.times, scripted.path) for scripted in self._scripted]

    def reply(self, exchange: Exchange) -> Reply:
        """Return the reply to a request: the true one, or what a fault makes of it."""
        endless = EndlessPages.continued(exchange.request)
        if endless is None and not self._scripted and self._chaos is None:
            return exchange.answer()
        with self._lock:
            self._numbers[exchange.request.raw_path] += 1
            chaos = self._chaos or _SCRIPTED_ONLY
            random = chaos.random(exchange, self._numbers[exchange.request.raw_path])
            context = FaultContext(random, chaos.longest_delay, self.foreign_origin)
            if endless is not None and endless.applies(exchange):
                return endless.apply(exchange, context)
            fault = self._next_scripted(exchange) or self._drawn(exchange, chaos, random)
            if fault is None:
                return exchange.reply
            reply = fault.apply(exchange, context)
            self._injected[fault.kind] += 1
            self.log.append(InjectedFault(fault, exchange.request))
            return reply

    def _next_scripted(self, exchange: Exchange) -> Fault | None:
        for scripted in self._scripted:
            is_meant = scripted.path is None or scripted.path in exchange.request.target
            if not is_meant or not scripted.fault.applies(exchange):
                continue
            if scripted.after > 0:
                scripted.after -= 1
                continue
            scripted.times -= 1
            if scripted.times == 0:
                self._scripted.remove(scripted)
            return scripted.fault
        return None

    def _drawn(self, exchange: Exchange, chaos: Chaos, random: Random) -> Fault | None:
        request = without_marker(exchange.request)
        key = (request.method, request.raw_path, request.raw_query)
        fault = chaos.profile.draw(exchange, random) if self._streaks[key] < chaos.most_in_a_row else None
        if fault is None:
            del self._streaks[key]
        else:
            self._streaks[key] += 1
        return fault
