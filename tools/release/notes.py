"""The release notes in CHANGELOG.md."""

from pathlib import Path

from packaging.version import Version

from codegen.change.changelog import notes_of
from tools.release.errors import ReleaseError

_FILE = "CHANGELOG.md"


def refuse_without_notes(root: Path, version: Version) -> None:
    """Refuse a version without release notes.

    Args:
        root: root of the clone.
        version: the version to publish.

    Raises:
        ReleaseError: if the changelog has no section for the version, or an empty one.
    """
    notes = notes_of((root / _FILE).read_text(encoding="utf-8"), str(version))
    if notes is None:
        raise ReleaseError(
            f"has no section for {version}: add the line '## [{version}] - YYYY-MM-DD' below '## [Unreleased]'"
            " and above the entries of this version, and commit",
            _FILE,
        )
    if not any(line.strip() and not line.startswith(("#", "[")) for line in notes.splitlines()):
        raise ReleaseError(f"has an empty section for {version}: describe what changes for users, and commit", _FILE)
