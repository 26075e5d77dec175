"""How many things are done at a time, and how many in a second."""

import math


def checked_concurrency(concurrency: object) -> int:
    """Return a number of things to do at a time.

    Raises:
        TypeError: it is not an integer.
    """
    if not isinstance(concurrency, int) or isinstance(concurrency, bool):
        raise TypeError(f"concurrency must be an integer, not {concurrency!r}")
    return concurrency


def checked_rate(rate: object) -> float | None:
    """Return a number of requests a second, `None` for no bound.

    Raises:
        TypeError: it is not a number.
        ValueError: it is not above 0, or not finite.
    """
    if rate is None:
        return None
    if not isinstance(rate, int | float) or isinstance(rate, bool):
        raise TypeError(f"rate must be a number of requests a second, not {rate!r}")
    if not 0 < rate < math.inf:  # also nan
        raise ValueError(f"rate must be above 0 requests a second and finite, not {rate}")
    return float(rate)
