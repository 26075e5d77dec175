"""What CHANGELOG.md tells users of a version."""

from pathlib import Path

from packaging.version import Version

from codegen.change.changelog import notes_of
from tools.release.errors import ReleaseError

_FILE = "CHANGELOG.md"


def refuse_without_notes(root: Path, version: Version) -> None:
    """Refuse a version that the changelog has no entry for.

    Args:
        root: the clone.
        version: to be published.

    Raises:
        ReleaseError: there is no section of that version, or nothing in it.
    """
    notes = notes_of((root / _FILE).read_text(encoding="utf-8"), str(version))
    if notes is None:
        raise ReleaseError(
            f"has no section of {version}: below '## [Unreleased]', put a line '## [{version}] - YYYY-MM-DD'"
            " above what this version brings, and commit",
            _FILE,
        )
    if not any(line.strip() and not line.startswith("#") for line in notes.splitlines()):
        raise ReleaseError(f"says nothing of {version}: write what it brings to users, and commit", _FILE)
