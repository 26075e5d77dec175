"""Faults between the client and the service: requested by a test, or at random from a seed."""

from graph_meetings_emulator.faults.bodies import MalformedJson, UnknownFields, WrongType
from graph_meetings_emulator.faults.chaos import PROFILES, Chaos, Profile
from graph_meetings_emulator.faults.fault import Fault
from graph_meetings_emulator.faults.hostile_bodies import DecompressionBomb, Escape, TokenEcho
from graph_meetings_emulator.faults.injection import InjectedFault
from graph_meetings_emulator.faults.lies import IdentityEncoding, LyingLength, LyingRange
from graph_meetings_emulator.faults.links import ForeignLink, Link, MetadataLink, RepeatedLink, Spoof
from graph_meetings_emulator.faults.network import Moment, Reset, Slow, Stall, WrongLength
from graph_meetings_emulator.faults.pages import Duplicate, EmptyPage, EndlessPages, Replay, Shuffled
from graph_meetings_emulator.faults.refusals import (
    Answer,
    BrokenGateway,
    Gone,
    RetryAfter,
    Throttled,
    TokenExpired,
    Unauthorized,
)
from graph_meetings_emulator.faults.streams import ChangedEtag, RangeIgnored, RangeNotSatisfiable

__all__ = [
    "PROFILES",
    "Answer",
    "BrokenGateway",
    "ChangedEtag",
    "Chaos",
    "DecompressionBomb",
    "Duplicate",
    "EmptyPage",
    "EndlessPages",
    "Escape",
    "Fault",
    "ForeignLink",
    "Gone",
    "IdentityEncoding",
    "InjectedFault",
    "Link",
    "LyingLength",
    "LyingRange",
    "MalformedJson",
    "MetadataLink",
    "Moment",
    "Profile",
    "RangeIgnored",
    "RangeNotSatisfiable",
    "RepeatedLink",
    "Replay",
    "Reset",
    "RetryAfter",
    "Shuffled",
    "Slow",
    "Spoof",
    "Stall",
    "Throttled",
    "TokenEcho",
    "TokenExpired",
    "Unauthorized",
    "UnknownFields",
    "WrongLength",
    "WrongType",
]
