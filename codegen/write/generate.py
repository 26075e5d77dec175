"""The whole generator: from the metadata folder and the asynchronous runtime to the text of every file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codegen import plan
from codegen.blocking.twin import twins
from codegen.lower.blocking import blocking_of
from codegen.lower.packages import packages
from codegen.progress import Tell, silent
from codegen.write.pages import pages_of
from codegen.write.render import render

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Generated:
    """Everything that is generated.

    Args:
        files: all of the output folder.
        pages: of the documentation, by their path relative to the parent of the output folder.
    """

    files: Mapping[PurePosixPath, str]
    pages: Mapping[PurePosixPath, str]


def generate(metadata: Path, *, allow_missing: bool = False, tell: Tell = silent) -> dict[PurePosixPath, str]:
    """Render every version in scope.toml. The arguments are those of `packages`."""
    return _render(_lowered(metadata, allow_missing=allow_missing, tell=tell))


def generate_all(metadata: Path, *, tell: Tell = silent, allow_missing: bool = False) -> Generated:
    """Render everything: what `generate` does, the blocking packages, and the pages of the documentation."""
    made = _lowered(metadata, allow_missing=allow_missing, tell=tell)
    return Generated({**_render(made), **twins(_ROOT)}, pages_of(made))


def _lowered(metadata: Path, *, allow_missing: bool, tell: Tell) -> tuple[plan.Package, ...]:
    made = packages(metadata, allow_missing=allow_missing, tell=tell)
    for package in made:
        for note in package.notes:
            tell(note)
    return made


def _render(made: tuple[plan.Package, ...]) -> dict[PurePosixPath, str]:
    return render(made, tuple(map(blocking_of, made)))
