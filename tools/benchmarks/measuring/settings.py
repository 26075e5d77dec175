"""How much to measure."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Settings:
    """How much to measure.

    Args:
        rounds: number of rounds.
        share: share of the full sizes.
        peers: Python interpreter of an environment with msgraph-sdk, `None` if there is none.
        csdl: Graph's complete v1.0 document; `None` for our extract padded to the same size.
    """

    rounds: int = 9
    share: float = 1.0
    peers: Path | None = None
    csdl: Path | None = None

    @property
    def few_rounds(self) -> int:
        """Number of rounds for what takes seconds."""
        return min(self.rounds, 5)

    @property
    def many_rounds(self) -> int:
        """Number of rounds for what takes milliseconds and for whole processes, whose times vary most."""
        return 2 * self.rounds if self.rounds > 1 else 1

    def scaled(self, full: int) -> int:
        """Return this run's share of a full size, at least 1."""
        return max(1, round(full * self.share))

    def with_peers(self) -> Self:
        """Return a copy with the environment of `make bench-peers`, if it exists."""
        candidates = (ROOT / ".venv-peers" / "bin" / "python", ROOT / ".venv-peers" / "Scripts" / "python.exe")
        return replace(self, peers=next((path for path in candidates if path.exists()), None))


FULL = Settings()
DEFAULT = Settings(rounds=4, share=0.25)
QUICK = Settings(rounds=2, share=0.01)
"""Shows that everything works; its numbers mean little."""
