"""What must not be published is refused before anything is built."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from tests.release.support import commit_all, set_version
from tools.release.build import Distribution
from tools.release.checks import version_of
from tools.release.errors import ReleaseError
from tools.release.index import Credentials, Index
from tools.release.processes import run
from tools.release.proposal import Proposal, minimum_version, read_proposal
from tools.release.publish import publish, refuse_stale, tag_of
from tools.release.repository import Repository

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Shelf(Index):
    """An index that has some versions, and takes no files."""

    has: tuple[str, ...] = ()

    def credentials(self) -> Credentials:
        return Credentials("nobody", "-")

    def versions(self, credentials: Credentials) -> list[Version]:
        assert credentials == self.credentials()
        return sorted(map(Version, self.has))


def shelf(*versions: str) -> Shelf:
    return Shelf("https://host/", versions)


def make(repository: Repository) -> Distribution:
    raise AssertionError(f"builds {repository.root}")


def a_minor(root: Path, tag: str, published: Version) -> Proposal:
    """Stand in for `codegen diff`."""
    assert (root / "metadata").is_dir()
    assert tag == tag_of(published)
    return Proposal(Version(f"{published.major}.{published.minor + 1}"), "adds a property")


def refused(clone: Repository, index: Index) -> str:
    with pytest.raises(ReleaseError) as caught:
        publish(clone, index, propose=a_minor, make=make)
    return str(caught.value)


@pytest.fixture
def released(clone: Repository) -> Repository:
    """A clone whose commit is tagged as 3.0.0."""
    set_version(clone, "3.0.0")
    commit_all(clone, "3.0.0")
    clone.tag("v3.0.0")
    return clone


def test_a_dirty_tree(clone: Repository) -> None:
    (clone.root / "notes.txt").write_text("", encoding="utf-8")
    message = refused(clone, shelf())
    assert "uncommitted changes in 1 files" in message
    assert "?? notes.txt" in message


def test_a_stale_generated_folder(clone: Repository) -> None:
    names = clone.root / "generated/names.txt"
    names.write_text(f"{names.read_text(encoding='utf-8')}stray\n", encoding="utf-8")
    commit_all(clone, "Edit what is generated")
    with pytest.raises(ReleaseError, match=r"(?s)generated/: is not up to date: .*differs: names\.txt"):
        refuse_stale(clone)


def test_a_version_that_the_index_has(released: Repository) -> None:
    assert "3.0.0 is already published" in refused(released, shelf("3.0.0"))


def test_a_version_before_the_last(released: Repository) -> None:
    assert "3.0.0 is older than 4.0.0" in refused(released, shelf("4.0.0"))


def test_a_version_whose_predecessor_has_no_tag(released: Repository) -> None:
    assert "neither this clone nor its origin has the tag v2.5.0" in refused(released, shelf("2.5.0"))


def test_a_version_that_says_too_little(released: Repository) -> None:
    set_version(released, "3.0.1")
    commit_all(released, "3.0.1")
    message = refused(released, shelf("3.0.0"))
    assert "version.py: 3.0.1 is too small after 3.0.0: use at least 3.1 (adds a property)" in message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("## [3.0.0] - 2026-01-02", "", "CHANGELOG.md: has no section for 3.0.0: add the line"),
        ("## [3.0.0]", "## [3.0.0-rc1]", "CHANGELOG.md: has no section for 3.0.0"),
        (
            "- Something.",
            "### Added\n\n## [2.0.0]\n\n- What is older.",
            "CHANGELOG.md: has an empty section for 3.0.0: describe",
        ),
    ],
)
def test_a_version_without_notes(clone: Repository, old: str, new: str, message: str) -> None:
    set_version(clone, "3.0.0")
    changelog = clone.root / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    assert old in text
    changelog.write_text(text.replace(old, new, 1), encoding="utf-8")
    commit_all(clone, "3.0.0")
    assert message in refused(clone, shelf())


def test_a_version_that_names_another_commit(released: Repository) -> None:
    (released.root / "notes.txt").write_text("", encoding="utf-8")
    commit_all(released, "Later")
    assert "tag v3.0.0: already names commit" in refused(released, shelf())


def test_tags_are_fetched_where_a_clone_lacks_them(released: Repository, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    run(["git", "clone", "--quiet", "--no-tags", "--depth=1", f"file://{released.root}", shallow], tmp_path)
    assert not run(["git", "tag"], shallow).strip()
    assert Repository(shallow).tagged("v3.0.0") == released.commit
    assert Repository(shallow).tagged("v9.9.9") is None


def test_a_proposal_is_read_from_json() -> None:
    answer: dict[str, Any] = json.loads(
        """{"changes": [{"impact": "compatible"}, {"impact": "breaking"}, {"impact": "compatible"}],
            "breaking": true, "version": {"from": "3.0.0", "to": "4.0.0"}}"""
    )
    assert read_proposal(answer) == Proposal(Version("4.0.0"), "changes: 1 breaking, 2 compatible")


def test_no_answer_from_the_diff_is_no_permission(released: Repository) -> None:
    with pytest.raises(ReleaseError, match="codegen diff: proposed no version"):
        minimum_version(released.root, "v-none", Version(version_of(released.root)))
