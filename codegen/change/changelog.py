"""CHANGELOG.md, in the form of Keep a Changelog: reads the entries of a version, and adds entries to Unreleased."""

import re
from collections.abc import Mapping, Sequence

from codegen.change.compare import Change
from codegen.change.report import SECTIONS, markdown_sections
from codegen.errors import CodegenError

_NEXT_RELEASE = re.compile(r"^(## |\[[^\]]+\]: )", re.MULTILINE)
_SECTION = re.compile(r"^### (.+)\n", re.MULTILINE)


def notes_of(text: str, release: str) -> str | None:
    """Return the entries of a release such as `1.2.3` or `Unreleased`, or `None` if the changelog lacks it."""
    notes = _notes(text, release)
    return None if notes is None else text[notes]


def with_changes(text: str, changes: Sequence[Change]) -> str:
    """Return a changelog with entries added to Unreleased, except for those that it already has.

    Raises:
        CodegenError: the changelog has no heading `Unreleased`.
    """
    notes = _notes(text, "Unreleased")
    if notes is None:
        raise CodegenError("has no line '## [Unreleased]'", "CHANGELOG.md")
    before, rest = text[: notes.start], text[notes.stop :]
    body = _merged(text[notes], markdown_sections(changes))
    return f"{before}{body.rstrip()}\n\n{rest}" if rest else f"{before}{body}"


def _notes(text: str, release: str) -> slice | None:
    heading = re.search(rf"^## \[{re.escape(release)}\][^\n]*\n?", text, re.MULTILINE)
    if heading is None:
        return None
    following = _NEXT_RELEASE.search(text, heading.end())
    return slice(heading.end(), len(text) if following is None else following.start())


def _merged(body: str, added: Mapping[str, Sequence[str]]) -> str:
    preamble, *parts = _SECTION.split(body)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    names = [*(name for name in SECTIONS if name in sections or name in added)]
    names += [name for name in sections if name not in names]
    new = {name: [entry for entry in added.get(name, ()) if entry not in body] for name in names}
    if not any(new.values()):
        return body
    blocks = [preamble.strip("\n")] if preamble.strip() else []
    for name in names:
        lines = [*filter(None, [sections.get(name, "").strip("\n")]), *new[name]]
        blocks.append("\n".join([f"### {name}", "", *lines]) if lines else f"### {name}")
    return "\n" + "\n\n".join(blocks) + "\n"
