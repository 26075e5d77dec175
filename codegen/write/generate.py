"""The whole generator: from the metadata folder and the asynchronous runtime to the text of every file."""

from pathlib import Path, PurePosixPath

from codegen.blocking.twin import twin
from codegen.lower.blocking import blocking_of
from codegen.lower.packages import packages
from codegen.progress import Tell, silent
from codegen.write.render import render

_RUNTIME = Path(__file__).parents[2] / "overrides" / "graph_meetings_runtime"


def generate(metadata: Path, *, allow_missing: bool = False, tell: Tell = silent) -> dict[PurePosixPath, str]:
    """Render every version in scope.toml. The arguments are those of `packages`."""
    made = packages(metadata, allow_missing=allow_missing, tell=tell)
    for package in made:
        for note in package.notes:
            tell(note)
    return render(made, tuple(map(blocking_of, made)))


def generate_all(metadata: Path, *, tell: Tell = silent, allow_missing: bool = False) -> dict[PurePosixPath, str]:
    """Make the blocking runtime beside what `generate` renders: all of the output folder."""
    return {**generate(metadata, allow_missing=allow_missing, tell=tell), **twin(_RUNTIME)}
