"""How much is measured."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is measured.

    Args:
        rounds: how often each contender runs.
        share: of the full sizes.
        peers: the Python of an environment that has msgraph-sdk, `None` where there is none.
        csdl: Graph's complete v1.0 document; `None` for one of its size, made up around ours.
    """

    rounds: int = 9
    share: float = 1.0
    peers: Path | None = None
    csdl: Path | None = None

    @property
    def few_rounds(self) -> int:
        """How often those run that take seconds."""
        return min(self.rounds, 5)

    @property
    def many_rounds(self) -> int:
        """How often what takes milliseconds runs, and whole processes: a busy machine spreads their times most."""
        return 2 * self.rounds

    def scaled(self, full: int) -> int:
        """Give the share of a full size, at least 1."""
        return max(1, round(full * self.share))

    def with_peers(self) -> Self:
        """Give the same with the environment that `make bench-peers` makes, where it has been made."""
        candidates = (ROOT / ".venv-peers" / "bin" / "python", ROOT / ".venv-peers" / "Scripts" / "python.exe")
        return replace(self, peers=next((path for path in candidates if path.exists()), None))


FULL = Settings()
QUICK = Settings(rounds=2, share=0.01)
"""Shows that everything works; its figures mean little."""
