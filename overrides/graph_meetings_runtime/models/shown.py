"""Values in messages: named, shortened, and without the queries of URLs, where signatures and tokens are."""

import reprlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from graph_meetings_runtime.json_codec import JsonValue
from graph_meetings_runtime.origin import without_query

HIDDEN: Final = "…"
"""Stands for a value that must be shown nowhere."""


class _Repr(reprlib.Repr):
    """Shorten values; cut the queries off URLs first, however deep they are in a value."""

    def repr_str(self, x: str, level: int) -> str:  # reprlib finds it by this name
        return super().repr_str(without_query(x) if "://" in x else x, level)


_repr = _Repr().repr


def shown(value: JsonValue) -> str:
    """Return a short `repr` of a value; of a URL without its query, which may open it to whoever reads a log."""
    return _repr(value)


@contextmanager
def naming_value(name: str) -> Generator[None]:
    """Begin the messages of errors about a value with its name.

    Raises:
        TypeError, ValueError: the block raised one, or an `OverflowError`.
    """
    try:
        yield
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name}: {error}") from None
