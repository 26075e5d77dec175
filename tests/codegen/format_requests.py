"""Formats one request for each builder that a generated client leads to, and prints their number.

A program, `python format_requests.py PACKAGE`, so that a package in any folder can be tried without importing it here.
"""

import importlib
import inspect
import sys
import typing
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from graph_meetings_runtime import GraphClient, RequestBuilder
from tests.support.credentials import StaticCredential

_VALUES: dict[object, object] = {
    bool: True,
    bytes: b"\0",
    date: date(2026, 1, 2),
    datetime: datetime(2026, 1, 2, tzinfo=UTC),
    Decimal: Decimal("1.5"),
    float: 1.5,
    int: 1,
    str: "it's",
    time: time(3),
    timedelta: timedelta(1),
    UUID: UUID(int=1),
}


def main(package: str) -> None:
    # Former and deprecated names lead to builders too, and warn.
    warnings.filterwarnings("ignore", r"[\w.]+( was renamed|: Deprecated)", DeprecationWarning)
    importlib.import_module(f"{package}.models")
    client: GraphClient = importlib.import_module(f"{package}.client").GraphMeetingsClient(StaticCredential("token"))
    urls = {name: builder.to_get_request_information().url for name, builder in builders(client) if _gets(builder)}
    for name in sorted(urls):
        assert urls[name].startswith("https://graph.microsoft.com/"), urls[name]
        assert not set(urls[name]) & set('{}"<> \\'), urls[name]
    sys.stdout.write(f"{len(urls)}\n")


def builders(client: GraphClient) -> Iterator[tuple[str, Any]]:
    """Yield each class of builder once, those of the runtime once for each model."""
    found: set[str] = set()
    pending: list[tuple[str, Any]] = [("client", client)]
    while pending:
        name, builder = pending.pop()
        if name in found:
            continue
        found.add(name)
        if isinstance(builder, RequestBuilder):
            yield name, builder
        pending.extend(_next(builder))


def _next(builder: Any) -> Iterator[tuple[str, Any]]:
    cls: type[Any] = builder.__class__
    if not _is_generated(cls):
        return
    for name, member in vars(cls).items():
        if isinstance(member, property):
            yield _named(cls, name, getattr(builder, name))
        elif inspect.isfunction(member) and name != "content_of":
            yield _named(cls, name, getattr(builder, name)(*_positional(member), **_keywords(member)))


def _is_generated(cls: type[Any]) -> bool:
    return cls.__module__.endswith((".client", ".request_builders"))


def _named(cls: type[Any], member: str, builder: Any) -> tuple[str, Any]:
    is_own = _is_generated(builder.__class__)
    return (builder.__class__.__name__ if is_own else f"{cls.__name__}.{member}"), builder


def _positional(method: Any) -> list[str]:
    parameters = inspect.signature(method).parameters.values()
    return ["it's" for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]


def _keywords(method: Any) -> dict[str, object]:
    hints = typing.get_type_hints(method, {**vars(inspect.getmodule(method)), **_NAMES})
    parameters = inspect.signature(method).parameters.values()
    return {p.name: _value(hints[p.name]) for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is not None}


_NAMES = {"Decimal": Decimal, "UUID": UUID, "date": date, "time": time, "timedelta": timedelta}


def _value(hint: Any) -> object:
    choices = [hint, *typing.get_args(hint)]
    if "datetime" in str(hint):
        return _VALUES[datetime]
    known = next((_VALUES[choice] for choice in choices if choice in _VALUES), None)
    return next(iter(hint)) if known is None else known


def _gets(builder: Any) -> bool:
    return hasattr(builder, "to_get_request_information")


if __name__ == "__main__":
    main(sys.argv[1])
