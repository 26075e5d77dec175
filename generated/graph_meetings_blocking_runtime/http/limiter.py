# Made by codegen from overrides/graph_meetings_runtime/http/limiter.py; do not edit.
"""A limiter for each place that contents are redirected to."""

from typing import Final

from graph_meetings_runtime.blocking.limiter import Limiter
from graph_meetings_runtime.fork import ProcessLock
from graph_meetings_runtime.origin import Origin

_MOST_PLACES: Final = 64
_AT_EACH_PLACE: Final = 64


class PlaceLimiters:
    """A limiter for each place that contents are redirected to, because each throttles by itself.

    The 64 places used last are remembered: which places there are is for the service to say.
    """

    def __init__(self) -> None:
        self._limiters: dict[Origin, Limiter] = {}
        self._lock = ProcessLock()

    def at(self, place: Origin) -> Limiter:
        """Return the limiter of a place."""
        with self._lock.of_this_process:
            limiter = self._limiters.pop(place, None) or Limiter(_AT_EACH_PLACE)
            self._limiters[place] = limiter
            if len(self._limiters) > _MOST_PLACES:
                del self._limiters[next(iter(self._limiters))]
        return limiter
