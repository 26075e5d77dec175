"""What is closed at the end of a block, whether the caller has an event loop or not."""

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
