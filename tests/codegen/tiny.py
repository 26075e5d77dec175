"""Small metadata for tests: the golden service with something changed."""

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codegen.rules.scope import read_rules
from codegen.scope.document import scope_of
from codegen.scope.scope import Scope
from codegen.write.generate import generate

GOLDEN_METADATA = Path(__file__).parent / "golden_metadata"
CSDL = "v1.0/global.csdl.xml"


@dataclass(frozen=True)
class Tiny:
    """A copy of the golden metadata to change."""

    folder: Path

    def change(self, file: str, old: str, new: str) -> "Tiny":
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return self

    def add_types(self, text: str) -> "Tiny":
        return self.change(CSDL, '<EntityContainer Name="Service">', f'{text}<EntityContainer Name="Service">')

    def add_request(self, path: str) -> "Tiny":
        return self.change("scope.toml", 'requests = ["/me/animals",', f'requests = ["{path}", "/me/animals",')

    def line_of(self, text: str) -> int:
        lines = (self.folder / CSDL).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, start=1) if text in line)

    def scope(self) -> Scope:
        rules, _ = read_rules(self.folder / "scope.toml", "scope.toml")
        return scope_of(self.folder, rules, self.folder / CSDL)

    def generate(self) -> dict[PurePosixPath, str]:
        return generate(self.folder)


def tiny(folder: Path) -> Tiny:
    return Tiny(Path(shutil.copytree(GOLDEN_METADATA, folder / "metadata")))
