import hashlib
import tomllib
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.rules.clouds import read_clouds
from codegen.rules.scope import read_rules
from codegen.scope.document import scope_of
from codegen.write.canonical import canonical
from tests.codegen.tiny import CSDL, tiny

_METADATA = Path(__file__).parents[2] / "metadata"


def _extract(metadata: Path, source: Path, *options: str) -> int:
    arguments = ["--out", str(metadata / CSDL), "--date", "2026-01-02", *options]
    return main(["--metadata", str(metadata), "extract", str(source), *arguments])


def test_extracting_an_extract_gives_the_same_bytes(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).folder
    source = tmp_path / "complete.xml"
    source.write_bytes((metadata / CSDL).read_bytes())
    assert _extract(metadata, source) == 0
    first = (metadata / CSDL).read_bytes()
    source.write_bytes(first)
    assert _extract(metadata, source) == 0
    assert (metadata / CSDL).read_bytes() == first


def test_an_extract_generates_the_same_client(tmp_path: Path) -> None:
    metadata = tiny(tmp_path)
    before = metadata.generate()
    source = tmp_path / "complete.xml"
    source.write_bytes((metadata.folder / CSDL).read_bytes())
    assert _extract(metadata.folder, source) == 0
    assert metadata.generate() == before


def test_an_extract_has_facts_in_scope_only(tmp_path: Path) -> None:
    text = canonical(tiny(tmp_path).scope().schema)
    for word in ("Not copied", '"fence"', '"cat"', "salary", "chip", "Made up", '"z.', "(z."):
        assert word not in text
    assert text.endswith("</edmx:Edmx>\n")


def test_elements_are_sorted_whatever_their_order_was(tmp_path: Path) -> None:
    first = canonical(tiny(tmp_path / "a").scope().schema)
    legs = '<Property Name="legs_v2" Type="Edm.Int64" />'
    mood = '<Property Name="mood" Type="z.mood" />'
    swapped = tiny(tmp_path / "b").change(CSDL, legs, "@@").change(CSDL, mood, legs).change(CSDL, "@@", mood)
    assert canonical(swapped.scope().schema) == first


def test_the_source_is_noted_with_its_origin_date_and_hash(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).folder
    (metadata / "SOURCE.toml").write_text('["beta/x.xml"]\norigin = "o"\ndate = "d"\nsha256 = "s"\n')
    source = tmp_path / "complete.xml"
    source.write_bytes((metadata / CSDL).read_bytes())
    assert _extract(metadata, source, "--origin", 'a "place"') == 0
    noted = tomllib.loads((metadata / "SOURCE.toml").read_text())
    assert noted == {
        "beta/x.xml": {"origin": "o", "date": "d", "sha256": "s"},
        CSDL: {
            "origin": 'a "place"',
            "date": "2026-01-02",
            "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        },
    }


def test_a_target_that_no_version_reads_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = tiny(tmp_path).folder
    options = ["extract", str(metadata / CSDL), "--out", str(metadata / "v1.0" / "globl.csdl.xml")]
    assert main(["--metadata", str(metadata), *options]) == 1
    assert "did you mean 'v1.0/global.csdl.xml'" in capsys.readouterr().err
    assert not (metadata / "SOURCE.toml").exists()


def test_a_cloud_that_lacks_much_has_an_extract_of_the_rest(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).folder
    source = tmp_path / "complete.xml"
    source.write_bytes((metadata / "v1.0" / "us_gov.csdl.xml").read_bytes())
    target = metadata / "v1.0" / "us_gov.csdl.xml"
    assert main(["--metadata", str(metadata), "extract", str(source), "--out", str(target)]) == 0
    text = target.read_text()
    assert '<EntitySet Name="keepers"' in text
    assert "born" not in text
    rules, _ = read_rules(metadata / "scope.toml", "scope.toml")
    assert canonical(scope_of(metadata, rules, target, is_partial=True).schema) == text


def test_the_committed_metadata_is_canonical_and_has_a_source() -> None:
    sources = tomllib.loads((_METADATA / "SOURCE.toml").read_text())
    clouds = read_clouds(_METADATA / "clouds.toml", "clouds.toml")
    documents: set[str] = set()
    for rules in read_rules(_METADATA / "scope.toml", "scope.toml"):
        for document in {rules.metadata, *clouds.documents(rules.version)}:
            path = _METADATA / document
            scope = scope_of(_METADATA, rules, path, is_partial=document != rules.metadata)
            assert canonical(scope.schema) == path.read_text(encoding="utf-8")
            assert set(sources[document]) == {"origin", "date", "sha256"}
            documents.add(document)
    assert documents == set(sources) == {p.relative_to(_METADATA).as_posix() for p in _METADATA.rglob("*.csdl.xml")}


def test_the_committed_metadata_has_no_text_for_people() -> None:
    for path in _METADATA.rglob("*.csdl.xml"):
        text = path.read_text(encoding="utf-8")
        assert "Description" not in text
        assert " String=" not in text.replace('Property="Version" String=', "")


def test_an_extract_can_go_to_another_folder(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    metadata, elsewhere = tiny(tmp_path / "project").folder, tmp_path / "elsewhere"
    out, source = elsewhere / CSDL, metadata / CSDL
    assert main(["--metadata", str(metadata), "extract", str(source), "--out", str(out), "--origin", "first"]) == 0
    assert main(["--metadata", str(metadata), "extract", str(source), "--out", str(out)]) == 0
    noted = tomllib.loads((elsewhere / "SOURCE.toml").read_text())
    assert noted[CSDL]["origin"] == "first"  # the same bytes are still from there
    assert out.exists()
