"""Extracts the part of a complete document that the rules need."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from codegen.change.sources import record_source
from codegen.errors import CodegenError, did_you_mean
from codegen.progress import Tell, silent
from codegen.rules.documents import rules_of_documents
from codegen.scope.document import scope_of
from codegen.write.canonical import canonical


@dataclass(frozen=True, slots=True)
class Source:
    """A complete document.

    Args:
        path: the file.
        origin: where it was found, for people to read. `None` keeps the recorded origin, or uses the file name.
        day: when it was found.
    """

    path: Path
    origin: str | None
    day: date


def extract(metadata: Path, source: Source, out: Path, *, allow_missing: bool = False, tell: Tell = silent) -> None:
    """Write the part of a complete document that scope.toml needs, and record its source.

    Args:
        metadata: the folder with scope.toml.
        source: the document.
        out: where to write it, such as `metadata/v1.0/global.csdl.xml`, with SOURCE.toml in that metadata folder.
        allow_missing: whether the document may lack something. A document of another cloud always may.
        tell: receives what it lacks.

    Raises:
        CodegenError: `out` is not a document of any version or cloud, or a rule matches nothing.
    """
    target = out.resolve()
    readers = rules_of_documents(metadata)
    name = next((name for name in readers if target.as_posix().endswith(f"/{name}")), None)
    if name is None:
        shown = PurePosixPath(*target.parts[-2:]).as_posix()
        raise CodegenError(f"unknown document {shown}{did_you_mean(shown, readers)}", metadata)
    is_partial = allow_missing or readers[name].metadata != name
    text = canonical(scope_of(metadata, readers[name], source.path, is_partial=is_partial, tell=tell).schema)
    target.parent.mkdir(parents=True, exist_ok=True)
    record_source(target.parents[name.count("/")], name, source.path, source.origin, source.day)
    target.write_text(text, encoding="utf-8", newline="\n")
