"""What can be compared: a metadata document, a metadata folder, or the metadata folder of a git revision."""

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
    """Give the version of the API that two sides are compared in; nothing where that is every version.

    A document has one version, so the other side is looked at in that one alone.

    Args:
        sides: as in `packages_of`.
        metadata: the folder with scope.toml.
        asked: what the user said; a document has the version that is first in scope.toml unless it is said.

    Raises:
        CodegenError: there is no such version.
    """
    known = [rules.version for rules in read_rules(metadata / "scope.toml", "scope.toml")]
    if asked is not None and asked not in known:
        raise CodegenError(f"unknown version {asked}; versions are {', '.join(known)}", "scope.toml")
    return asked or (known[0] if any(Path(side).is_file() for side in sides) else None)


def packages_of(side: str, metadata: Path, api_version: str | None) -> tuple[plan.Package, ...]:
    """Lower one side of a comparison; what it lacks is what the comparison is about, so no error.

    Args:
        side: a document (complete or an extract), a folder with scope.toml, or else a git revision.
        metadata: the folder whose rules hold for a document, and which a revision has under the same path.
        api_version: the only one that counts, needed for a document.

    Raises:
        CodegenError: it is none of these, or something in scope is not understood.
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
    """Write the metadata folder of a revision below another folder."""
    commit = _git(metadata, revision, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    # From inside the folder, git archives that folder alone, with paths relative to it.
    archive = _git(metadata, revision, "archive", "--format=tar", commit.decode().strip())
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        # An argument of extractall since Python 3.11.4 only.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder)  # noqa: S202  the archive is git's own
    return folder


def _git(folder: Path, revision: str, *arguments: str) -> bytes:
    command = ["git", "-C", str(folder), *arguments]
    # S603: git's own options come first, and the revision cannot be one of them.
    result = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if result.returncode != 0:
        reason = result.stderr.decode(errors="replace").strip().splitlines()
        raise CodegenError(
            f"not a document, folder or git revision: {reason[-1] if reason else 'git failed'}", revision
        )
    return result.stdout
