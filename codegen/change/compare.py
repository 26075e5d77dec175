"""Compares two public APIs."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from codegen.change.judge import Impact, Judge, last_word, of_added, of_removed
from codegen.change.public_api import Aspect, Kind, PublicApi, PublicName, joined

_SIMILAR = 0.7
_SHARED_MEMBERS = 0.6


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
        aspect: what changed about it; empty for the name itself.
        was: the old value, or the old name if it was renamed.
        now: the new value or name.
        impact: what it means for users.
        reason: why.
        remedy: the line for scope.toml that would keep the old name; empty if there is none.
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
    """Return every change of a public name, sorted. If something was added or removed, its parts are left out."""
    return tuple(sorted(_Comparison(old, new).changes()))


class _Comparison:
    def __init__(self, old: PublicApi, new: PublicApi) -> None:
        self.old = old
        self.new = new
        inherited_now = self._inherited(old, new)
        inherited_before = self._inherited(new, old)
        pairs = [(before, new.names[name]) for name, before in old.names.items() if name in new.names]
        pairs += inherited_now.values()
        pairs += [(before, now) for now, before in inherited_before.values()]
        # Names that the new side keeps as aliases. Their parts are those of the current names.
        self.kept = {
            before.name: (before, new.names[now.text(Aspect.PRESENT)])
            for before, now in pairs
            if Aspect.PRESENT in now.facts and Aspect.PRESENT not in before.facts
        }
        self.pairs = [pair for pair in pairs if pair[0].name not in self.kept]
        removed = _without_parts(_missing(old, {*new.names, *inherited_now}))
        added = _without_parts(_missing(new, {*old.names, *inherited_before}))
        requests = _same_requests(removed, added)
        self.pairs += requests
        same = {request.name for pair in requests for request in pair}
        self.removed = [entry for entry in removed if entry.owner not in self.kept and entry.name not in same]
        self.added = [entry for entry in added if entry.name not in same]
        self.renamed = [*self.kept.values(), *self._renames(self.removed, self.added)]
        self._judge = Judge(old, new, self._new_names())

    def changes(self) -> Iterator[Change]:
        removed = {before.name for before, _ in self.renamed}
        added = {now.name for _, now in self.renamed}
        yield from (_renamed(before, now, is_kept=before.name in self.kept) for before, now in self.renamed)
        yield from (_removed(entry) for entry in self.removed if entry.name not in removed)
        yield from (_added(entry) for entry in self.added if entry.name not in added)
        for before, now in self.pairs:
            yield from self._changed(before, now)
            yield from self._gained(before, now)
        for before, now in self.renamed:
            yield from self._parts_changed(before, now)

    def _gained(self, before: PublicName, now: PublicName) -> Iterator[Change]:
        """Name the fields that a class inherits from bases that it did not have."""
        if now.kind is not Kind.CLASS or self._judge.with_new_names(before, Aspect.BASE) == now.facts[Aspect.BASE]:
            return
        old_bases = set(self.old.lineage(before.name))
        new_bases = [base for base in self.new.lineage(now.name)[1:] if base not in old_bases]
        known = self.old.fields(before.name)
        for field in (name for name in self.new.names.values() if name.kind is Kind.FIELD and name.owner in new_bases):
            if field.own_name not in known and Aspect.PRESENT not in field.facts:
                yield _added(replace(field, name=f"{now.name}.{field.own_name}", owner=now.name))

    def _new_names(self) -> Mapping[str, Mapping[str, str]]:
        """Return the new names of renamed classes: each is one change, not one for each field of that type."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for before, now in self.renamed:
            if before.kind in {Kind.CLASS, Kind.ENUM, Kind.BUILDER}:
                found[self.old.package(before)][last_word(before.name)] = last_word(now.name)
        return found

    def _parts_changed(self, before: PublicName, now: PublicName) -> Iterator[Change]:
        """Compare the parts of a thing under its old and its new name."""
        on_the_wire = {Aspect.WIRE, Aspect.VALUE}  # the rename itself says so
        yield from (change for change in self._changed(before, now) if change.aspect not in on_the_wire)
        if before.name in self.kept and before.kind is Kind.METHOD:
            return  # the alias has its own parameters, which are compared by name
        if _takes_key(before) and _takes_key(now):
            return  # the alias gets its parameter's name from its own
        old_parts, new_parts = _descendants(self.old, before.name), _descendants(self.new, now.name)
        removed = _without_parts(old_parts[part] for part in old_parts if part not in new_parts)
        added = _without_parts(new_parts[part] for part in new_parts if part not in old_parts)
        renamed = self._renames(removed, added, before.name, now.name)
        known = {entry.name for pair in renamed for entry in pair}
        yield from (_renamed(old, new, is_kept=False) for old, new in renamed)
        yield from (_removed(entry) for entry in removed if entry.name not in known)
        yield from (_added(entry) for entry in added if entry.name not in known)
        for old, new in renamed:
            yield from self._parts_changed(old, new)
        for part in old_parts:
            if part in new_parts:
                yield from self._changed(old_parts[part], new_parts[part])

    @staticmethod
    def _inherited(side: PublicApi, other: PublicApi) -> dict[str, tuple[PublicName, PublicName]]:
        """Find the fields of a side that the same class inherits on the other, each with the inherited field."""
        fields = [name for name in side.names.values() if name.kind is Kind.FIELD and name.name not in other.names]
        found = ((name, other.field(name.owner, name.own_name)) for name in fields if name.owner in other.names)
        return {name.name: (name, inherited) for name, inherited in found if inherited is not None}

    def _renames(
        self, removed: list[PublicName], added: list[PublicName], old_owner: str = "", new_owner: str = ""
    ) -> list[tuple[PublicName, PublicName]]:
        """Pair names that look renamed, of one owner or of the old and the new name of one."""
        candidates = [
            (score, before, now)
            for before in removed
            for now in added
            if before.kind is now.kind
            if before.owner.removeprefix(old_owner) == now.owner.removeprefix(new_owner)
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
        """Return how similar two names are; 0 if they are not similar enough."""
        if before.kind in {Kind.REQUEST, Kind.PACKAGE}:
            return 0
        if _takes_key(before) and _takes_key(now):
            return 1  # a builder has one such method
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
            old_values = self._judge.with_new_names(before, aspect)
            new_values = now.facts.get(aspect, ())
            if old_values == new_values:
                continue
            if aspect is Aspect.WIRE and before.facts.get(Aspect.TYPE) != now.facts.get(Aspect.TYPE):
                continue  # the change of type says so
            if aspect is Aspect.DEFAULT and before.facts.get(Aspect.NEEDED) != now.facts.get(Aspect.NEEDED):
                continue  # the change of requirement says so
            judgement = self._judge.of_changed(aspect, before, old_values, new_values)
            action = Action.DEPRECATED if aspect is Aspect.DEPRECATED and new_values else Action.CHANGED
            was, is_now = joined(aspect, old_values), joined(aspect, new_values)
            yield Change(before.name, before.kind, action, aspect, was, is_now, judgement.impact, judgement.reason)


def _takes_key(name: PublicName) -> bool:
    """Whether a name is the method of a collection builder that takes an entity's key."""
    return name.kind is Kind.METHOD and name.own_name.startswith("by_") and name.own_name.endswith("_id")


def _missing(api: PublicApi, known: set[str]) -> list[PublicName]:
    return [entry for name, entry in api.names.items() if name not in known]


def _same_requests(removed: list[PublicName], added: list[PublicName]) -> list[tuple[PublicName, PublicName]]:
    """Pair requests that call the same functions, with more or fewer parameters. The parameters' changes tell which."""
    pairs: list[tuple[PublicName, PublicName]] = []
    left = [entry for entry in added if entry.kind is Kind.REQUEST]
    for before in removed:
        if before.kind is not Kind.REQUEST:
            continue
        path, given = _path_and_parameters(before)
        others = [(now, *_path_and_parameters(now)) for now in left]
        alike = [
            (len(given ^ takes), now.name, now)
            for now, to, takes in others
            if to == path and given & takes in (given, takes)
        ]
        if alike:
            _, _, now = min(alike)
            left.remove(now)
            pairs.append((before, now))
    return pairs


def _path_and_parameters(request: PublicName) -> tuple[str, frozenset[str]]:
    """Return the path of a request without the parameters of its functions, and these parameters."""
    calls = re.findall(r"\(([^()]*)\)", request.name)
    parameters = frozenset(argument for call in calls for argument in call.split(",") if argument)
    return re.sub(r"\([^()]*\)", "", request.name), parameters


def _parts(api: PublicApi, name: str) -> frozenset[str]:
    return frozenset(entry.own_name for entry in api.names.values() if entry.owner == name)


def _descendants(api: PublicApi, name: str) -> dict[str, PublicName]:
    return {n.removeprefix(name): e for n, e in api.names.items() if n.startswith((f"{name}.", f"{name}("))}


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
    key = (
        entry.own_name.rpartition(".")[2] if entry.kind in classes else f'"{now.name.split(".")[-2]}.{entry.own_name}"'
    )
    return f'{key} = "{last_word(now.name)}"'


def _removed(entry: PublicName) -> Change:
    judgement = of_removed(entry)
    return Change(entry.name, entry.kind, Action.REMOVED, "", "", "", judgement.impact, judgement.reason)


def _added(entry: PublicName) -> Change:
    judgement = of_added(entry)
    facts = entry.text(Aspect.TYPE) or entry.text(Aspect.RETURNS)
    return Change(entry.name, entry.kind, Action.ADDED, "", "", facts, judgement.impact, judgement.reason)
