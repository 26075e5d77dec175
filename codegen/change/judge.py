"""Judges what a change of the public API means for code that uses the old API."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from codegen.change.public_api import Aspect, Kind, PublicApi, PublicName, joined

_OF_CLASSES = frozenset({Aspect.TYPE, Aspect.RETURNS, Aspect.BASE})  # the facts that name classes


class Impact(StrEnum):
    """What a change means for users."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    INVISIBLE = "invisible"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a change means, and why."""

    impact: Impact
    reason: str


def _breaking(reason: str) -> Judgement:
    return Judgement(Impact.BREAKING, reason)


def _compatible(reason: str) -> Judgement:
    return Judgement(Impact.COMPATIBLE, reason)


def of_removed(name: PublicName) -> Judgement:
    """Judge the removal of a name."""
    reasons = {
        Kind.MEMBER: "code that uses it fails; the value is still read, as a string",
        Kind.REQUEST: "the service's metadata no longer has it",
        Kind.PARAMETER: "calls that pass it fail",
        Kind.COLUMN: "queries that use it fail",
    }
    return _breaking(reasons.get(name.kind, "code that uses it fails"))


def of_added(name: PublicName) -> Judgement:
    """Judge the addition of a name."""
    if name.kind is Kind.PARAMETER and name.text(Aspect.NEEDED) == "required":
        return _breaking("every call must pass it")
    reasons = {
        Kind.MEMBER: "its value was read as an unknown member before",
        Kind.REQUEST: "the request was not available before",
        Kind.PARAMETER: "calls without it still work",
    }
    return _compatible(reasons.get(name.kind, "the name is new"))


class Judge:
    """Judges changed facts.

    Args:
        old: the public API before.
        new: the public API now.
        new_names: of renamed classes, by package and old name.
    """

    def __init__(self, old: PublicApi, new: PublicApi, new_names: Mapping[str, Mapping[str, str]]) -> None:
        self._old = old
        self._new = new
        self._new_names = new_names

    def with_new_names(self, name: PublicName, aspect: Aspect) -> tuple[str, ...]:
        """Return an old fact about a name, with the new names of renamed classes of its package."""
        values = name.facts.get(aspect, ())
        package = self._old.package(name)
        if package not in self._new_names or aspect not in _OF_CLASSES:
            return values
        new_names = self._new_names[package]
        return tuple(re.sub(r"\w+", lambda word: new_names.get(word[0], word[0]), value) for value in values)

    def of_changed(
        self, aspect: Aspect, name: PublicName, old_values: tuple[str, ...], new_values: tuple[str, ...]
    ) -> Judgement:
        """Judge a changed fact about a name."""
        was, now = joined(aspect, old_values), joined(aspect, new_values)
        if aspect is Aspect.BASE and name.kind is Kind.CLASS:
            return self._of_base(name, now)
        if aspect is Aspect.TYPE and name.kind is Kind.FIELD:
            return self._of_type(name, was, now)
        if aspect is Aspect.TYPE and name.kind is Kind.COLUMN:
            return _breaking(f"rows that are stored have {was}")
        if aspect is Aspect.TYPE and set(old_values) <= set(new_values):
            return _compatible("calls that worked still work")
        if aspect is Aspect.MISSING and set(new_values) - set(old_values):
            return _breaking("the request fails there before it is sent")
        return _of_fact(aspect, was, now)

    def _of_type(self, name: PublicName, was: str, now: str) -> Judgement:
        package = self._new.names[name.owner].owner
        old_class, new_class = f"{package}.{was}", f"{package}.{now}"
        if old_class in self._new.lineage(new_class):
            return _compatible(f"{now} is a {was}")
        if was == "str" and new_class in self._new.names and self._new.names[new_class].kind is Kind.ENUM:
            return _compatible("members of an open enumeration are strings")
        return _breaking(f"code that expects {was} gets {now}")

    def _of_base(self, name: PublicName, now: str) -> Judgement:
        lost = sorted(self._old.fields(name.name) - self._new.fields(name.name))
        if lost:
            return _breaking(f"it no longer inherits {', '.join(lost)}")
        new_names = self._new_names.get(self._old.package(name), {})
        bases = {new_names.get(base, base) for base in map(last_word, self._old.lineage(name.name)[1:])}
        if not bases <= {last_word(base) for base in self._new.lineage(name.name)}:
            return _breaking("isinstance() with an old base class fails")
        return _compatible(f"it keeps its base classes and adds {now}")


def last_word(name: str) -> str:
    """Return the part of a dotted name after its last dot."""
    return name.rpartition(".")[2]


def _of_fact(aspect: Aspect, was: str, now: str) -> Judgement:
    if aspect is Aspect.NEEDED:
        return _breaking("every call must pass it") if now == "required" else _compatible("calls may omit it")
    if aspect is Aspect.BASE and was == "RequestBuilder":
        return _compatible("it has get() now")
    judgements = {
        Aspect.DEPRECATED: _compatible("it still works" if now else "it is no longer deprecated"),
        Aspect.MISSING: _compatible("it works in more clouds"),
        Aspect.DOUBTFUL: _compatible("only a warning appears or disappears"),
        Aspect.PERMISSIONS: _compatible("only hints and docstrings change; the service decides"),
        Aspect.DEFAULT: _compatible("calls that omit it may return other results"),
        Aspect.PRESENT: _compatible("the name is an alias and warns" if now else "the name no longer warns"),
        Aspect.WIRE: Judgement(Impact.INVISIBLE, "the Python name and type stay the same"),
        Aspect.MEDIA_TYPE: _breaking("content has another format unless the call names one"),
        Aspect.RETURNS: _breaking(f"what follows is on {now}, no longer on {was}"),
        Aspect.BASE: _breaking(f"it has the methods of {now}, no longer of {was}"),
        Aspect.VALUE: _breaking("the member has another value"),
        Aspect.TYPE: _breaking(f"calls that pass {was} fail"),
    }
    return judgements[aspect]
