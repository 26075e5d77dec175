"""The Makefile."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

PAGES = ("README.md", "CONTRIBUTING.md", "docs/maintaining.md", ".github/pull_request_template.md")
MAKE = shutil.which("make")

pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not installed")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert MAKE
    # `make test` runs these tests: what it tells the makes that it starts is not for this one.
    environment = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    return subprocess.run(
        [MAKE, *arguments], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60, env=environment
    )


def targets() -> set[str]:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    return set(phony[1].split())


def test_help_lists_every_target() -> None:
    listed = {line.split()[1] for line in make("help").stdout.splitlines()}
    assert listed == targets()


@pytest.mark.parametrize("page", PAGES)
def test_documents_name_targets_that_exist(page: str) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= targets()


def test_an_old_python_is_refused_before_anything_is_installed(tmp_path: Path) -> None:
    old = tmp_path / "python3.10"
    old.write_text("#!/bin/sh\n[ \"$1\" = -c ] && exit 1\necho 'must not run' >&2\n")
    old.chmod(0o755)
    done = make("test", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 2
    assert f"graph-meetings needs Python 3.11 or later; found: {old}" in done.stderr
    assert "must not run" not in done.stderr
    assert not (tmp_path / "venv").exists()
