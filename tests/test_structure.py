"""The repository's structure: bounded folders and modules, no import circles, and arrows between packages as designed.

No check is silenced without a reason. Imports for type checkers and imports within functions count too.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_MODULES = 15
MOST_LINES = 300

SOURCE_ROOTS = {
    "codegen": ROOT,
    "tools": ROOT,
    "graph_meetings": ROOT / "generated",
    "graph_meetings_runtime": ROOT / "overrides",
    "graph_meetings_blocking_runtime": ROOT / "generated",
    "graph_meetings_blocking_archive": ROOT / "generated",
    "graph_meetings_archive": ROOT / "archive",
    "graph_meetings_notifications": ROOT / "notifications",
    "graph_meetings_emulator": ROOT / "emulator",
}
"""The folder that each package lies in."""

ALLOWED = {
    "codegen": frozenset[str](),
    "graph_meetings_runtime": frozenset[str](),
    "graph_meetings_blocking_runtime": frozenset({"graph_meetings_runtime"}),
    "graph_meetings_blocking_archive": frozenset(
        {"graph_meetings", "graph_meetings_runtime", "graph_meetings_blocking_runtime", "graph_meetings_archive"}
    ),
    "graph_meetings": frozenset({"graph_meetings_runtime", "graph_meetings_blocking_runtime"}),
    "graph_meetings_archive": frozenset(
        {
            "graph_meetings",
            "graph_meetings_runtime",
            "graph_meetings_blocking_archive",
            "graph_meetings_notifications",
            "graph_meetings_emulator",
        }
    ),
    "graph_meetings_notifications": frozenset({"graph_meetings", "graph_meetings_runtime"}),
    "graph_meetings_emulator": frozenset({"graph_meetings", "graph_meetings_runtime"}),
    "tools": frozenset(
        {
            "codegen",
            "graph_meetings",
            "graph_meetings_runtime",
            "graph_meetings_archive",
            "graph_meetings_emulator",
            "graph_meetings_notifications",
            "tests",
        }
    ),
}
"""The packages of this repository that each package may import; see DESIGN.md, "Folders and packages"."""

FOLDERS = (
    "archive",
    "codegen",
    "emulator",
    "examples",
    "generated",
    "notifications",
    "overrides",
    "tests",
    "tools",
    "typings",
)
"""The folders with code."""

SILENCED = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?|(?:type|pyright):\s*ignore(?:\[[\w, -]*\])?)"
)
"""What silences a check of ruff, mypy or pyright on a line."""

each_package = pytest.mark.parametrize("package", SOURCE_ROOTS)


@cache
def modules(package: str) -> Mapping[str, Path]:
    """Return the files of a package's modules by dotted name."""
    root = SOURCE_ROOTS[package]
    return {dotted(path.relative_to(root)): path for path in sorted((root / package).rglob("*.py"))}


def dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(source: str, package: str) -> Iterator[str]:
    """Yield the dotted name of everything that a module imports.

    Args:
        source: its text.
        package: dotted name of the folder it lies in, for relative imports.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def module_of(name: str, known: Iterable[str]) -> str | None:
    """Return the module that an imported name is, or is defined in."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


@cache
def import_graph(package: str) -> Mapping[str, frozenset[str]]:
    """Return the modules of the package that each of its modules imports."""
    known = modules(package)
    graph: dict[str, frozenset[str]] = {}
    for name, path in known.items():
        found = {module_of(target, known) for target in imports_of(name, path)}
        graph[name] = frozenset(target for target in found if target is not None and target != name)
    return graph


@cache
def imports_of(name: str, path: Path) -> frozenset[str]:
    folder = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return frozenset(imported_names(path.read_text(encoding="utf-8"), folder))


def folder_graph(package: str) -> Mapping[str, frozenset[str]]:
    """Return the folders that each folder imports from.

    `__init__` and `__main__` do not count: they expose and start what is below them, and nothing below imports them.
    """
    files = modules(package)
    inner = {name for name, path in files.items() if path.stem not in {"__init__", "__main__"}}
    graph: dict[str, set[str]] = {}
    for name in inner:
        targets = {target.rpartition(".")[0] for target in import_graph(package)[name] & inner}
        graph.setdefault(name.rpartition(".")[0], set()).update(targets)
    return {folder: frozenset(targets - {folder}) for folder, targets in graph.items()}


