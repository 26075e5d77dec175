"""The padded CSDL document of the generation benchmark."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.benchmarks.large_csdl import large_csdl
from tools.benchmarks.measuring.settings import ROOT


@pytest.mark.slow
def test_padding_changes_nothing_that_is_generated(tmp_path: Path) -> None:
    metadata = tmp_path / "metadata"
    shutil.copytree(ROOT / "metadata", metadata)
    document = metadata / "v1.0" / "global.csdl.xml"
    extract = document.read_bytes()
    document.write_bytes(large_csdl(extract, 3 * len(extract)))
    assert document.stat().st_size > 2 * len(extract)
    command = [sys.executable, "-m", "codegen", "--metadata", str(metadata), "generate", "--check"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_copy_derives_from_a_copy() -> None:
    edm = 'xmlns="http://docs.oasis-open.org/odata/ns/edm"'
    types = '<EntityType Name="a" Abstract="true"/><EntityType Name="b" BaseType="self.a"/>'
    schema = f'<Schema {edm} Namespace="x.y" Alias="self">{types}</Schema>'
    document = f"<Edmx><DataServices>{schema}</DataServices></Edmx>".encode()
    assert b'BaseType="x.y.copy0.a"' in large_csdl(document, len(document))
