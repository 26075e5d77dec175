"""Writes changes into CHANGELOG.md under Unreleased, in the sections of Keep a Changelog."""

import re
from collections.abc import Mapping, Sequence

from codegen.change.compare import Change
from codegen.change.report import SECTIONS, markdown_sections
from codegen.errors import CodegenError

_UNRELEASED = re.compile(r"^## \[Unreleased\][^\n]*\n", re.MULTILINE)
_NEXT_RELEASE = re.compile(r"^(## |\[[^\]]+\]: )", re.MULTILINE)
_SECTION = re.compile(r"^### (.+)\n", re.MULTILINE)


def with_changes(text: str, changes: Sequence[Change]) -> str:
    """Add entries to a changelog; those that are there already are not added again.

    Raises:
        CodegenError: the changelog has no section for what is unreleased.
    """
    heading = _UNRELEASED.search(text)
    if heading is None:
        raise CodegenError("has no line '## [Unreleased]'", "CHANGELOG.md")
    following = _NEXT_RELEASE.search(text, heading.end())
    end = len(text) if following is None else following.start()
    body = _merged(text[heading.end() : end], markdown_sections(changes))
    rest = text[end:]
    return f"{text[: heading.end()]}{body}{rest}" if not rest else f"{text[: heading.end()]}{body.rstrip()}\n\n{rest}"


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
