"""Errors that tell what to write when the wrong keyword is used, such as `async for` instead of `for`.

Type checkers do not see these methods, so they still report such code.
"""

from typing import TYPE_CHECKING, NoReturn


class IterationGuard:
    """Refuses `async for` and `await` with an error that says what to write."""

    if not TYPE_CHECKING:

        def __aiter__(self) -> NoReturn:
            raise TypeError(f"{type(self).__name__} is blocking: use `for`, not `async for`")

        def __await__(self) -> NoReturn:
            raise TypeError(f"{type(self).__name__} cannot be awaited: use `for`, or `list(…)` for a list")


class BuilderGuard:
    """Refuses to iterate over a builder itself, and to await it."""

    _iterated_by: str

    if not TYPE_CHECKING:

        def __iter__(self) -> NoReturn:
            raise self._is_not_iterable("for")

        def __aiter__(self) -> NoReturn:
            raise self._is_not_iterable("async for")

        def __await__(self) -> NoReturn:
            raise TypeError(f"{type(self).__name__} cannot be awaited: use `builder.get()` for one page")

        def _is_not_iterable(self, word: str) -> TypeError:
            return TypeError(f"`{word}` over {type(self).__name__}: use `for … in builder.{self._iterated_by}()`")


class ClientGuard:
    """Refuses `async with`."""

    if not TYPE_CHECKING:

        async def __aenter__(self) -> NoReturn:
            raise TypeError(f"{type(self).__name__} is blocking: use `with`, not `async with`")

        async def __aexit__(self, *_: object) -> None:
            """Let `async with` find the method above."""
