"""Install the wheel into an empty environment and run the public tests there."""

import json
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from tools.release.checks import PACKAGES
from tools.release.errors import ReleaseError
from tools.release.processes import run

# These folders and modules import only the packages of the wheel and each other.
FOLDERS = ("client", "emulator", "notifications", "runtime", "tables", "data", "support")
MODULES = ("conftest.py", "test_imports.py")
# Except for these, which import codegen, or each other.
NOT_PUBLIC = ("client/test_every_operation.py", "client/test_least_permissions.py", "client/test_query_options.py")

_PROBE = f"""
import importlib, json
print(json.dumps([importlib.import_module(name).__file__ for name in {list(PACKAGES)}]))
"""


def run_public_tests(wheel: Path, source: Path) -> str:
    """Run the public tests against a wheel and return the last line of pytest's output.

    Args:
        wheel: the wheel.
        source: folder with the files of the commit, from which the tests are copied.

    Raises:
        ReleaseError: if the wheel cannot be installed, is not imported, or fails a test.
    """
    with tempfile.TemporaryDirectory(prefix="graph-meetings-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        python = new_environment(folder / "environment")
        install(python, f"{wheel}[emulator,notifications]", *requirements_of_tests(source))
        copy = folder / "copy"
        copy_tests(source, copy)
        check_imported_from(python, folder / "environment", copy)
        printed = run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], copy)
    return printed.strip().splitlines()[-1]


def new_environment(folder: Path) -> Path:
    """Create an empty virtual environment and return the path of its interpreter."""
    run([sys.executable, "-m", "venv", folder], folder.parent)
    return folder / "bin" / "python"


def install(python: Path, *requirements: str) -> None:
    """Install requirements with pip, as configured on this machine."""
    run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements], python.parent)


def requirements_of_tests(source: Path) -> list[str]:
    """Return the requirements of the dependency group `test`."""
    requirements: list[str] = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))[
        "dependency-groups"
    ]["test"]
    return requirements


def copy_tests(source: Path, copy: Path) -> None:
    """Copy the public tests and the pytest configuration to a folder with nothing else to import.

    Raises:
        ReleaseError: if a listed file or folder does not exist.
    """
    tests = source / "tests"
    for name in (*FOLDERS, *MODULES, *NOT_PUBLIC):
        if not (tests / name).exists():
            raise ReleaseError("does not exist: fix the lists in tools/release/public_tests.py", f"tests/{name}")
    copy.mkdir(parents=True)
    shutil.copy2(source / "pyproject.toml", copy)
    for name in FOLDERS:
        shutil.copytree(tests / name, copy / "tests" / name)
    for name in MODULES:
        shutil.copy2(tests / name, copy / "tests")
    for name in NOT_PUBLIC:
        (copy / "tests" / name).unlink()


def check_imported_from(python: Path, environment: Path, folder: Path) -> None:
    """Check that the packages are imported from an environment, not from a folder."""
    for file in json.loads(run([python, "-c", _PROBE], folder)):
        if not Path(file).resolve().is_relative_to(environment.resolve()):
            raise ReleaseError(f"is imported instead of the package installed in {environment}", file)
