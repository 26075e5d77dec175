"""Pages of the documentation that are generated from metadata, in `docs/` next to the output folder."""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from codegen import plan
from codegen.plan.tables import TableColumn, TablePlan

_DICTIONARY = PurePosixPath("docs", "data-dictionary.md")
_INTRODUCTION = """# Data dictionary

The columns of every table. [Tables](tables.md) says how to make them and what their types are. A property of the
service that has no column is still in `raw`. This page is generated; do not edit it.
"""


def pages_of(packages: Iterable[plan.Package]) -> Mapping[PurePosixPath, str]:
    """Return the text of each page by its path, relative to the parent of the output folder."""
    tables = [table for package in packages for table in package.tables.tables]
    return {_DICTIONARY: "\n".join([_INTRODUCTION, *map(_section, tables)])} if tables else {}


def pages_in(pages: Mapping[PurePosixPath, str], folder: Path) -> Mapping[Path, bytes]:
    """Return the content of the pages that a folder should have; none if it has no documentation."""
    there = {folder / path: text for path, text in pages.items() if (folder / path.parent).is_dir()}
    return {path: text.encode() for path, text in there.items()}


def differing(pages: Mapping[Path, bytes]) -> list[str]:
    """Return one line for each page that is not what it should be."""
    return [
        f"{'differs' if path.exists() else 'missing'}: docs/{path.name}"
        for path, content in pages.items()
        if not path.exists() or path.read_bytes() != content
    ]


def _section(table: TablePlan) -> str:
    lines = [
        f"## {table.name}",
        "",
        _text(table.doc),
        "",
        f"Key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| column | type | description |",
        "| --- | --- | --- |",
        *map(_row, table.flat),
        "",
    ]
    if table.left_out:
        lines += [f"Without a column: {', '.join(f'`{path}`' for path in table.left_out)}.", ""]
    return "\n".join(lines)


def _row(column: TableColumn) -> str:
    type_ = column.type.replace("_", " ").lower()
    return f"| `{column.name}` | {type_} | {_text(column.doc)} |"


def _text(doc: str) -> str:
    """Escape a description for Markdown, except for code in backquotes."""
    parts = doc.replace("\\", "\\\\").replace("|", "\\|").split("`")
    return "`".join(
        part if number % 2 else part.replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")
        for number, part in enumerate(parts)
    )
