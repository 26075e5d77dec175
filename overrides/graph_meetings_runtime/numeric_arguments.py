"""Numbers that callers pass, checked before they are used."""

import math
from typing import TypeGuard, TypeVar

N = TypeVar("N", int, float)


def is_number(value: object, *kinds: type[N]) -> TypeGuard[N]:
    """Return whether a value is a number of one of these types. `True` and `False` are not numbers."""
    return isinstance(value, kinds) and not isinstance(value, bool)


def checked_concurrency(concurrency: object) -> int:
    """Return how many things to do at a time.

    Raises:
        TypeError: it is not an integer.
    """
    if not is_number(concurrency, int):
        raise TypeError(f"concurrency must be an integer, not {concurrency!r}")
    return concurrency


def checked_rate(rate: object) -> float | None:
    """Return a number of requests per second, or `None` for no limit.

    Raises:
        TypeError: it is not a number.
        ValueError: it is not greater than 0, or not finite.
    """
    if rate is None:
        return None
    if not is_number(rate, int, float):
        raise TypeError(f"rate must be a number of requests a second, not {rate!r}")
    if not 0 < rate < math.inf:  # also nan
        raise ValueError(f"rate must be above 0 requests a second and finite, not {rate}")
    return float(rate)


def checked_max_empty_pages(value: object) -> int:
    """Return how many empty pages in a row are followed.

    Raises:
        TypeError: it is not an integer.
        ValueError: it is less than 1.
    """
    if not is_number(value, int):
        raise TypeError(f"max_empty_pages must be an integer, not {value!r}")
    if value < 1:
        raise ValueError(f"max_empty_pages must be at least 1, not {value}")
    return value
