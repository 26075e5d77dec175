"""Builds wheel and sdist of a commit: the same commit gives the same bytes, wherever and whenever it is built."""

import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.release.errors import ReleaseError
from tools.release.processes import run
from tools.release.repository import Repository


@dataclass(frozen=True)
class Distribution:
    """What is published.

    Attributes:
        wheel: the file.
        sdist: the file.
    """

    wheel: Path
    sdist: Path

    @property
    def files(self) -> tuple[Path, Path]:
        """Both."""
        return (self.wheel, self.sdist)

    def move(self, folder: Path) -> "Distribution":
        """Move both to a folder, in the place of earlier ones."""
        folder.mkdir(parents=True, exist_ok=True)
        for earlier in folder.glob("graph_meetings-*"):
            earlier.unlink()
        return Distribution(*(Path(shutil.move(file, folder / file.name)) for file in self.files))


@contextmanager
def exported(repository: Repository) -> Generator[Path]:
    """Give a folder with the files of the commit while the block runs: what is not committed cannot be built."""
    with tempfile.TemporaryDirectory(prefix="graph-meetings-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary) / "commit"
        repository.export(folder)
        yield folder


def build(source: Path, epoch: str, folder: Path) -> Distribution:
    """Build wheel and sdist, and the wheel once more from the sdist.

    Args:
        source: the files of a commit.
        epoch: when it was committed, in seconds since 1970.
        folder: gets the files.

    Raises:
        ReleaseError: the build failed, or the sdist builds another wheel than the commit.
    """
    built = _run_build(source, epoch, folder / "built", "--sdist", "--wheel")
    rebuilt = _run_build(source, epoch, folder / "rebuilt")  # without a choice, the wheel is made from the sdist
    for one, other in zip(built.files, rebuilt.files, strict=True):
        if one.read_bytes() != other.read_bytes():
            raise ReleaseError(
                "its sdist builds other bytes; compare what is included in both in pyproject.toml, tool.hatch.build",
                one.name,
            )
    return built


def _run_build(source: Path, epoch: str, folder: Path, *what: str) -> Distribution:
    # Without isolation, which would fetch the backend again: pyproject.toml pins it among the dev dependencies too.
    command = [sys.executable, "-m", "build", "--no-isolation", *what, "--outdir", str(folder), str(source)]
    run(command, source, {"SOURCE_DATE_EPOCH": epoch})
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return Distribution(wheel, sdist)
