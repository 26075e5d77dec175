"""What is built, and what is refused."""

import ast
import os
import shutil
import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.release.support import ROOT, clone_to
from tools.release.build import Distribution
from tools.release.checks import PACKAGES, check, check_metadata, sdist_contents, version_of, wheel_contents
from tools.release.distribution import build_and_check
from tools.release.errors import ReleaseError
from tools.release.public_tests import NOT_PUBLIC, copy_tests, requirements_of_tests
from tools.release.repository import Repository


@pytest.fixture(scope="module")
def cloned(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return clone_to(tmp_path_factory.mktemp("first") / "clone")


@pytest.fixture(scope="module")
def built(cloned: Repository) -> Distribution:
    return build_and_check(cloned, cloned.root / "dist")


def test_the_same_commit_gives_the_same_bytes(
    cloned: Repository, built: Distribution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    mask = os.umask(0o077)
    try:
        other = clone_to(tmp_path / "a longer name, with spaces" / "elsewhere")
        (other.root / "generated/graph_meetings/stray.py").write_text("stray = True\n", encoding="utf-8")
        (other.root / "README.md").write_text("Not committed.\n", encoding="utf-8")
        again = build_and_check(other, other.root / "dist")
    finally:
        os.umask(mask)
    assert other.commit == cloned.commit
    assert [file.read_bytes() for file in again.files] == [file.read_bytes() for file in built.files]


def test_the_wheel_holds_the_packages_and_their_information(cloned: Repository, built: Distribution) -> None:
    names = wheel_contents(built.wheel)
    version = version_of(cloned.root)
    assert {name.partition("/")[0] for name in names} == {*PACKAGES, f"graph_meetings-{version}.dist-info"}
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)


def test_the_sdist_holds_the_source_roots_and_what_it_takes_to_build(cloned: Repository, built: Distribution) -> None:
    version = version_of(cloned.root)
    names = {name.removeprefix(f"graph_meetings-{version}/").partition("/")[0] for name in sdist_contents(built.sdist)}
    beside = {".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "SECURITY.md", "pyproject.toml"}
    assert names == {"archive", "emulator", "generated", "notifications", "overrides", *beside}


def test_a_file_that_does_not_belong_in_the_wheel_is_named(
    cloned: Repository, built: Distribution, tmp_path: Path
) -> None:
    files = cloned.files()
    for stray, message in (
        ("graph_meetings/notes.txt", r"wheel: graph_meetings/notes\.txt: unexpected: remove it"),
        ("tests/__init__.py", r"wheel: tests: unexpected at the top level"),
    ):
        wheel = tmp_path / built.wheel.name
        shutil.copy2(built.wheel, wheel)
        with ZipFile(wheel, "a") as opened:
            opened.writestr(stray, "")
        with pytest.raises(ReleaseError, match=message):
            check(Distribution(wheel, built.sdist), cloned.root, files)


def test_a_file_that_is_missing_is_named(cloned: Repository, built: Distribution) -> None:
    files = [*cloned.files(), "generated/graph_meetings/later.py"]
    with pytest.raises(ReleaseError, match=r"wheel: graph_meetings/later\.py: missing"):
        check(built, cloned.root, files)
    files = [*cloned.files(), "generated/later.txt"]
    with pytest.raises(ReleaseError, match=r"sdist: graph_meetings-[^/]+/generated/later\.txt: missing"):
        check(built, cloned.root, files)


@pytest.mark.parametrize(
    ("line", "other", "message"),
    [
        ("License-Expression: MIT", "License-Expression: ISC", "METADATA: License-Expression: is 'ISC', not 'MIT'"),
        ("Requires-Python: >=3.11", "Requires-Python: >=3.8", "METADATA: Requires-Python"),
        ("Requires-Dist: yarl<2,>=1.17", "Requires-Dist: yarl<2,>=1.16", "METADATA: Requires-Dist"),
        ("Classifier: Typing :: Typed\n", "", "METADATA: Classifier"),
        ("starlette<2,>=0.40;", "starlette @ https://example.org/starlette.whl ;", "is a URL"),
        ("Project-URL: Issues", "Project-URL: Bugs", "METADATA: Project-URL"),
        ("Author: The", "Author: Not the", "METADATA: Author"),
    ],
)
def test_a_field_that_differs_from_pyproject_is_named(
    cloned: Repository, built: Distribution, line: str, other: str, message: str
) -> None:
    project: dict[str, Any] = tomllib.loads((cloned.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with ZipFile(built.wheel) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
        text = wheel.read(name).decode()
    assert line in text
    with pytest.raises(ReleaseError, match=message):
        check_metadata(text.replace(line, other).encode(), project, version_of(cloned.root))


def test_a_folder_outside_of_any_clone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="is not in a git clone"):
        Repository.around(tmp_path)


_PRIVATE = frozenset({"codegen", "examples", "recordings", "tools"})


def imported_by(module: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(module.read_bytes())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    # What is taken from a folder of tests is a module.
    taken = {f"{node.module}.{alias.name}" for node in froms for alias in node.names if _is_folder(str(node.module))}
    return names | {str(node.module) for node in froms} | taken


def _is_folder(module: str) -> bool:
    return module.startswith("tests") and (ROOT / module.replace(".", "/")).is_dir()


def test_public_tests_import_nothing_that_the_wheel_lacks(tmp_path: Path) -> None:
    copy_tests(ROOT, tmp_path / "copy")
    modules = {path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*.py")}
    assert {"tests/client/test_paging.py", "tests/emulator/test_query.py", "tests/runtime/test_edm.py"} <= modules
    for module in modules:
        for name in imported_by(tmp_path / "copy" / module):
            assert name.partition(".")[0] not in _PRIVATE, module
            if name.startswith("tests."):
                path = name.replace(".", "/")
                assert f"{path}.py" in modules or (tmp_path / "copy" / path).is_dir(), module


def test_tests_that_are_left_out_have_to_be() -> None:
    left_out = tuple(f"tests.{name.removesuffix('.py').replace('/', '.')}" for name in NOT_PUBLIC)
    for name in NOT_PUBLIC:
        imported = imported_by(ROOT / "tests" / name)
        assert any(module.startswith(("codegen", *left_out)) for module in imported), name


def test_the_public_tests_need_what_pyproject_lists() -> None:
    assert any(line.startswith("pytest>=") for line in requirements_of_tests(ROOT))
    assert all(isinstance(line, str) for line in requirements_of_tests(ROOT)), "an included group is not resolved"
