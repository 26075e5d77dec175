"""The whole generator: from the metadata folder to the text of every file."""

from pathlib import Path, PurePosixPath

from codegen.lower.packages import packages
from codegen.progress import Tell, silent
from codegen.write.render import render


def generate(metadata: Path, *, allow_missing: bool = False, tell: Tell = silent) -> dict[PurePosixPath, str]:
    """Render every version in scope.toml. The arguments are those of `packages`."""
    made = packages(metadata, allow_missing=allow_missing, tell=tell)
    for package in made:
        for note in package.notes:
            tell(note)
    return render(made)
