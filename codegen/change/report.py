"""Reports changes as text, as Markdown for CHANGELOG.md or as JSON, and proposes the next version."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from codegen.change.compare import Action, Change
from codegen.change.judge import Impact
from codegen.errors import CodegenError

_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
SECTIONS = ("Added", "Changed", "Deprecated", "Removed")
_SECTION_OF = {
    Action.ADDED: "Added",
    Action.CHANGED: "Changed",
    Action.DEPRECATED: "Deprecated",
    Action.REMOVED: "Removed",
    Action.RENAMED: "Changed",
}


def next_version(version: str, changes: Sequence[Change]) -> str:
    """Return the next version by Semantic Versioning. Before 1.0.0 breaking changes are minor, others are patches.

    Raises:
        CodegenError: the version is not of the form 1.2.3.
    """
    found = _VERSION.fullmatch(version)
    if found is None:
        raise CodegenError(f"{version!r} is not a version like 1.2.3")
    major, minor, patch = map(int, found.groups())
    impacts = {change.impact for change in changes}
    if not impacts:
        return version
    if Impact.BREAKING in impacts:
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    if Impact.COMPATIBLE in impacts and major:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def is_breaking(changes: Sequence[Change]) -> bool:
    """Whether any change breaks users' code."""
    return any(change.impact is Impact.BREAKING for change in changes)


def text(changes: Sequence[Change], version: str) -> str:
    """Return a report for people, by impact, the worst first."""
    blocks: list[str] = []
    for impact in Impact:
        found = [change for change in changes if change.impact is impact]
        if found:
            blocks.append("\n".join([f"{impact} ({len(found)})", *(f"  {line}" for c in found for line in _lines(c))]))
    if not blocks:
        blocks = ["No public name changed."]
    return "\n\n".join([*blocks, f"Version {version} → {next_version(version, changes)}"]) + "\n"


def markdown(changes: Sequence[Change], _version: str = "") -> str:
    """Return entries for CHANGELOG.md, visible changes only, in the sections of Keep a Changelog."""
    sections = markdown_sections(changes)
    return "\n\n".join("\n".join([f"### {section}", "", *lines]) for section, lines in sections.items()) + "\n"


def markdown_sections(changes: Sequence[Change]) -> Mapping[str, tuple[str, ...]]:
    """Return the entries of each section that has any."""
    visible = [change for change in changes if change.impact is not Impact.INVISIBLE]
    sections = {
        section: tuple(_bullet(change) for change in visible if _SECTION_OF[change.action] == section)
        for section in SECTIONS
    }
    return MappingProxyType({section: lines for section, lines in sections.items() if lines})


def as_json(changes: Sequence[Change], version: str) -> str:
    """Return a report for programs."""
    entries = [
        {
            "name": change.name,
            "kind": change.kind,
            "action": change.action,
            "aspect": change.aspect,
            "was": change.was,
            "now": change.now,
            "impact": change.impact,
            "reason": change.reason,
            "remedy": change.remedy,
        }
        for change in changes
    ]
    summary = {
        "changes": entries,
        "breaking": is_breaking(changes),
        "version": {"from": version, "to": next_version(version, changes)},
    }
    return json.dumps(summary, indent=2, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Callable[[Sequence[Change], str], str]] = MappingProxyType(
    {"text": text, "markdown": markdown, "json": as_json}
)


def _lines(change: Change) -> Iterator[str]:
    yield f"{_sentence(change)}: {change.reason}"
    if change.remedy:
        yield "  if this is a rename, keep the old name by adding to the version's aliases in scope.toml:"
        yield f"    {change.remedy}"


def _bullet(change: Change) -> str:
    breaks = change.impact is Impact.BREAKING
    entry = f"- {'**Breaking:** ' if breaks else ''}{_sentence(change, code='`')}"
    # To readers of a changelog, a new name by itself means nothing.
    return f"{entry}\n  ({change.reason})." if breaks or change.action is not Action.ADDED else f"{entry}."


def _sentence(change: Change, code: str = "") -> str:
    def quoted(name: str) -> str:
        return f"{code}{name}{code}"

    name = f"{change.kind} {quoted(change.name)}"
    match change.action:
        case Action.RENAMED:
            is_certain = change.impact is Impact.COMPATIBLE
            return f"{name} {'is' if is_certain else 'looks'} renamed to {quoted(change.now)}"
        case Action.ADDED:
            return f"{name} added{f' ({quoted(change.now)})' if change.now else ''}"
        case Action.REMOVED:
            return f"{name} removed"
        case Action.DEPRECATED:
            return f"{name}: {change.now.rstrip('.')}"
        case Action.CHANGED:
            was, now = (quoted(side) if side else "none" for side in (change.was, change.now))
            return f"{name}: {change.aspect} {was} → {now}"
