"""The reference has every public name; a page leaves out in silence what it does not find."""

import os
import re
import subprocess
import sys
from pathlib import Path

import graph_meetings
import graph_meetings_emulator
from graph_meetings import beta
from graph_meetings_emulator import faults

ROOT = Path(__file__).parents[2]


def test_every_public_name_is_in_the_reference(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=True, timeout=120)
    pages = (page.read_text() for page in (tmp_path / "reference").rglob("*.html"))
    anchors = {anchor for page in pages for anchor in re.findall(r'id="graph_meetings[\w.]*\.(\w+)"', page)}
    public = {name for module in (graph_meetings, beta, graph_meetings_emulator, faults) for name in module.__all__}
    assert public - anchors == set()
