"""What one run under chaos is: what the service has, how it behaves, what happens meanwhile. All of it from a seed."""

import random
from dataclasses import dataclass
from typing import Final, Self

from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.faults import PROFILES, Profile

MOST_RECORDINGS: Final = 12
_EVERYTHING: Final = PROFILES["everything"].probabilities
_LONGEST_DELAY: Final = 0.005


@dataclass(frozen=True, slots=True)
class Phase:
    """What happens before a sync, and during it.

    Attributes:
        added: sizes in bytes of the recordings that are added before.
        meanwhile: of those that are added when the first item is delivered.
        expires: whether all links are forgotten before.
        tells_location: whether the 410 then says where to begin again.
    """

    added: tuple[int, ...]
    meanwhile: tuple[int, ...]
    expires: bool
    tells_location: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A run.

    Attributes:
        seed: what it was drawn from.
        phases: one after another; each ends with everything synced and downloaded.
        page_size: items on a page.
        empty_pages: how many come before each page with items.
        repeats: how many items come again on the next page.
        redirects: whether contents are at another origin.
        supports_ranges: whether downloads can be resumed.
        in_transaction: whether the handler writes into the store's file; else it is awaited for each change.
        percent: of requests, for each kind of fault.
        handler_fails: how often the handler does, of 1.
    """

    seed: int
    phases: tuple[Phase, ...]
    page_size: int
    empty_pages: int
    repeats: int
    redirects: bool
    supports_ranges: bool
    in_transaction: bool
    percent: int
    handler_fails: float

    @classmethod
    def of(cls, seed: int) -> Self:
        """Draw a run."""
        draw = random.Random(seed)
        count = draw.randint(1, 3)
        sizes = [_size(draw) for _ in range(draw.randint(1, MOST_RECORDINGS))]
        phases = tuple(_phase(draw, sizes[number::count], is_last=number == count - 1) for number in range(count))
        return cls(
            seed,
            phases,
            page_size=draw.randint(1, 5),
            empty_pages=draw.choice((0, 0, 1)),
            repeats=draw.choice((0, 0, 1, 3)),
            redirects=draw.random() < 0.4,
            supports_ranges=draw.random() < 0.8,
            in_transaction=seed % 2 == 0,
            percent=draw.choice((1, 2, 3)),
            handler_fails=draw.choice((0.0, 0.0, 0.15)),
        )

    def emulator(self) -> Emulator:
        """Make the service, with chaos in it; its organizer has no recordings yet."""
        dataset = Dataset(seed=self.seed)
        dataset.add_meeting(dataset.add_organizer())
        emulator = Emulator(dataset, token=f"secret-of-{self.seed}", page_size=self.page_size)
        emulator.delta.empty_pages = self.empty_pages
        emulator.delta.repeats = self.repeats
        emulator.downloads.redirects = self.redirects
        emulator.downloads.supports_ranges = self.supports_ranges
        emulator.start_chaos(self._profile(), seed=self.seed, longest_delay=_LONGEST_DELAY)
        return emulator

    def most_requests(self, recordings: int, faults: int) -> int:
        """Bound the requests of the run.

        Without faults, each phase reads at most one round from its beginning, and one request that says that the link
        is forgotten; each recording is fetched once, which with a redirect takes two. A fault costs at most what it
        spoils, one page or one content, another request for a new token, and one further round: the full one after a
        410, or the one behind a round that was resumed after a restart.

        Args:
            recordings: that there are in the end.
            faults: that happened, those of the handler included.
        """
        pages = (-(-recordings // self.page_size) + 1) * (1 + self.empty_pages)
        return len(self.phases) * (pages + 1) + 2 * recordings + faults * (pages + 3)

    def _profile(self) -> Profile:
        return Profile("soak", "the profile everything, denser", dict.fromkeys(_EVERYTHING, self.percent / 100))


def _phase(draw: random.Random, sizes: list[int], *, is_last: bool) -> Phase:
    # Something comes first, as "meanwhile" is while that is delivered. During the last sync nothing does.
    split = len(sizes) if is_last else draw.randint(min(1, len(sizes)), len(sizes))
    return Phase(tuple(sizes[:split]), tuple(sizes[split:]), draw.random() < 0.3, draw.random() < 0.5)


def _size(draw: random.Random) -> int:
    return draw.choice((1, draw.randint(1, 100), draw.randint(1, 20_000), draw.randint(1, 300_000)))
