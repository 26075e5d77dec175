"""The git repository: its commit, files and tags."""

import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tools.release.errors import ReleaseError
from tools.release.processes import Result, outcome, run


@dataclass(frozen=True)
class Repository:
    """A clone, which may be shallow or without tags.

    Attributes:
        root: root folder of the clone.
    """

    root: Path

    @classmethod
    def around(cls, folder: Path) -> "Repository":
        """Return the clone that contains a folder.

        Raises:
            ReleaseError: if the folder is not in a clone.
        """
        result = outcome(["git", "rev-parse", "--show-toplevel"], folder)
        if result.status != 0:
            raise ReleaseError("is not in a git clone; a release is built from a commit", folder)
        return cls(Path(result.output.strip()))

    @property
    def commit(self) -> str:
        """The hash of the current commit."""
        return self._git("rev-parse", "HEAD").strip()

    @property
    def epoch(self) -> str:
        """The time of the commit, in seconds since 1970."""
        return self._git("log", "-1", "--no-show-signature", "--format=%ct", "HEAD").strip()

    @property
    def changes(self) -> list[str]:
        """Uncommitted changes, one line per file, including untracked files."""
        return self._git("status", "--porcelain", "--untracked-files=all").splitlines()

    def files(self) -> list[str]:
        """Return the names of the files in the commit."""
        return self._git("ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD").rstrip("\0").split("\0")

    def export(self, folder: Path) -> None:
        """Write exactly the files of the commit to a folder."""
        with tempfile.TemporaryDirectory(prefix="graph-meetings-") as temporary:
            archive = Path(temporary) / "commit.zip"
            unchanged = ("-c", "core.autocrlf=false", "-c", "core.eol=lf")
            self._git(*unchanged, "archive", "--format=zip", f"--output={archive}", "HEAD")
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(folder)

    def tagged(self, tag: str) -> str | None:
        """Return the commit of a tag, fetched from `origin` if this clone lacks it, as in CI."""
        found = self._tag(tag)
        if found.status != 0:
            refspec = f"refs/tags/{tag}:refs/tags/{tag}"
            command = ["git", "fetch", "--quiet", "--no-tags", "origin", refspec]
            outcome(command, self.root, {"GIT_TERMINAL_PROMPT": "0"}, seconds=60)
            found = self._tag(tag)
        return found.output.strip() if found.status == 0 else None

    def tag(self, tag: str) -> None:
        """Tag the commit, unless it is already tagged."""
        if self.tagged(tag) != self.commit:
            self._git("tag", "--no-sign", tag, "HEAD")

    def _tag(self, tag: str) -> Result:
        return outcome(["git", "rev-parse", "--quiet", "--verify", f"refs/tags/{tag}^{{commit}}"], self.root)

    def _git(self, *arguments: str) -> str:
        return run(["git", *arguments], self.root)
