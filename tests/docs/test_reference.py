"""The reference has every public name. mkdocstrings silently leaves out what a page does not find."""

import os
import re
import subprocess
import sys
from pathlib import Path

import griffe
import pytest

import graph_meetings
import graph_meetings_archive
import graph_meetings_emulator
import graph_meetings_notifications
from graph_meetings import beta
from graph_meetings_emulator import faults

ROOT = Path(__file__).parents[2]
MODEL = """
class Recording(Model):
    id = KeyField("id", STRING)
    ended = Field("endDateTime", DATE_TIME_OFFSET)
    organizer = DeprecatedField("organizer", Complex(lambda: IdentitySet), "Deprecated.")
    kinds = CollectionField("kinds", Enumeration(Kind))
    content = Field("content", STREAM)
    other = 1
"""


def test_fields_are_shown_as_what_they_are_on_an_instance() -> None:
    extensions = griffe.load_extensions(str(ROOT / "tools" / "docs_fields.py"))
    module = griffe.visit("models", filepath=Path("models.py"), code=MODEL, extensions=extensions)
    shown = {name: str(field.annotation) for name, field in module["Recording"].attributes.items() if field.annotation}
    assert shown == {
        "id": "str",
        "ended": "datetime | None",
        "organizer": "IdentitySet | None",
        "kinds": "list[Kind] | None",
    }


@pytest.mark.long
def test_every_public_name_is_in_the_reference(tmp_path: Path) -> None:
    """Packages of the same names that come first on the path, such as those of another clone, are not used."""
    site, other = tmp_path / "site", tmp_path / "other"
    for package in (
        "graph_meetings",
        "graph_meetings_runtime",
        "graph_meetings_blocking_runtime",
        "graph_meetings_archive",
        "graph_meetings_blocking_archive",
        "graph_meetings_notifications",
        "graph_meetings_emulator",
    ):
        (other / package).mkdir(parents=True)
        (other / package / "__init__.py").touch()
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(other)}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120)
    pages = (page.read_text() for page in (site / "reference").rglob("*.html"))
    anchors = {anchor for page in pages for anchor in re.findall(r'id="graph_meetings[\w.]*\.(\w+)"', page)}
    public = {
        name
        for module in (
            graph_meetings,
            beta,
            graph_meetings_archive,
            graph_meetings_notifications,
            graph_meetings_emulator,
            faults,
        )
        for name in module.__all__
    }
    assert public - anchors == {"__version__"}
