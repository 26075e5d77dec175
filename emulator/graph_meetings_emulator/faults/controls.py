"""How a test says what goes wrong: once, several times, or at random."""

from collections import Counter, deque
from collections.abc import Mapping

from graph_meetings_emulator.faults.chaos import Chaos, Profile, profile_of
from graph_meetings_emulator.faults.fault import Fault
from graph_meetings_emulator.faults.injection import FaultInjector, InjectedFault
from graph_meetings_emulator.faults.refusals import Answer, as_body
from graph_meetings_runtime.json_codec import JsonObject


class FaultControls:
    """Injects faults into the answers of a service.

    Args:
        faults: of the service.
    """

    def __init__(self, faults: FaultInjector) -> None:
        self._faults = faults

    def fail_next(
        self,
        status: int,
        *,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | JsonObject | None = None,
        path: str | None = None,
    ) -> None:
        """Fail the next requests.

        Args:
            status: the HTTP status.
            times: how many requests to fail.
            headers: extra response headers.
            body: the response body, or an object to send as JSON; by default Graph's error object.
            path: fail only requests whose target contains this text, percent-encoded as on the wire.

        Raises:
            TypeError: the status is not a number.
            ValueError: `times` is less than 1.
        """
        if not isinstance(status, int):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
            raise TypeError(f"status must be a number, such as 404, not {status!r}")
        self.inject(Answer(status, dict(headers or {}), as_body(body)), path=path, times=times)

    def inject(self, fault: Fault, *, path: str | None = None, times: int = 1, after: int = 0) -> None:
        """Inject a fault into the next requests that it applies to.

        Args:
            fault: one of the faults in `graph_meetings_emulator.faults`.
            path: only requests whose target contains this text, percent-encoded as on the wire.
            times: how many requests get the fault.
            after: how many requests to let through first.

        Raises:
            ValueError: `times` is less than 1, or `after` is negative.
        """
        self._faults.add(fault, path, times, after)

    def start_chaos(
        self,
        profile: str | Profile | Mapping[Fault, float],
        *,
        seed: int = 0,
        longest_delay: float = 0.05,
        most_in_a_row: int = 3,
    ) -> None:
        """Inject faults at random; the same seed and the same requests give the same faults.

        Args:
            profile: a profile, the name of one in `graph_meetings_emulator.faults.PROFILES`, or a mapping from faults
                to their probabilities per request.
            seed: decides which requests get which faults.
            longest_delay: the longest `Retry-After`, stall, or sum of pauses in a slow body, in seconds.
            most_in_a_row: how many times in a row a request fails before it succeeds.

        Raises:
            ValueError: the profile is unknown, or a number is out of range.
        """
        self._faults.chaos = Chaos(profile_of(profile), seed, longest_delay, most_in_a_row)

    def stop_chaos(self) -> None:
        """Stop injecting faults at random."""
        self._faults.chaos = None

    @property
    def faults_injected(self) -> Counter[str]:
        """How many faults of each kind were injected."""
        return self._faults.counts()

    @property
    def fault_log(self) -> deque[InjectedFault]:
        """The latest faults and the requests that got them, oldest first."""
        return self._faults.log
