"""Compares two public APIs, and judges what each change means for code that uses the old one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from codegen.change.public_api import Aspect, Kind, PublicApi, PublicName, joined

_SIMILAR = 0.7
_SHARED_MEMBERS = 0.6


class Impact(StrEnum):
    """What a change means for users."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    INVISIBLE = "invisible"


class Action(StrEnum):
    """What happened to a name."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change.

    Args:
        name: the old name, or the new one if it was added.
        kind: what it names.
        action: what happened to it.
        aspect: what changed about it, empty if it is the whole.
        was: the old value, or the old name if it was renamed.
        now: the new value or name.
        impact: what it means for users.
        reason: why.
        remedy: the line of scope.toml that would keep the old name, empty if there is none.
    """

    name: str
    kind: Kind
    action: Action
    aspect: str
    was: str
    now: str
    impact: Impact
    reason: str
    remedy: str = ""


def compare(old: PublicApi, new: PublicApi) -> tuple[Change, ...]:
    """Return every change of a public name, sorted. Parts of what was added or removed as a whole are left out."""
    return tuple(sorted(_Comparison(old, new).changes()))


class _Comparison:
    def __init__(self, old: PublicApi, new: PublicApi) -> None:
        self.old = old
        self.new = new
        moved_up = [e for e in old.names.values() if e.kind is Kind.FIELD and self._inherited(e, new) is not None]
        moved_down = [e for e in new.names.values() if e.kind is Kind.FIELD and self._inherited(e, old) is not None]
        self.pairs = [(entry, new.names[name]) for name, entry in old.names.items() if name in new.names]
        self.pairs += [(e, found) for e in moved_up if (found := self._inherited(e, new)) is not None]
        self.pairs += [(found, e) for e in moved_down if (found := self._inherited(e, old)) is not None]
        kept_up, kept_down = {e.name for e in moved_up}, {e.name for e in moved_down}
        self.removed = [e for name, e in old.names.items() if name not in new.names and name not in kept_up]
        self.added = [e for name, e in new.names.items() if name not in old.names and name not in kept_down]
        # Names that the new side keeps as aliases. Their parts are those of the current names.
        self.kept = {
            before.name: (before, new.names[now.text(Aspect.PRESENT)])
            for before, now in self.pairs
            if Aspect.PRESENT in now.facts and Aspect.PRESENT not in before.facts
        }
        self.pairs = [pair for pair in self.pairs if pair[0].name not in self.kept]
        self.removed = [entry for entry in _without_parts(self.removed) if entry.owner not in self.kept]
        self.renamed = [*self.kept.values(), *self._renames()]
        # The new names of renamed classes: a renamed class is one change, not one for each field of that type.
        classes = {Kind.CLASS, Kind.ENUM, Kind.BUILDER}
        self._new_names = {b.own_name: n.own_name for b, n in self.renamed if b.kind in classes}
        self._new_names |= {_last(b): _last(n) for b, n in self._new_names.items()}

    def changes(self) -> Iterator[Change]:
        removed = {before.name for before, _ in self.renamed}
        added = {now.name for _, now in self.renamed}
        yield from (_renamed(before, now, is_kept=before.name in self.kept) for before, now in self.renamed)
        yield from (_removed(entry) for entry in self.removed if entry.name not in removed)
        yield from (_added(entry) for entry in _without_parts(self.added) if entry.name not in added)
        for before, now in self.pairs:
            yield from self._changed(before, now)
        for before, now in self.renamed:
            yield from self._parts_changed(before, now)

    def _parts_changed(self, before: PublicName, now: PublicName) -> Iterator[Change]:
        """Compare what belongs to the old and the new name of one thing."""
        on_the_wire = {Aspect.WIRE, Aspect.VALUE}  # the rename itself says so
        yield from (change for change in self._changed(before, now) if change.aspect not in on_the_wire)
        if before.name in self.kept and before.kind is Kind.METHOD:
            return  # the alias has its own parameters, which are compared by name
        old_parts, new_parts = _descendants(self.old, before.name), _descendants(self.new, now.name)
        yield from map(_removed, _without_parts(old_parts[part] for part in old_parts if part not in new_parts))
        yield from map(_added, _without_parts(new_parts[part] for part in new_parts if part not in old_parts))
        for part in old_parts:
            if part in new_parts:
                yield from self._changed(old_parts[part], new_parts[part])

    @staticmethod
    def _inherited(entry: PublicName, other: PublicApi) -> PublicName | None:
        """Return the field that a class inherits on the other side, if it does not declare the field there itself."""
        if entry.name in other.names or entry.owner not in other.names:
            return None
        return other.field(entry.owner, entry.own_name)

    def _renames(self) -> list[tuple[PublicName, PublicName]]:
        candidates = [
            (score, before, now)
            for before in self.removed
            for now in _without_parts(self.added)
            if before.kind is now.kind and before.owner == now.owner
            if (score := self._similarity(before, now)) > 0
        ]
        found: dict[str, tuple[PublicName, PublicName]] = {}
        taken: set[str] = set()
        for _, before, now in sorted(candidates, key=lambda c: (-c[0], c[1].name, c[2].name)):
            if before.name not in found and now.name not in taken:
                found[before.name] = before, now
                taken.add(now.name)
        return list(found.values())

    def _similarity(self, before: PublicName, now: PublicName) -> float:
        """Return how similar two names are, 0 if too little."""
        if before.kind in {Kind.REQUEST, Kind.PACKAGE}:
            return 0
        names = SequenceMatcher(None, before.own_name.lower(), now.own_name.lower()).ratio()
        if before.kind in {Kind.CLASS, Kind.ENUM}:
            old_parts, new_parts = _parts(self.old, before.name), _parts(self.new, now.name)
            shared = len(old_parts & new_parts) / max(len(old_parts | new_parts), 1)
            return shared + names if shared >= _SHARED_MEMBERS else 0
        telling = (Aspect.TYPE, Aspect.NEEDED) if before.kind is Kind.PARAMETER else (Aspect.TYPE,)
        is_alike = all(before.facts.get(aspect) == now.facts.get(aspect) for aspect in telling)
        return names if names >= _SIMILAR and is_alike else 0

    def _changed(self, before: PublicName, now: PublicName) -> Iterator[Change]:
        for aspect in Aspect:
            old_values = tuple(map(self._with_new_names, before.facts.get(aspect, ())))
            new_values = now.facts.get(aspect, ())
            if old_values == new_values:
                continue
            if aspect is Aspect.WIRE and before.facts.get(Aspect.TYPE) != now.facts.get(Aspect.TYPE):
                continue  # the change of type says so
            if aspect is Aspect.DEFAULT and before.facts.get(Aspect.NEEDED) != now.facts.get(Aspect.NEEDED):
                continue  # the change of requirement says so
            impact, reason = self._judge(aspect, before, old_values, new_values)
            action = Action.DEPRECATED if aspect is Aspect.DEPRECATED and new_values else Action.CHANGED
            was, is_now = joined(aspect, old_values), joined(aspect, new_values)
            yield Change(before.name, before.kind, action, aspect, was, is_now, impact, reason)

    def _with_new_names(self, text: str) -> str:
        return re.sub(r"\w+", lambda word: self._new_names.get(word[0], word[0]), text) if self._new_names else text

    def _judge(
        self, aspect: Aspect, name: PublicName, old_values: tuple[str, ...], new_values: tuple[str, ...]
    ) -> tuple[Impact, str]:
        was, now = joined(aspect, old_values), joined(aspect, new_values)
        if aspect is Aspect.BASE and name.kind is Kind.CLASS:
            return self._judge_base(name, now)
        if aspect is Aspect.TYPE and name.kind is Kind.FIELD:
            return self._judge_type(name, was, now)
        if aspect is Aspect.TYPE and set(old_values) <= set(new_values):
            return Impact.COMPATIBLE, "calls that worked still work"
        if aspect is Aspect.MISSING and set(new_values) - set(old_values):
            return Impact.BREAKING, "the request fails there before it is sent"
        return _judge(aspect, was, now)

    def _judge_type(self, entry: PublicName, was: str, now: str) -> tuple[Impact, str]:
        package = self.new.names[entry.owner].owner
        old_class, new_class = f"{package}.{was}", f"{package}.{now}"
        if old_class in self.new.lineage(new_class):
            return Impact.COMPATIBLE, f"{now} is a {was}"
        if was == "str" and new_class in self.new.names and self.new.names[new_class].kind is Kind.ENUM:
            return Impact.COMPATIBLE, "members of an open enumeration are strings"
        return Impact.BREAKING, f"code that expects {was} gets {now}"

    def _judge_base(self, entry: PublicName, now: str) -> tuple[Impact, str]:
        lost = sorted(self.old.fields(entry.name) - self.new.fields(entry.name))
        if lost:
            return Impact.BREAKING, f"it no longer inherits {', '.join(lost)}"
        bases = {self._with_new_names(_last(name)) for name in self.old.lineage(entry.name)[1:]}
        if not bases <= {_last(name) for name in self.new.lineage(entry.name)}:
            return Impact.BREAKING, "isinstance() with an old base class fails"
        return Impact.COMPATIBLE, f"it keeps its base classes and adds {now}"


