"""What git knows: the commit, its files, its tags."""

import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tools.release.errors import ReleaseError
from tools.release.processes import Result, outcome, run


@dataclass(frozen=True)
class Repository:
    """A clone; shallow ones and ones without tags will do.

    Attributes:
        root: its folder.
    """

    root: Path

    @classmethod
    def around(cls, folder: Path) -> "Repository":
        """Find the clone that a folder is in.

        Raises:
            ReleaseError: it is in none.
        """
        result = outcome(["git", "rev-parse", "--show-toplevel"], folder)
        if result.status != 0:
            raise ReleaseError("is in no git clone, but a release is made from a commit", folder)
        return cls(Path(result.output.strip()))

    @property
    def commit(self) -> str:
        """The hash of the commit that is checked out."""
        return self._git("rev-parse", "HEAD").strip()

    @property
    def epoch(self) -> str:
        """When it was committed, in seconds since 1970."""
        return self._git("log", "-1", "--no-show-signature", "--format=%ct", "HEAD").strip()

    @property
    def changes(self) -> list[str]:
        """What differs from the commit: one line for each file, untracked ones too."""
        return self._git("status", "--porcelain", "--untracked-files=all").splitlines()

    def files(self) -> list[str]:
        """Name the files of the commit."""
        return self._git("ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD").rstrip("\0").split("\0")

    def export(self, folder: Path) -> None:
        """Write the files of the commit, and no others, to a folder."""
        with tempfile.TemporaryDirectory(prefix="graph-meetings-") as temporary:
            archive = Path(temporary) / "commit.zip"
            unchanged = ("-c", "core.autocrlf=false", "-c", "core.eol=lf")
            self._git(*unchanged, "archive", "--format=zip", f"--output={archive}", "HEAD")
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(folder)

    def tagged(self, tag: str) -> str | None:
        """Give the commit of a tag; asks the remote `origin` where this clone lacks it, as those of CI do."""
        found = self._tag(tag)
        if found.status != 0:
            refspec = f"refs/tags/{tag}:refs/tags/{tag}"
            command = ["git", "fetch", "--quiet", "--no-tags", "origin", refspec]
            outcome(command, self.root, {"GIT_TERMINAL_PROMPT": "0"}, seconds=60)
            found = self._tag(tag)
        return found.output.strip() if found.status == 0 else None

    def tag(self, tag: str) -> None:
        """Tag the commit; nothing happens where that is done."""
        if self.tagged(tag) != self.commit:
            self._git("tag", "--no-sign", tag, "HEAD")

    def _tag(self, tag: str) -> Result:
        return outcome(["git", "rev-parse", "--quiet", "--verify", f"refs/tags/{tag}^{{commit}}"], self.root)

    def _git(self, *arguments: str) -> str:
        return run(["git", *arguments], self.root)
