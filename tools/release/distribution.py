"""`make dist`: build a tested wheel and sdist from the commit."""

import tempfile
from pathlib import Path

from tools.release.build import Distribution, build, exported
from tools.release.checks import check
from tools.release.public_tests import run_public_tests
from tools.release.repository import Repository


def build_and_check(repository: Repository, folder: Path) -> Distribution:
    """Build the commit into a folder, and check wheel and sdist without running them."""
    with exported(repository) as source, tempfile.TemporaryDirectory(prefix="graph-meetings-") as temporary:
        distribution = build(source, repository.epoch, Path(temporary))
        check(distribution, source, repository.files())
        return distribution.move(folder)


def make_distribution(repository: Repository) -> Distribution:
    """Build, check, install and test the commit; move wheel and sdist to `dist/` if they pass."""
    with tempfile.TemporaryDirectory(prefix="graph-meetings-") as temporary:
        distribution = build_and_check(repository, Path(temporary))
        for file in distribution.files:
            print(f"{file.name}: {file.stat().st_size} bytes")
        print("Running the public tests against the installed wheel …")
        with exported(repository) as source:
            print(run_public_tests(distribution.wheel, source))
        return distribution.move(repository.root / "dist")
