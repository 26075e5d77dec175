"""Formats and checks a rendered tree, and replaces the output folder with it, or compares the two."""

import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from codegen.errors import CodegenError

_CONFIGURATION = Path(__file__).parents[2] / "pyproject.toml"


def write(files: Mapping[PurePosixPath, str], output: Path) -> None:
    """Replace the output folder. An error leaves it unchanged.

    Raises:
        CodegenError: a generated file is not Python.
    """
    with replacing(files, output):
        pass


@contextmanager
def replacing(files: Mapping[PurePosixPath, str], output: Path) -> Generator[None]:
    """Replace the output folder for a block. An error leaves it unchanged, even if the block raises it.

    Raises:
        CodegenError: a generated file is not Python; the block does not run.
    """
    with _fresh_tree(files, output.parent) as tree:
        if output.exists() and not differences(tree, output):
            yield
            return
        aside = Path(tempfile.mkdtemp(prefix=".replaced-", dir=output.parent))
        old = aside / output.name
        try:
            if output.exists():
                output.rename(old)
            tree.rename(output)
            yield
        except BaseException:  # Ctrl-C too
            if not tree.exists():
                output.rename(tree)
            if old.exists():
                old.rename(output)
            raise
        finally:
            shutil.rmtree(aside)


def check(files: Mapping[PurePosixPath, str], output: Path) -> list[str]:
    """Compare the output folder with what would be written; return one line for each difference."""
    with _fresh_tree(files, None) as tree:
        return differences(tree, output)


def differences(tree: Path, output: Path) -> list[str]:
    """Compare two folders byte by byte, ignoring Python's caches."""
    new, old = _contents(tree), _contents(output)
    missing = [f"missing: {path}" for path in new if path not in old]
    stale = [f"stale: {path}" for path in old if path not in new]
    differing = [f"differs: {path}" for path in new if path in old and new[path] != old[path]]
    return sorted([*missing, *stale, *differing])


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@contextmanager
def _fresh_tree(files: Mapping[PurePosixPath, str], beside: Path | None) -> Generator[Path]:
    """Write, format and parse a tree in a temporary folder, inside `beside` so that it can be renamed into place."""
    with tempfile.TemporaryDirectory(prefix=".generated-", dir=beside, ignore_cleanup_errors=True) as temporary:
        tree = Path(temporary) / "generated"
        for path, text in files.items():
            target = tree / path
            if not target.resolve().is_relative_to(tree.resolve()):
                raise CodegenError("refusing to write outside the output folder", path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        _format(tree)
        for module in tree.rglob("*.py"):
            ast.parse(module.read_bytes(), filename=str(module.relative_to(tree)))
        yield tree


def _format(tree: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--quiet",
        "--no-cache",
        "--config",
        str(_CONFIGURATION),
        str(tree),
    ]
    # S603: a fixed command; the only variable argument is the name of a temporary folder.
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  no shell, and arguments of our own
    if result.returncode != 0:
        raise CodegenError(result.stderr.strip(), "ruff format")
