"""`make publish`: refuse what must not be published, otherwise upload it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from packaging.version import Version

from tools.release.build import Distribution
from tools.release.checks import version_of
from tools.release.distribution import make_distribution
from tools.release.errors import ReleaseError
from tools.release.index import Credentials, Index
from tools.release.notes import refuse_without_notes
from tools.release.processes import outcome
from tools.release.proposal import Proposal, minimum_version
from tools.release.repository import Repository

Propose: TypeAlias = Callable[[Path, str, Version], Proposal]
Make: TypeAlias = Callable[[Repository], Distribution]


def publish(
    repository: Repository,
    index: Index,
    *,
    propose: Propose = minimum_version,
    make: Make = make_distribution,
) -> Version:
    """Publish the commit and tag it `v<version>`; later versions are compared with the tag.

    Args:
        repository: the clone.
        index: the index to upload to.
        propose: returns the smallest version allowed after the last published one.
        make: builds and tests the distribution.

    Raises:
        ReleaseError: if the release is refused, before anything is sent, or if the upload fails.
    """
    refuse_changes(repository)
    version = Version(version_of(repository.root))
    tag = tag_of(version)
    tagged = repository.tagged(tag)
    if tagged not in {None, repository.commit}:
        raise ReleaseError(f"already names commit {tagged}: raise VERSION in version.py", f"tag {tag}")
    refuse_without_notes(repository.root, version)
    refuse_stale(repository)
    credentials = index.credentials()
    refuse_version(repository, version, index.versions(credentials), propose)
    upload(make(repository), index, credentials)
    repository.tag(tag)
    return version


def tag_of(version: Version) -> str:
    """Return the tag of a version."""
    return f"v{version}"


def refuse_changes(repository: Repository) -> None:
    """Refuse uncommitted changes."""
    if changes := repository.changes:
        listed = "\n".join(changes[:20])
        raise ReleaseError(
            f"has uncommitted changes in {len(changes)} files; commit or remove them:\n{listed}", repository.root
        )


def refuse_stale(repository: Repository) -> None:
    """Refuse a `generated/` that is not up to date."""
    result = outcome([sys.executable, "-m", "codegen", "generate", "--check"], repository.root)
    if result.status != 0:
        printed = f"{result.output}{result.errors}".strip()
        raise ReleaseError(f"is not up to date: run `make generate` and commit\n{printed}", "generated/")


def refuse_version(repository: Repository, version: Version, published: list[Version], propose: Propose) -> None:
    """Refuse a version that is already published, or too small for the changes since the last one."""
    place = "overrides/graph_meetings_runtime/version.py"
    if version in published:
        raise ReleaseError(f"{version} is already published and cannot be replaced: raise VERSION", place)
    if not published:
        return
    last = published[-1]
    if version < last:
        raise ReleaseError(f"{version} is older than {last}, which is published: raise VERSION", place)
    tag = tag_of(last)
    if repository.tagged(tag) is None:
        raise ReleaseError(
            f"{last} is published, but neither this clone nor its origin has the tag {tag}:"
            " run `git fetch --tags`, or tag the commit that it was published from",
            repository.root,
        )
    proposal = propose(repository.root, tag, last)
    if version < proposal.minimum:
        raise ReleaseError(
            f"{version} is too small after {last}: use at least {proposal.minimum} ({proposal.reason})", place
        )


def upload(distribution: Distribution, index: Index, credentials: Credentials) -> None:
    """Upload wheel and sdist with twine.

    Raises:
        ReleaseError: if twine fails.
    """
    command = [sys.executable, "-m", "twine", "--no-color", "upload", "--non-interactive", "--disable-progress-bar"]
    environment = {"TWINE_USERNAME": credentials.username, "TWINE_PASSWORD": credentials.password}
    result = outcome(
        [*command, "--repository-url", index.url, *distribution.files], distribution.wheel.parent, environment
    )
    if result.status != 0:
        printed = f"{result.output}{result.errors}".strip().replace(credentials.password, "***")
        raise ReleaseError(f"twine failed with status {result.status}:\n{printed}", index.url)
