"""Check that wheel and sdist contain exactly what they should."""

import re
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from email.parser import BytesParser
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.requirements import Requirement

from tools.release.build import Distribution
from tools.release.errors import ReleaseError
from tools.release.processes import run

# Packages and their source roots. Not read from pyproject.toml, so that a mistake there is found.
PACKAGES = {
    "graph_meetings": "generated",
    "graph_meetings_archive": "archive",
    "graph_meetings_blocking_archive": "generated",
    "graph_meetings_blocking_runtime": "generated",
    "graph_meetings_emulator": "emulator",
    "graph_meetings_notifications": "notifications",
    "graph_meetings_runtime": "overrides",
}
BESIDE_THE_SOURCES = (".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "pyproject.toml")
INFORMATION = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
# Against what does not belong in it. The budget is smaller: `make bench` compares the wheel with it.
MAXIMUM_BYTES = 930_000


def check(distribution: Distribution, source: Path, tracked: Iterable[str]) -> None:
    """Check wheel and sdist against the commit that they were built from.

    Args:
        distribution: the wheel and sdist.
        source: folder with the files of the commit.
        tracked: names of these files.

    Raises:
        ReleaseError: for the first problem found.
    """
    files = tuple(tracked)
    project = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = version_of(source)
    _check_names("wheel", wheel_contents(distribution.wheel), expected_in_wheel(files, version))
    _check_names("sdist", sdist_contents(distribution.sdist), expected_in_sdist(files, version))
    with zipfile.ZipFile(distribution.wheel) as wheel:
        information = f"graph_meetings-{version}.dist-info"
        check_metadata(wheel.read(f"{information}/METADATA"), project, version)
        if wheel.read(f"{information}/licenses/LICENSE") != (source / "LICENSE").read_bytes():
            raise ReleaseError("differs from LICENSE in the commit", f"{distribution.wheel.name}: licenses/LICENSE")
    for file in distribution.files:
        if (size := file.stat().st_size) > MAXIMUM_BYTES:
            raise ReleaseError(f"is {size} bytes, more than the budget of {MAXIMUM_BYTES}", file.name)
    run([sys.executable, "-m", "twine", "--no-color", "check", "--strict", *distribution.files], source)


def version_of(source: Path) -> str:
    """Read the version of a source tree.

    Raises:
        ReleaseError: if it has none.
    """
    file = source / "overrides/graph_meetings_runtime/version.py"
    found = re.search(r'^VERSION = "([^"]+)"$', file.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise ReleaseError('has no line VERSION = "…"', file.relative_to(source))
    return found[1]


def expected_in_wheel(tracked: Iterable[str], version: str) -> set[str]:
    """Return the names expected in the wheel: the tracked files of the packages, and its metadata."""
    roots = {f"{root}/{package}/": f"{package}/" for package, root in PACKAGES.items()}
    files = {
        package + file.removeprefix(root)
        for file in tracked
        for root, package in roots.items()
        if file.startswith(root)
    }
    markers = {f"{package}/py.typed" for package in PACKAGES}
    return files | markers | {f"graph_meetings-{version}.dist-info/{name}" for name in INFORMATION}


def expected_in_sdist(tracked: Iterable[str], version: str) -> set[str]:
    """Return the names expected in the sdist: the tracked files of the source roots, and what building needs."""
    roots = tuple(f"{root}/" for root in PACKAGES.values())
    files = {file for file in tracked if file.startswith(roots)}
    return {f"graph_meetings-{version}/{file}" for file in {*files, *BESIDE_THE_SOURCES, "PKG-INFO"}}


def wheel_contents(wheel: Path) -> list[str]:
    """Return the names in a wheel."""
    with zipfile.ZipFile(wheel) as opened:
        return opened.namelist()


def sdist_contents(sdist: Path) -> list[str]:
    """Return the names in an sdist; anything but a regular file is marked with its type."""
    with tarfile.open(sdist) as opened:
        return [member.name if member.isfile() else f"{member.name} ({member.type!r})" for member in opened]


def _check_names(kind: str, found: list[str], expected: set[str]) -> None:
    """Compare the names in an archive with the expected ones."""
    if len(found) != len(set(found)):
        raise ReleaseError("contains a file twice", kind)
    top_level = {PurePosixPath(name).parts[0] for name in found} - {PurePosixPath(name).parts[0] for name in expected}
    for wrong, what in (
        (top_level, "unexpected at the top level"),
        (set(found) - expected, "unexpected: remove it, or commit it to a package"),
        (
            expected - set(found),
            "missing: commit it, and include it in tool.hatch.build in pyproject.toml",
        ),
    ):
        if wrong:
            raise ReleaseError(f"{', '.join(sorted(wrong))}: {what}", kind)


def check_metadata(text: bytes, project: dict[str, Any], version: str) -> None:
    """Compare the wheel's METADATA with pyproject.toml.

    Raises:
        ReleaseError: if a field differs, or a requirement is a URL, which package indexes reject.
    """
    message = BytesParser().parsebytes(text)
    single = {
        "Name": project["name"],
        "Version": version,
        "Summary": project["description"],
        "Author": ", ".join(author["name"] for author in project["authors"]),
        "License-Expression": project["license"],
        "License-File": "LICENSE",
        "Requires-Python": project["requires-python"],
        "Description-Content-Type": "text/markdown",
    }
    for field, value in single.items():
        if message[field] != value:
            raise ReleaseError(f"is {message[field]!r}, not {value!r}", f"METADATA: {field}")
    requirements = [Requirement(line) for line in message.get_all("Requires-Dist", [])]
    several = {
        "Project-URL": (
            message.get_all("Project-URL", []),
            [f"{label}, {url}" for label, url in project["urls"].items()],
        ),
        "Classifier": (message.get_all("Classifier", []), project["classifiers"]),
        "Provides-Extra": (message.get_all("Provides-Extra", []), project["optional-dependencies"]),
        "Requires-Dist": (
            [str(requirement) for requirement in requirements if requirement.marker is None],
            [str(Requirement(line)) for line in project["dependencies"]],
        ),
    }
    for field, (found, expected) in several.items():
        if sorted(found) != sorted(expected):
            raise ReleaseError(f"is {sorted(found)}, not {sorted(expected)}", f"METADATA: {field}")
    for requirement in requirements:
        if requirement.url is not None:
            raise ReleaseError("is a URL; package indexes accept only names", f"METADATA: Requires-Dist: {requirement}")
    if not str(message.get_payload()).strip():
        raise ReleaseError("is empty; expected README.md", "METADATA: description")
