"""The generator as a whole: from the metadata folder to the text of every file."""

from pathlib import Path, PurePosixPath

from codegen.lower.packages import packages
from codegen.progress import Tell, unheard
from codegen.write.render import render


def generate(metadata: Path, *, allow_missing: bool = False, tell: Tell = unheard) -> dict[PurePosixPath, str]:
    """Render every version that scope.toml offers; `packages` says what the arguments mean."""
    return render(packages(metadata, allow_missing=allow_missing, tell=tell))
