"""Reads a side of a comparison: a metadata document, a metadata folder, or that folder in a git revision."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from codegen import plan
from codegen.errors import CodegenError
from codegen.lower.packages import packages
from codegen.rules.scope import read_rules


def version_of(sides: Iterable[str], metadata: Path, asked: str | None) -> str | None:
    """Return the only version of the API to compare, or `None` for all versions.

    A document has only one version, so that version of the other side is compared.

    Args:
        sides: as in `packages_of`.
        metadata: the folder with scope.toml.
        asked: the user's choice; by default, a document has the first version in scope.toml.

    Raises:
        CodegenError: there is no such version.
    """
    known = [rules.version for rules in read_rules(metadata / "scope.toml", "scope.toml")]
    if asked is not None and asked not in known:
        raise CodegenError(f"unknown version {asked}; versions are {', '.join(known)}", "scope.toml")
    return asked or (known[0] if any(Path(side).is_file() for side in sides) else None)


def packages_of(side: str, metadata: Path, api_version: str | None) -> tuple[plan.Package, ...]:
    """Lower one side of a comparison. What it lacks is shown by the comparison; it is not an error.

    Args:
        side: a document (complete or an extract), a folder with scope.toml, or else a git revision.
        metadata: the folder with the rules for a document, which a revision has at the same path.
        api_version: the only one to compare, required for a document.

    Raises:
        CodegenError: the side is none of these, or something in scope is not supported.
    """
    path = Path(side)
    if path.is_file() and api_version is not None:
        return packages(metadata, {api_version: path}, allow_missing=True)
    if path.is_dir():
        return _only(packages(path, allow_missing=True), api_version)
    with tempfile.TemporaryDirectory() as folder:
        checked_out = _check_out(side, metadata.resolve(), Path(folder))
        try:
            return _only(packages(checked_out, allow_missing=True), api_version)
        except CodegenError as error:
            raise CodegenError(f"this generator cannot read its metadata: {error}", side) from error


def _only(found: tuple[plan.Package, ...], api_version: str | None) -> tuple[plan.Package, ...]:
    return tuple(package for package in found if api_version in {None, package.version})


def _check_out(revision: str, metadata: Path, folder: Path) -> Path:
    """Write the metadata folder of a revision into another folder, and return its path."""
    commit = _git(metadata, revision, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    # Run inside the folder, git archives only that folder, with relative paths.
    archive = _git(metadata, revision, "archive", "--format=tar", commit.decode().strip())
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        # extractall has the argument only since Python 3.11.4.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder)  # noqa: S202  the archive comes from git
    return folder


def _git(folder: Path, revision: str, *arguments: str) -> bytes:
    command = ["git", "-C", str(folder), *arguments]
    # S603: a fixed command; the revision cannot be read as an option.
    result = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  no shell, and arguments of our own
    if result.returncode != 0:
        reason = result.stderr.decode(errors="replace").strip().splitlines()
        raise CodegenError(
            f"not a document, folder or git revision: {reason[-1] if reason else 'git failed'}", revision
        )
    return result.stdout
