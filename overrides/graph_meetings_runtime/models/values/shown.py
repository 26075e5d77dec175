"""Values in messages and tables: shortened, and without the queries of URLs, which contain signatures and tokens."""

import reprlib
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from textwrap import shorten
from typing import Final

from graph_meetings_runtime.json_codec import JsonValue
from graph_meetings_runtime.origin import without_query

HIDDEN: Final = "…"
"""Stands for a value that must never be shown."""
_LONGEST_CELL: Final = 60


class _Repr(reprlib.Repr):
    """Shortens values, after removing the queries of URLs at any depth."""

    def repr_str(self, x: str, level: int) -> str:  # reprlib finds it by this name
        return super().repr_str(_without_query(x), level)


def _without_query(text: str) -> str:
    return without_query(text) if "://" in text else text


_repr = _Repr().repr


def shown(value: JsonValue) -> str:
    """Return a short `repr` of a value, without the queries of URLs, with which readers of a log could open them."""
    return _repr(value)


@contextmanager
def naming_value(name: str) -> Generator[None]:
    """Prefix the messages of errors about a value with its name.

    Raises:
        TypeError, ValueError: the block raised one, or an `OverflowError`.
    """
    try:
        yield
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name}: {error}") from None


def cell(value: JsonValue) -> str:
    """Return a value for a table that people read: a string without quotes, anything else as in messages."""
    if not isinstance(value, str):
        return shorten(shown(value), _LONGEST_CELL, placeholder="…")
    text, half = _without_query(value), _LONGEST_CELL // 2
    return text if len(text) <= _LONGEST_CELL else f"{text[:half]}…{text[-half:]}"


def html_table(caption: str, rows: Iterable[Iterable[str]], heading: Iterable[str] = ()) -> str:
    """Return a table in HTML. All of its texts are escaped: names of people and meetings are chosen by strangers."""
    from html import escape  # noqa: PLC0415  only notebooks call this, and it takes a millisecond to import

    lines = ("".join(f'<td style="text-align: left">{escape(text)}</td>' for text in row) for row in rows)
    head = "".join(f'<th style="text-align: left">{escape(text)}</th>' for text in heading)
    body = "".join(f"<tr>{line}</tr>" for line in (head, *lines) if line)
    return f'<table><caption style="text-align: left">{escape(caption)}</caption>{body}</table>'
