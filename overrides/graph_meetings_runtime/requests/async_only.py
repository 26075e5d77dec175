"""Errors that name the right word where `for` or `await` is used instead of `async for`."""

from typing import TYPE_CHECKING, NoReturn


class AsyncOnly:
    """An async iterable that refuses `for` and `await` with an error that says what to write.

    Type checkers do not see these methods, so that they go on reporting such code themselves.
    """

    if not TYPE_CHECKING:

        def __iter__(self) -> NoReturn:
            raise TypeError(f"a {type(self).__name__} is asynchronous: use `async for`, not `for`")

        def __await__(self) -> NoReturn:
            raise TypeError(
                f"a {type(self).__name__} cannot be awaited: use `async for`, or `[x async for x in …]` for a list"
            )
