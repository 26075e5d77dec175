"""The plan of one run under chaos, derived from its seed: the data, the service's behavior and what happens when."""

import random
from collections import Counter
from dataclasses import dataclass
from typing import Final, Self

from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.faults import PROFILES, EndlessPages, Profile
from tools.soak.delivery.finite import EMPTY_PAGES, finite

MOST_RECORDINGS: Final = 12
_EVERYTHING: Final = finite(PROFILES["everything"]).probabilities
_LONGEST_DELAY: Final = 0.005


@dataclass(frozen=True, slots=True)
class Phase:
    """The events before and during one sync.

    Attributes:
        added_before: sizes in bytes of the recordings added before the sync.
        added_during: sizes of the recordings added once the first item is delivered.
        expires: whether the service forgets all links before the sync.
        tells_location: whether the resulting 410 says where to start over.
    """

    added_before: tuple[int, ...]
    added_during: tuple[int, ...]
    expires: bool
    tells_location: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one run.

    Attributes:
        seed: the random seed that everything else follows from.
        phases: run in order; each ends with everything synced and downloaded.
        page_size: items per page.
        empty_pages: empty pages before each page with items.
        repeats: items repeated on the next page.
        redirects: whether content is served from another origin.
        supports_ranges: whether downloads can be resumed.
        in_transaction: whether the handler writes to the store's file; otherwise it is awaited for each change.
        percent: percentage of requests that fail, for each kind of fault.
        handler_failure_rate: share of handler calls that fail.
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
    handler_failure_rate: float

    @classmethod
    def from_seed(cls, seed: int) -> Self:
        """Draw a plan."""
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
            handler_failure_rate=draw.choice((0.0, 0.0, 0.15)),
        )

    def emulator(self) -> Emulator:
        """Return the service with its faults; its organizer has no recordings yet."""
        dataset = Dataset(seed=self.seed)
        dataset.add_meeting(dataset.add_organizer())
        emulator = Emulator(dataset, token=f"secret-of-{self.seed}", page_size=self.page_size)
        emulator.delta.empty_pages = self.empty_pages
        emulator.delta.repeats = self.repeats
        emulator.downloads.redirects = self.redirects
        emulator.downloads.supports_ranges = self.supports_ranges
        emulator.start_chaos(self._profile(), seed=self.seed, longest_delay=_LONGEST_DELAY)
        return emulator

    def most_requests(self, recordings: int, faults: Counter[str]) -> int:
        """Return the most requests that the run may send.

        Without faults, each phase reads at most one full round, plus one request that learns that its link expired;
        each recording is fetched once, which takes two requests with a redirect. A fault costs at most the page or
        content that it breaks, one request with a new token, and one more round: a full one after a 410, or the one
        that follows a round resumed after a restart. Endless pages cost their number, too.

        Args:
            recordings: number of recordings at the end of the run.
            faults: faults by kind, including those of the handler.
        """
        pages = (-(-recordings // self.page_size) + 1) * (1 + self.empty_pages)
        endless = faults[EndlessPages.kind] * EMPTY_PAGES
        return len(self.phases) * (pages + 1) + 2 * recordings + faults.total() * (pages + 3) + endless

    def _profile(self) -> Profile:
        return Profile("soak", "the profile everything, more often", dict.fromkeys(_EVERYTHING, self.percent / 100))


def _phase(draw: random.Random, sizes: list[int], *, is_last: bool) -> Phase:
    # `added_during` needs at least one item before it. Nothing is added during the last sync.
    split = len(sizes) if is_last else draw.randint(min(1, len(sizes)), len(sizes))
    return Phase(tuple(sizes[:split]), tuple(sizes[split:]), draw.random() < 0.3, draw.random() < 0.5)


def _size(draw: random.Random) -> int:
    return draw.choice((1, draw.randint(1, 100), draw.randint(1, 20_000), draw.randint(1, 300_000)))
