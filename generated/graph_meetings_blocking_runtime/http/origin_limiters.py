# Made by codegen from overrides/graph_meetings_runtime/http/origin_limiters.py; do not edit.
"""A limiter for each origin that downloads are redirected to."""

from typing import Final

from graph_meetings_runtime.blocking.limiter import Limiter
from graph_meetings_runtime.fork import ProcessLock
from graph_meetings_runtime.origin import Origin

_MOST_ORIGINS: Final = 64
_AT_EACH_ORIGIN: Final = 64


class OriginLimiters:
    """A limiter for each origin that downloads are redirected to, because each of them throttles on its own.

    Only the 64 most recently used are kept, because the service decides how many origins there are.
    """

    def __init__(self) -> None:
        self._limiters: dict[Origin, Limiter] = {}
        self._lock = ProcessLock()

    def of(self, origin: Origin) -> Limiter:
        """Return the limiter of an origin."""
        with self._lock.of_this_process:
            limiter = self._limiters.pop(origin, None) or Limiter(_AT_EACH_ORIGIN)
            self._limiters[origin] = limiter
            if len(self._limiters) > _MOST_ORIGINS:
                del self._limiters[next(iter(self._limiters))]
        return limiter
