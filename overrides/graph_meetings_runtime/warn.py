"""Warnings that point at the line that called into this package."""

import inspect
import warnings
from types import FrameType
from typing import Final

_OURS: Final = frozenset(
    {"graph_meetings", "graph_meetings_runtime", "graph_meetings_blocking_runtime", "graph_meetings_notifications"}
)
# Packages whose frames may lie between that line and this package.
_BETWEEN: Final = frozenset({"asyncio", "concurrent", "contextlib", "kiota_abstractions", "kiota_http", "threading"})


def warn_caller(message: str, category: type[Warning]) -> None:
    """Warn, and point at the line that called into this package.

    If a separate task or thread sends the request, that line is unknown.
    """
    level, frame = 1, inspect.currentframe()
    while frame is not None and _package(frame) in _OURS | _BETWEEN:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=2 if frame is None else level)


def is_ours(frame: FrameType) -> bool:
    """Whether a frame runs code of this package."""
    return _package(frame) in _OURS


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]
