from pathlib import Path, PurePosixPath

import pytest

from codegen.__main__ import main
from codegen.errors import CodegenError
from codegen.write.output import check, write
from tests.codegen.tiny import Tiny, tiny

_FILES = {PurePosixPath("p/__init__.py"): '"""P."""\nx = {  "a":1 }\n', PurePosixPath("names.txt"): "p\n"}


def _run(metadata: Tiny, output: Path, *options: str) -> int:
    return main(["--metadata", str(metadata.folder), "generate", "--output", str(output), *options])


@pytest.mark.slow
def test_check_passes_after_generate_and_ignores_caches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = tiny(tmp_path)
    assert _run(metadata, tmp_path / "out") == 0
    (tmp_path / "out" / "__pycache__").mkdir()
    (tmp_path / "out" / "__pycache__" / "x.pyc").touch()
    assert _run(metadata, tmp_path / "out", "--check") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_check_fails_and_changes_nothing_when_a_byte_differs_a_file_is_missing_or_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = tiny(tmp_path)
    _run(metadata, tmp_path / "out")
    folder = tmp_path / "out" / "tests" / "codegen" / "golden"
    models = folder / "models.py"
    models.write_bytes(models.read_bytes().replace(b"Something", b"something", 1))
    (folder / "enums.py").unlink()
    (folder / "stale.py").touch()
    changed = models.read_bytes()
    assert _run(metadata, tmp_path / "out", "--check") == 1
    assert capsys.readouterr().out.splitlines() == [
        "differs: tests/codegen/golden/models.py",
        "missing: tests/codegen/golden/enums.py",
        "stale: tests/codegen/golden/stale.py",
    ]
    assert models.read_bytes() == changed
    assert _run(metadata, tmp_path / "out") == 0
    assert _run(metadata, tmp_path / "out", "--check") == 0


def test_stale_files_disappear_and_the_rest_is_formatted(tmp_path: Path) -> None:
    output = tmp_path / "out"
    (output / "p").mkdir(parents=True)
    (output / "p" / "stale.py").touch()
    write(_FILES, output)
    assert sorted(path.name for path in output.rglob("*") if path.is_file()) == ["__init__.py", "names.txt"]
    assert (output / "p" / "__init__.py").read_text() == '"""P."""\n\nx = {"a": 1}\n'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_writing_what_is_there_already_touches_nothing(tmp_path: Path) -> None:
    write(_FILES, tmp_path / "out")
    before = (tmp_path / "out" / "names.txt").stat()
    write(_FILES, tmp_path / "out")
    after = (tmp_path / "out" / "names.txt").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_an_error_leaves_the_old_tree_as_it_was(tmp_path: Path) -> None:
    write(_FILES, tmp_path / "out")
    with pytest.raises(CodegenError, match="ruff format"):
        write({PurePosixPath("p/__init__.py"): "def ("}, tmp_path / "out")
    assert check(_FILES, tmp_path / "out") == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_an_interrupt_leaves_the_old_tree_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(_FILES, tmp_path / "out")
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if self.name == "generated":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write({PurePosixPath("names.txt"): "q\n"}, tmp_path / "out")
    assert check(_FILES, tmp_path / "out") == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_nothing_is_written_outside_the_output_folder(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match="outside"):
        write({PurePosixPath("../../x.py"): ""}, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_an_error_is_one_line_and_a_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tiny(tmp_path).add_request("/you"), tmp_path / "out") == 1
    assert capsys.readouterr().err == "codegen: scope.toml: versions.v1.0: /you: the entity container has no 'you'\n"
    assert not (tmp_path / "out").exists()