def _parts(api: PublicApi, name: str) -> frozenset[str]:
    return frozenset(entry.own_name for entry in api.names.values() if entry.owner == name)


def _descendants(api: PublicApi, name: str) -> dict[str, PublicName]:
    return {n.removeprefix(name): e for n, e in api.names.items() if n.startswith((f"{name}.", f"{name}("))}


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _without_parts(entries: Iterable[PublicName]) -> list[PublicName]:
    """Leave out the parts of names that are themselves listed."""
    found = list(entries)
    names = {entry.name for entry in found}
    return [entry for entry in found if entry.owner not in names]


def _renamed(entry: PublicName, now: PublicName, *, is_kept: bool) -> Change:
    impact, reason, remedy = Impact.BREAKING, "the old name is gone", _remedy(entry, now)
    if is_kept:
        impact, reason, remedy = Impact.COMPATIBLE, "the old name stays as an alias and warns", ""
    return Change(entry.name, entry.kind, Action.RENAMED, "", entry.name, now.name, impact, reason, remedy)


def _remedy(entry: PublicName, now: PublicName) -> str:
    """Return the line for scope.toml that keeps a former name, empty if none can."""
    classes = {Kind.CLASS, Kind.ENUM, Kind.BUILDER}
    if entry.kind not in {*classes, Kind.FIELD, Kind.MEMBER, Kind.CLIENT_MEMBER, Kind.LINK, Kind.METHOD}:
        return ""
    words = entry.name.split(".")
    key = words[-1] if entry.kind in classes else f'"{words[-2]}.{words[-1]}"'
    return f'{key} = "{_last(now.name)}"'


