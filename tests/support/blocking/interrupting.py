"""Ctrl-C at a line of a call."""

import linecache
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class InterruptAt:
    """Raise KeyboardInterrupt where this thread runs the n-th line of some packages.

    Lines that begin with `with` or `try` do not count: tracing visits them where Python lets no signal in.
    """

    def __init__(self, number: int, packages: tuple[str, ...]) -> None:
        self.lines_left = number
        self._packages = packages

    def __call__(self, frame: FrameType, event: str, _: Any) -> "InterruptAt | None":
        if not any(package in frame.f_code.co_filename for package in self._packages):
            return None
        line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
        if event == "line" and not line.lstrip().startswith(("with ", "try:")):
            self.lines_left -= 1
            if self.lines_left == 0:
                raise KeyboardInterrupt
        return self

    def during(self, call: Callable[[], object]) -> None:
        before = sys.gettrace()
        sys.settrace(self)
        try:
            call()
        finally:
            sys.settrace(before)
