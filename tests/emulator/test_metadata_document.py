"""`$metadata`, as OData clients read it."""

from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest

from graph_meetings_emulator.emulator import VERSIONS
from tests.emulator.support import Site

METADATA = Path(__file__).parents[2] / "metadata"
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["$metadata", "%24metadata"])
def test_the_metadata_is_served_without_a_token(shared: Site, version: str, name: str) -> None:
    response = httpx.get(f"{shared.emulator.origin}/{version}/{name}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/xml"
    assert response.headers["odata-version"] == "4.0"
    assert response.content == (METADATA / version / "global.csdl.xml").read_bytes()


def test_every_version_has_its_own(shared: Site) -> None:
    texts = {httpx.get(f"{shared.emulator.origin}/{version}/$metadata").text for version in VERSIONS}
    assert len(texts) == len(VERSIONS)


def test_the_metadata_names_the_types_that_contexts_name(shared: Site) -> None:
    root = ET.fromstring(shared.get("/$metadata").content)  # noqa: S314  of this project
    types = {name for kind in ("EntityType", "ComplexType") for t in root.iter(EDM + kind) if (name := t.get("Name"))}
    context = shared.json(f"{shared.all_recordings}?$top=1")["@odata.context"]
    assert context.partition("Collection(")[2].partition(")")[0] in types
    assert root.tag.endswith("}Edmx")


def test_a_version_that_does_not_exist_has_none(shared: Site) -> None:
    shared.refused(f"{shared.emulator.origin}/v9.9/$metadata")
