"""When a keeper acts: pure functions of the time."""

import random
from datetime import datetime, timedelta
from typing import Final

from graph_meetings_notifications.keeping.records import State

BETWEEN_PASSES: Final = timedelta(hours=1)
LONGEST_SILENCE: Final = timedelta(hours=4)
"""How long the service tries to deliver a notification."""

_EARLIEST, _LATEST = 0.45, 0.55
_SHORTEST_DELAY: Final = timedelta(minutes=1)
_FIRST_DELAY: Final = timedelta(seconds=5)
_LONGEST_DELAY: Final = timedelta(minutes=15)
_MOST_DOUBLINGS: Final = 10


def renewal(now: datetime, expires: datetime) -> datetime:
    """Return when to renew: after about half of the lifetime, spread so that not all are due at once."""
    share: float = random.uniform(_EARLIEST, _LATEST)  # noqa: S311  not a secret
    return max(now + (expires - now) * share, now + _SHORTEST_DELAY)


def retry(now: datetime, failures: int) -> datetime:
    """Return when to try again: after 5 seconds, 10, 20 and so on up to 15 minutes.

    Args:
        now: the current time.
        failures: how many times in a row it has failed.
    """
    delay = min(_FIRST_DELAY * (1 << min(failures - 1, _MOST_DOUBLINGS)), _LONGEST_DELAY)
    share: float = random.uniform(0.8, 1.2)  # noqa: S311  as above
    return now + delay * share


def due(state: State, now: datetime) -> datetime:
    """Return when to check a subscription again."""
    if state.retry_at is not None:
        return state.retry_at
    return min(state.renew_at or now, now + BETWEEN_PASSES)
