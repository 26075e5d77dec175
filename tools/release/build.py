"""Build wheel and sdist of a commit. The same commit gives the same bytes, wherever and whenever it is built."""

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
    """The files of a release.

    Attributes:
        wheel: path of the wheel.
        sdist: path of the sdist.
    """

    wheel: Path
    sdist: Path

    @property
    def files(self) -> tuple[Path, Path]:
        """Both files."""
        return (self.wheel, self.sdist)

    def move(self, folder: Path) -> "Distribution":
        """Move both files to a folder, replacing those of earlier releases."""
        folder.mkdir(parents=True, exist_ok=True)
        for earlier in folder.glob("graph_meetings-*"):
            earlier.unlink()
        return Distribution(*(Path(shutil.move(file, folder / file.name)) for file in self.files))


@contextmanager
def exported(repository: Repository) -> Generator[Path]:
    """Yield a folder with the files of the commit only, so that nothing uncommitted is built."""
    with tempfile.TemporaryDirectory(prefix="graph-meetings-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary) / "commit"
        repository.export(folder)
        yield folder


def build(source: Path, epoch: str, folder: Path) -> Distribution:
    """Build wheel and sdist from the commit, and both again from the sdist to compare them.

    Args:
        source: folder with the files of the commit.
        epoch: time of the commit, in seconds since 1970.
        folder: folder for the result.

    Raises:
        ReleaseError: if the build fails, or the sdist does not build the same wheel as the commit.
    """
    built = _run_build(source, epoch, folder / "built", "--sdist", "--wheel")
    rebuilt = _run_build(source, epoch, folder / "rebuilt")  # without options, the wheel is built from the sdist
    for one, other in zip(built.files, rebuilt.files, strict=True):
        if one.read_bytes() != other.read_bytes():
            raise ReleaseError(
                "building from the sdist gives different bytes; check what pyproject.toml includes in tool.hatch.build",
                one.name,
            )
    return built


def _run_build(source: Path, epoch: str, folder: Path, *what: str) -> Distribution:
    # Isolation would download the build backend again; the dependency group dev pins it too.
    command = [sys.executable, "-m", "build", "--no-isolation", *what, "--outdir", str(folder), str(source)]
    run(command, source, {"SOURCE_DATE_EPOCH": epoch})
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return Distribution(wheel, sdist)
