"""Faults at random: which ones, how often, and the seed that makes them come again."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from graph_meetings_emulator.faults.bodies import MalformedJson, UnknownFields, WrongType
from graph_meetings_emulator.faults.fault import Exchange, Fault
from graph_meetings_emulator.faults.links import ForeignLink, MetadataLink, RepeatedLink
from graph_meetings_emulator.faults.network import Moment, Reset, Slow, Stall, WrongLength
from graph_meetings_emulator.faults.pages import Duplicate, EmptyPage, Replay, Shuffled
from graph_meetings_emulator.faults.refusals import BrokenGateway, Gone, Throttled, TokenExpired, Unauthorized
from graph_meetings_emulator.faults.streams import ChangedEtag, RangeIgnored, RangeNotSatisfiable


@dataclass(frozen=True, slots=True)
class Profile:
    """How often which faults come.

    Args:
        name: of the profile.
        summary: what it stands for.
        probabilities: for each request; a fault that cannot happen to it does not, and no other comes instead.
        downloads_only: whether only streams have faults.

    Raises:
        ValueError: a probability is negative, or their sum is more than 1.
    """

    name: str
    summary: str
    probabilities: Mapping[Fault, float]
    downloads_only: bool = False

    def __post_init__(self) -> None:
        if min(self.probabilities.values(), default=0) < 0 or sum(self.probabilities.values()) > 1 + 1e-9:
            raise ValueError(f"the probabilities of the profile {self.name!r} are negative, or more than 1 in all")
        object.__setattr__(self, "probabilities", MappingProxyType(dict(self.probabilities)))

    def draw(self, exchange: Exchange, random: Random) -> Fault | None:
        """Draw the fault of a request, or none."""
        drawn = random.random()
        for fault, probability in self.probabilities.items():
            drawn -= probability
            if drawn < 0:
                happens = fault.applies(exchange) and (exchange.is_download or not self.downloads_only)
                return fault if happens else None
        return None


@dataclass(frozen=True, slots=True)
class Chaos:
    """Faults at random, the same ones for the same seed and the same requests.

    Every path has draws of its own, so that requests that run at the same time do not change each other's faults.

    Args:
        profile: which faults, and how often.
        seed: decides the draws.
        longest_delay: in seconds, of a `Retry-After`, a stall, and all pauses of one slow body.
        most_in_a_row: how many times one request, by method and target, fails before it gets its true reply.

    Raises:
        ValueError: a number is negative, or no request could ever fail.
    """

    profile: Profile
    seed: int = 0
    longest_delay: float = 0.05
    most_in_a_row: int = 3

    def __post_init__(self) -> None:
        if self.longest_delay < 0:
            raise ValueError(f"the longest delay is {self.longest_delay} s; give 0 or more")
        if self.most_in_a_row < 1:
            raise ValueError(f"most_in_a_row is {self.most_in_a_row}; give 1 or more, or start no chaos")

    def random(self, exchange: Exchange, number: int) -> Random:
        """Give what decides about the request of a number to its path."""
        path = exchange.request.raw_path.decode("latin-1")
        return Random(f"{self.seed} {exchange.request.method} {path} {number}")  # noqa: S311  repeatable, not secret


_PROFILES = (
    Profile("throttling", "429, with every form of Retry-After and without", {Throttled(): 0.3}),
    Profile("broken-gateway", "500, 502 and 503 with HTML, 504 with nothing", {BrokenGateway(): 0.3}),
    Profile(
        "flaky-network",
        "connections reset, bodies of a wrong length, slow bytes, stalls",
        {
            Reset(Moment.BEFORE_HEADERS): 0.08,
            Reset(Moment.IN_BODY): 0.08,
            WrongLength(): 0.08,
            Slow(): 0.05,
            Stall(): 0.05,
        },
    ),
    Profile(
        "five-percent",
        "5 % of what passes by itself: 429, gateways, connections that break",
        {Throttled(): 0.015, BrokenGateway(): 0.015, Reset(): 0.015, WrongLength(): 0.005},
    ),
    Profile(
        "hostile-links",
        "links and redirects to other hosts and schemes, to themselves, to $metadata#",
        {ForeignLink(): 0.25, MetadataLink(): 0.05, RepeatedLink(): 0.05},
    ),
    Profile(
        "malformed-json",
        "what is no JSON, values of wrong types, unknown fields",
        {MalformedJson(): 0.1, WrongType(): 0.1, UnknownFields(): 0.2},
    ),
    Profile(
        "delta-replays",
        "pages of changes again, with duplicates, out of order, and empty ones",
        {Replay(): 0.15, Duplicate(): 0.2, Shuffled(): 0.15, EmptyPage(): 0.15},
    ),
    Profile(
        "bad-downloads",
        "downloads that break off, are slow, lose their ETag or their ranges",
        {
            Reset(): 0.1,
            WrongLength(): 0.1,
            Slow(): 0.05,
            Stall(): 0.05,
            ChangedEtag(): 0.1,
            RangeIgnored(): 0.1,
            RangeNotSatisfiable(): 0.1,
        },
        downloads_only=True,
    ),
    Profile(
        "tokens",
        "tokens that expire, lack claims, or are too old",
        {Unauthorized(): 0.1, TokenExpired(): 0.1, Gone(): 0.1},
    ),
)

_EVERYTHING = Profile(
    "everything",
    "all of them, each at 1 %",
    dict.fromkeys((fault for profile in _PROFILES for fault in profile.probabilities), 0.01),
)

PROFILES: Mapping[str, Profile] = MappingProxyType({profile.name: profile for profile in (*_PROFILES, _EVERYTHING)})
"""The profiles that have a name."""


def profile_of(profile: str | Profile | Mapping[Fault, float]) -> Profile:
    """Find a profile by its name, or make one of probabilities.

    Raises:
        ValueError: there is none of this name; or the probabilities are none.
    """
    match profile:
        case Profile():
            return profile
        case str():
            if profile not in PROFILES:
                raise ValueError(f"there is no chaos profile {profile!r}; there are {', '.join(PROFILES)}")
            return PROFILES[profile]
        case _:
            return Profile("custom", "made by the caller", profile)
