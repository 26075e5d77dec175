"""Closing at the end of a block, with or without an event loop."""

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """Can be used with `with` and `async with`: closing a file does not wait."""

    @abstractmethod
    def close(self) -> None:
        """Close it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
