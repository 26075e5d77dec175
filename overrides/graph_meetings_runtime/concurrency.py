"""How many things are done at a time."""


def checked_concurrency(concurrency: object) -> int:
    """Return a number of things to do at a time.

    Raises:
        TypeError: it is not an integer.
    """
    if not isinstance(concurrency, int) or isinstance(concurrency, bool):
        raise TypeError(f"concurrency must be an integer, not {concurrency!r}")
    return concurrency