def circles(graph: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Return the groups of nodes that can reach each other."""
    reach = {node: reachable(node, graph) for node in graph}
    groups = {frozenset({node, *(other for other in reach[node] if node in reach.get(other, ()))}) for node in graph}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def reachable(start: str, graph: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in graph.get(waiting.pop(), frozenset()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return frozenset(found)


@each_package
def test_no_folder_has_too_many_modules(package: str) -> None:
    folders: dict[str, int] = {}
    for name, path in modules(package).items():
        if path.name != "__init__.py":
            folder = name.rpartition(".")[0]
            folders[folder] = folders.get(folder, 0) + 1
    assert {folder: count for folder, count in folders.items() if count > MOST_MODULES} == {}


@pytest.mark.parametrize("package", [name for name, root in SOURCE_ROOTS.items() if root.name != "generated"])
def test_no_module_is_too_long(package: str) -> None:
    lengths = {name: path.read_text(encoding="utf-8").count("\n") for name, path in modules(package).items()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


@each_package
def test_no_modules_import_each_other(package: str) -> None:
    assert circles(import_graph(package)) == []


@each_package
def test_no_folders_import_each_other(package: str) -> None:
    assert circles(folder_graph(package)) == []


@each_package
def test_packages_import_only_what_they_may(package: str) -> None:
    own = {*SOURCE_ROOTS, "tests", "examples"} - {package} - ALLOWED[package]
    wrong = {
        (name, target)
        for name, path in modules(package).items()
        for target in imports_of(name, path)
        if target.partition(".")[0] in own
    }
    assert wrong == set()


def test_tools_import_only_the_helpers_of_the_tests() -> None:
    targets = {target for name, path in modules("tools").items() for target in imports_of(name, path)}
    tests = {target for target in targets if target.partition(".")[0] == "tests"}
    assert tests, "nothing of tests/ is imported any more: remove it from ALLOWED"
    assert all(target.startswith("tests.support.") for target in tests), tests


def test_helpers_of_the_tests_import_neither_tools_nor_codegen() -> None:
    """They are shipped to the environment that tests the wheel."""
    for path in (ROOT / "tests" / "support").rglob("*.py"):
        for target in imports_of(f"tests.support.{path.stem}", path):
            assert target.partition(".")[0] not in {"tools", "codegen", "examples"}, path.name


def lacks_a_reason(line: str) -> bool:
    """Whether a line silences a check and does not say why behind it."""
    first = SILENCED.search(line)
    return first is not None and SILENCED.sub("", line[first.start() :]).strip(" #\n") == ""


@pytest.mark.parametrize("folder", FOLDERS)
def test_whoever_silences_a_check_says_why(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / folder).rglob("*.py*"))
        if path.suffix in {".py", ".pyi"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if lacks_a_reason(line)
    ]
    assert found == []


# The checks work


@pytest.mark.parametrize("check", ["noqa", "noqa: A001", "noqa: A001, B002", "type: ignore[a-b]", "pyright: ignore"])
def test_a_reason_is_looked_for_behind_what_silences_a_check(check: str) -> None:
    assert lacks_a_reason(f"x = 1  # {check}\n")
    assert lacks_a_reason(f"x = 1  # {check}  # type: ignore[a]\n")
    assert not lacks_a_reason(f"x = 1  # {check}  the reason\n")
    assert not lacks_a_reason(f"x = 1  # {check}  # type: ignore[a]  # the reason\n")
    assert not lacks_a_reason("x = 1  # no check\n")


def test_imports_are_found_wherever_they_stand() -> None:
    source = """
import a.b
from c.d import e as f
from . import sibling
from ..up import thing
if TYPE_CHECKING:
    from g import h
def function():
    import i
"""
    found = set(imported_names(source, "package.folder"))
    assert found == {"a.b", "c.d.e", "package.folder.sibling", "package.up.thing", "g.h", "i"}


def test_a_circle_is_found_with_all_its_members() -> None:
    graph = {"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"a"}), "d": frozenset({"a"})}
    assert circles(graph) == [["a", "b", "c"]]


def test_every_package_is_looked_at() -> None:
    assert all(modules(package) for package in SOURCE_ROOTS)
    assert import_graph("tools")["tools.soak.__main__"] >= {"tools.soak.report"}