def _removed(entry: PublicName) -> Change:
    reasons = {
        Kind.MEMBER: "code that uses it fails; the value is still read, as a string",
        Kind.REQUEST: "the service's metadata no longer has it",
        Kind.PARAMETER: "calls that pass it fail",
    }
    reason = reasons.get(entry.kind, "code that uses it fails")
    return Change(entry.name, entry.kind, Action.REMOVED, "", "", "", Impact.BREAKING, reason)


def _added(entry: PublicName) -> Change:
    impact, reason = Impact.COMPATIBLE, "the name is new"
    if entry.kind is Kind.MEMBER:
        reason = "its value was read as an unknown member before"
    elif entry.kind is Kind.REQUEST:
        reason = "the request was not available before"
    elif entry.kind is Kind.PARAMETER:
        needed = entry.text(Aspect.NEEDED) == "required"
        impact = Impact.BREAKING if needed else Impact.COMPATIBLE
        reason = "every call must pass it" if needed else "calls without it still work"
    facts = entry.text(Aspect.TYPE) or entry.text(Aspect.RETURNS)
    return Change(entry.name, entry.kind, Action.ADDED, "", "", facts, impact, reason)


def _judge(aspect: Aspect, was: str, now: str) -> tuple[Impact, str]:
    breaking, compatible, invisible = Impact.BREAKING, Impact.COMPATIBLE, Impact.INVISIBLE
    if aspect is Aspect.NEEDED:
        is_required = now == "required"
        return (breaking, "every call must pass it") if is_required else (compatible, "calls may omit it")
    if aspect is Aspect.DEPRECATED:
        return compatible, "it still works" if now else "it is no longer deprecated"
    if aspect is Aspect.BASE and was == "RequestBuilder":
        return compatible, "it has get() now"
    plain = {
        Aspect.MISSING: (compatible, "it works in more clouds"),
        Aspect.DOUBTFUL: (compatible, "only a warning appears or disappears"),
        Aspect.PERMISSIONS: (compatible, "only hints and docstrings change; the service decides"),
        Aspect.DEFAULT: (compatible, "calls that omit it may return other results"),
        Aspect.PRESENT: (compatible, "the name is an alias and warns" if now else "the name no longer warns"),
        Aspect.WIRE: (invisible, "the Python name and type stay the same"),
        Aspect.MEDIA_TYPE: (breaking, "content has another format unless the call names one"),
        Aspect.RETURNS: (breaking, f"what follows is on {now}, no longer on {was}"),
        Aspect.BASE: (breaking, f"it has the methods of {now}, no longer of {was}"),
        Aspect.VALUE: (breaking, "the member has another value"),
        Aspect.TYPE: (breaking, f"calls that pass {was} fail"),
    }
    return plain[aspect]
