"""Random faults: which ones, how often, and the seed that makes them repeatable."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from graph_meetings_emulator.faults.bodies import MalformedJson, UnknownFields, WrongType
from graph_meetings_emulator.faults.fault import Exchange, Fault
from graph_meetings_emulator.faults.hostile_bodies import DecompressionBomb, TokenEcho
from graph_meetings_emulator.faults.lies import IdentityEncoding, LyingLength, LyingRange
from graph_meetings_emulator.faults.links import ForeignLink, MetadataLink, RepeatedLink
from graph_meetings_emulator.faults.network import Moment, Reset, Slow, Stall, WrongLength
from graph_meetings_emulator.faults.pages import Duplicate, EmptyPage, EndlessPages, Replay, Shuffled
from graph_meetings_emulator.faults.refusals import BrokenGateway, Gone, Throttled, TokenExpired, Unauthorized
from graph_meetings_emulator.faults.streams import ChangedEtag, RangeIgnored, RangeNotSatisfiable


@dataclass(frozen=True, slots=True)
class Profile:
    """Which faults happen, and how often.

    Args:
        name: the name of the profile.
        summary: one line about it.
        probabilities: the probability of each fault per request. If the fault drawn does not apply to the request,
            none happens.
        downloads_only: whether only streams get faults.

    Raises:
        ValueError: a probability is negative, or the probabilities add up to more than 1.
    """

    name: str
    summary: str
    probabilities: Mapping[Fault, float]
    downloads_only: bool = False

    def __post_init__(self) -> None:
        if min(self.probabilities.values(), default=0) < 0 or sum(self.probabilities.values()) > 1 + 1e-9:
            raise ValueError(f"profile {self.name!r}: probabilities must not be negative nor add up to more than 1")
        object.__setattr__(self, "probabilities", MappingProxyType(dict(self.probabilities)))

    def draw(self, exchange: Exchange, random: Random) -> Fault | None:
        """Draw a fault for a request, or `None`."""
        drawn = random.random()
        for fault, probability in self.probabilities.items():
            drawn -= probability
            if drawn < 0:
                happens = fault.applies(exchange) and (exchange.is_download or not self.downloads_only)
                return fault if happens else None
        return None


@dataclass(frozen=True, slots=True)
class Chaos:
    """Random faults; the same seed and the same requests give the same faults.

    Each path has a random sequence of its own, so that concurrent requests do not affect each other's faults.

    Args:
        profile: which faults, and how often.
        seed: the seed of the random sequences.
        longest_delay: the longest `Retry-After`, stall, or sum of pauses in a slow body, in seconds.
        most_in_a_row: how many times in a row a request, by method and target, fails before it succeeds.

    Raises:
        ValueError: `longest_delay` is negative, or `most_in_a_row` less than 1.
    """

    profile: Profile
    seed: int = 0
    longest_delay: float = 0.05
    most_in_a_row: int = 3

    def __post_init__(self) -> None:
        if self.longest_delay < 0:
            raise ValueError(f"longest_delay must not be negative, but is {self.longest_delay}")
        if self.most_in_a_row < 1:
            raise ValueError(f"most_in_a_row must be at least 1, not {self.most_in_a_row}")

    def random(self, exchange: Exchange, number: int) -> Random:
        """Return the random sequence for the n-th request to a path."""
        path = exchange.request.raw_path.decode("latin-1")
        return Random(f"{self.seed} {exchange.request.method} {path} {number}")  # noqa: S311  repeatable, not secret


_PROFILES = (
    Profile("throttling", "429, with Retry-After in all its forms, or without", {Throttled(): 0.3}),
    Profile("broken-gateway", "500 with JSON, 502 and 503 with HTML, 504 with an empty body", {BrokenGateway(): 0.3}),
    Profile(
        "flaky-network",
        "reset connections, bodies of the wrong length, slow bytes, stalls",
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
        "5 % transient errors: 429, gateway errors, broken connections",
        {Throttled(): 0.015, BrokenGateway(): 0.015, Reset(): 0.015, WrongLength(): 0.005},
    ),
    Profile(
        "hostile-links",
        "links and redirects to other hosts or schemes, to themselves, to $metadata#",
        {ForeignLink(): 0.25, MetadataLink(): 0.05, RepeatedLink(): 0.05},
    ),
    Profile(
        "malformed-json",
        "invalid JSON, values of the wrong type, unknown fields",
        {MalformedJson(): 0.1, WrongType(): 0.1, UnknownFields(): 0.2},
    ),
    Profile(
        "delta-replays",
        "delta pages that are repeated, out of order or empty, or have duplicates",
        {Replay(): 0.15, Duplicate(): 0.2, Shuffled(): 0.15, EmptyPage(): 0.15},
    ),
    Profile(
        "bad-downloads",
        "downloads that break off, are slow, change their ETag, or ignore ranges",
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
    Profile("endless-pages", "empty pages without end, each with a link of its own", {EndlessPages(): 0.2}),
    Profile("bombs", "small bodies that are huge once decompressed", {DecompressionBomb(): 0.2}),
    Profile(
        "lies",
        "lengths and ranges that are not true, bodies that only the end of the connection ends",
        {LyingLength(): 0.1, IdentityEncoding(): 0.1, LyingRange(): 0.2},
    ),
    Profile("token-echo", "errors and pages that repeat the token in whatever escapes", {TokenEcho(): 0.2}),
    Profile(
        "tokens",
        "tokens that expire or lack claims, delta tokens that are too old",
        {Unauthorized(): 0.1, TokenExpired(): 0.1, Gone(): 0.1},
    ),
)

_EVERYTHING = Profile(
    "everything",
    "every fault of the other profiles, each at 1 %",
    dict.fromkeys((fault for profile in _PROFILES for fault in profile.probabilities), 0.01),
)

PROFILES: Mapping[str, Profile] = MappingProxyType({profile.name: profile for profile in (*_PROFILES, _EVERYTHING)})
"""The profiles by name."""


def profile_of(profile: str | Profile | Mapping[Fault, float]) -> Profile:
    """Return the profile of a name, or make one from probabilities.

    Raises:
        ValueError: the name is unknown, or the probabilities are invalid.
    """
    match profile:
        case Profile():
            return profile
        case str():
            if profile not in PROFILES:
                raise ValueError(f"unknown chaos profile {profile!r}; profiles are {', '.join(PROFILES)}")
            return PROFILES[profile]
        case _:
            return Profile("custom", "defined by the caller", profile)
