"""Publishing for real: to an index on loopback, from there into an empty environment, then a next version."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from tests.release.support import PASSWORD, USER, commit_all, package_index, set_version
from tests.release.wheelhouse import pack_dependencies
from tools.release.build import Distribution
from tools.release.checks import version_of
from tools.release.distribution import build_and_check
from tools.release.errors import ReleaseError
from tools.release.index import Index
from tools.release.processes import run
from tools.release.public_tests import check_imported_from, new_environment
from tools.release.publish import publish, tag_of
from tools.release.repository import Repository

pytestmark = pytest.mark.long

_PROGRAM = Path(__file__).with_name("first_steps.py")


def make(repository: Repository) -> Distribution:
    """Build and check; what `make dist` does beyond that, running the test suite, would take minutes here."""
    return build_and_check(repository, repository.root / "dist")


class User:
    """Somebody with an empty environment and a password for the index."""

    def __init__(self, folder: Path, index: Index) -> None:
        self.environment = folder
        self.python = new_environment(folder)
        self.index = index

    def install(self, *options: str) -> None:
        """Install by name from the index, dependencies included, and from no other: with no configuration of pip."""
        others = {name: "" for name in os.environ if name.startswith("PIP_")}
        address = self.index.simple.replace("://", f"://{USER}:{PASSWORD}@")
        only = {**others, "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": address, "PIP_NO_INPUT": "1"}
        command = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*command, "--no-cache-dir", *options, "graph-meetings[emulator]"], self.environment, only, seconds=120)
        run([self.python, "-m", "pip", "check"], self.environment)

    def run_program(self) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(run([self.python, "-I", _PROGRAM], self.environment, seconds=60))
        return result


@pytest.fixture
def index(tmp_path: Path, credentials: None) -> Iterator[Index]:  # noqa: ARG001  set in the environment
    folder = tmp_path / "index"
    folder.mkdir()
    with package_index(folder) as address:
        yield Index.at(address)


def test_publish_install_and_upgrade(
    clone: Repository,
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    first = Version(version_of(clone.root))
    set_version(clone, first)
    commit_all(clone, "Say what it brings")
    with monkeypatch.context() as wrong:
        wrong.setenv("TWINE_PASSWORD", "wrong")
        with pytest.raises(ReleaseError, match=r"answered 40[13]"):
            publish(clone, index, make=make)

    assert publish(clone, index, make=make) == first
    assert clone.tagged(tag_of(first)) == clone.commit
    assert index.versions(index.credentials()) == [first]
    files = tmp_path / "index" / "files"
    names = {file.name for file in files.iterdir()}
    assert names == {f"graph_meetings-{first}-py3-none-any.whl", f"graph_meetings-{first}.tar.gz"}

    pack_dependencies("graph-meetings[emulator]", files)
    user = User(tmp_path / "environment", index)
    user.install()
    check_imported_from(user.python, user.environment, tmp_path)
    seen = user.run_program()
    assert Path(seen["file"]).is_relative_to(user.environment)
    assert (seen["version"], seen["recordings"] > 0, seen["bytes"], seen["has_made_up_note"]) == (
        str(first),
        True,
        10_000,
        False,
    )

    with pytest.raises(ReleaseError, match="already published"):
        publish(clone, index, make=make)

    change_metadata(clone)
    with pytest.raises(ReleaseError, match="uncommitted changes"):
        publish(clone, index, make=make)
    set_version(clone, f"{first.major}.{first.minor}.{first.micro + 1}")
    commit_all(clone, "Change the metadata")
    with pytest.raises(ReleaseError, match=r"too small after .* \(changes: .*breaking"):
        publish(clone, index, make=make)

    second = Version(f"{first.major + 1}.0.0" if first.major else f"0.{first.minor + 1}.0")
    set_version(clone, second)
    commit_all(clone, "Raise the version")
    assert publish(clone, index, make=make) == second
    user.install("--upgrade")
    seen = user.run_program()
    assert (seen["version"], seen["has_made_up_note"]) == (str(second), True)

    printed = capfd.readouterr()
    assert PASSWORD not in printed.out + printed.err


def change_metadata(repository: Repository) -> None:
    """Add a property and change the type of another, as the service might not, and generate."""
    before = '<Property Name="contentCorrelationId" Type="Edm.String"/>'
    after = '<Property Name="contentCorrelationId" Type="Edm.Guid"/><Property Name="madeUpNote" Type="Edm.String"/>'
    documents = {file: file.read_text(encoding="utf-8") for file in (repository.root / "metadata").glob("*/*.csdl.xml")}
    assert any(before in text for text in documents.values())
    for file, text in documents.items():
        file.write_text(text.replace(before, after), encoding="utf-8", newline="\n")
    docs = repository.root / "metadata" / "docs.toml"
    described = 'contentCorrelationId = "Shared by the recording and the transcript of the same part of a meeting."\n'
    text = docs.read_text(encoding="utf-8")
    assert described in text
    new = f'{described}madeUpNote = "A made-up note."\n'
    docs.write_text(text.replace(described, new), encoding="utf-8", newline="\n")
    run([sys.executable, "-m", "codegen", "generate"], repository.root)
