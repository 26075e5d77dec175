"""The whole generator: from the metadata folder to the text of every file."""

from pathlib import Path, PurePosixPath

from codegen.lower.packages import packages
from codegen.progress import Tell, silent
from codegen.write.render import render


def generate(metadata: Path, *, allow_missing: bool = False, tell: Tell = silent) -> dict[PurePosixPath, str]:
    """Render every version in scope.toml. The arguments are those of `packages`."""
    return render(packages(metadata, allow_missing=allow_missing, tell=tell))
