"""Adopts new metadata in one step: extracts, compares, generates and updates the changelog, or changes nothing."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from codegen import plan
from codegen.change.changelog import with_changes
from codegen.change.compare import Change, compare
from codegen.change.extract import Source, extract
from codegen.change.fetch import document_of, fetch
from codegen.change.notes import notes_of
from codegen.change.public_api import public_api_of
from codegen.errors import CodegenError, did_you_mean
from codegen.lower.packages import packages
from codegen.progress import Tell
from codegen.rules.clouds import read_clouds
from codegen.rules.documents import rules_of_documents
from codegen.rules.scope import read_rules
from codegen.write.generate import generate_all
from codegen.write.output import check, replacing
from codegen.write.pages import pages_in


@dataclass(frozen=True, slots=True)
class Places:
    """The files that a refresh reads and replaces."""

    metadata: Path
    output: Path
    changelog: Path


def refresh(
    sources: Sequence[str], places: Places, day: date, tell: Tell, *, is_dry_run: bool = False
) -> tuple[Change, ...]:
    """Adopt new documents, and return what changed for users.

    Args:
        sources: each a URL of a cloud's metadata, or `DOCUMENT=FILE` such as `v1.0/global.csdl.xml=new.csdl`.
        places: the files to replace.
        day: when the documents were found.
        tell: receives progress.
        is_dry_run: whether to change nothing. `tell` then receives the errors of a refresh, such as a type without a
            description, and the changes are still returned.

    Raises:
        CodegenError: something is invalid; nothing has been changed.
    """
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(shutil.copytree(places.metadata, Path(folder) / "metadata"))
        found = _files(sources, staged, Path(folder), day, tell)
        for document, source in found.items():
            (_try_to_extract if is_dry_run else extract)(staged, source, staged / document, tell=tell)
        before, after = (packages(side, allow_missing=True) for side in (places.metadata, staged))
        changes = compare(public_api_of(before), public_api_of(after))
        for note in notes_of(before, (*after, *_complete(staged, found))):
            tell(note)
        if is_dry_run:
            _try_to_generate(staged, places.output, tell)
            return changes
        made = generate_all(staged, tell=tell)
        changelog = places.changelog.read_text(encoding="utf-8")
        new = {
            places.changelog: with_changes(changelog, changes).encode(),
            **pages_in(made.pages, places.output.parent),
        }
        for path in sorted(staged.rglob("*")):
            if path.is_file():
                new[places.metadata / path.relative_to(staged)] = path.read_bytes()
        # Old files are removed at the end, when nothing can need restoring.
        with replacing(made.files, places.output):
            _replace(new)
        return changes


def _complete(metadata: Path, sources: Mapping[str, Source]) -> tuple[plan.Package, ...]:
    """Lower the complete documents, which have more outside the scope than their extracts."""
    versions = {rules.metadata: rules.version for rules in read_rules(metadata / "scope.toml", "scope.toml")}
    documents = {versions[name]: source.path for name, source in sources.items() if name in versions}
    return packages(metadata, documents, allow_missing=True) if documents else ()


def _try_to_extract(metadata: Path, source: Source, out: Path, *, tell: Tell) -> None:
    """Extract. Report what the document lacks, and leave it out of the new side."""
    try:
        extract(metadata, source, out, tell=tell)
    except CodegenError as error:
        extract(metadata, source, out, allow_missing=True, tell=tell)
        tell(f"refresh would fail: {error}")


def _try_to_generate(metadata: Path, output: Path, tell: Tell) -> None:
    """Generate without writing. Report an error, which may be fixed before the refresh."""
    try:
        check(generate_all(metadata).files, output)
    except CodegenError as error:
        tell(f"refresh would fail: {error}")


def _files(sources: Sequence[str], metadata: Path, folder: Path, day: date, tell: Tell) -> Mapping[str, Source]:
    """Return the source of each document. URLs are downloaded."""
    clouds = read_clouds(metadata / "clouds.toml", "clouds.toml")
    known = sorted(rules_of_documents(metadata))
    found: dict[str, Source] = {}
    for number, text in enumerate(sources):
        if "://" in text:
            document, path = document_of(text, clouds), folder / f"{number}.csdl"
            fetch(text, path, tell)
            source = Source(path, text, day)
        else:
            document, separator, name = text.partition("=")
            if not separator:
                names = ", ".join(known)
                raise CodegenError(f"name the document, as in DOCUMENT={text}; documents are {names}", text)
            if document not in known:
                raise CodegenError(f"unknown document {document}{did_you_mean(document, known)}", text)
            source = Source(Path(name), Path(name).name, day)
        if document in found:
            raise CodegenError(f"{document} has two sources", text)
        found[document] = source
    return found


def _replace(new: Mapping[Path, bytes]) -> None:
    """Write files. If there is an error, restore the old ones."""
    old = {path: path.read_bytes() if path.exists() else None for path in new}
    changed = [path for path in new if new[path] != old[path]]
    try:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(new[path])
    except BaseException:
        for path in changed:
            content = old[path]
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
        raise
