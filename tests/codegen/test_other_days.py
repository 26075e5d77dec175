"""Documents of earlier days and other clouds lack some of what the rules name."""

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from codegen.__main__ import main
from codegen.errors import CodegenError
from codegen.write.output import differences
from tests.codegen.tiny import CSDL, Tiny, tiny

pytestmark = pytest.mark.long

_ROOT = Path(__file__).parents[2]
_MODELS = PurePosixPath("tests/codegen/golden/models.py")
_PICTURE = '<Property Name="picture" Type="Edm.Stream" />'


def _lenient(metadata: Tiny, output: Path) -> int:
    return main(["--metadata", str(metadata.folder), "generate", "--output", str(output), "--allow-missing"])


def _formatted(package: str, *folders: Path) -> int:
    """Format one request per builder in a new interpreter, and return their number."""
    path = os.pathsep.join(map(str, (*folders, _ROOT)))
    program = [sys.executable, "-W", "error", str(Path(__file__).parent / "format_requests.py"), package]
    done = subprocess.run(program, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize("package", ["graph_meetings", "graph_meetings.beta", "tests.codegen.golden"])
def test_every_builder_formats_a_request(package: str) -> None:
    assert _formatted(package) > 4


def test_a_document_without_an_operation_gives_a_client_without_it_that_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = (
        tiny(tmp_path).change(CSDL, _PICTURE, "").change(CSDL, '<EntityType Name="bear"', '<EntityType Name="ox"')
    )
    metadata.change("scope.toml", '"tests.codegen.golden"', '"old_zoo"')
    line = metadata.line_of('<EntityType Name="animal"')
    assert _lenient(metadata, tmp_path / "out") == 0
    assert capsys.readouterr().err.splitlines() == [
        f"codegen: {CSDL} lacks 5 of the 21 requests of v1.0",
        "codegen:   requests: /keepers/{id}/animals/{id}/picture: zoo.animal has no 'picture'",
        *(
            f"codegen:   {CSDL}:{line}: no type zoo.bear derives from zoo.animal; requests: "
            f"/keepers/{{id}}/animals/{path} casts to it; did you mean 'zoo.cat' or 'zoo.aardvark'?"
            for path in ("zoo.bear", "zoo.bear/delta", "{id}/zoo.bear")
        ),
        "codegen:   requests: /me/animals/{id}/picture: zoo.animal has no 'picture'",
        "codegen:   derived.zoo.animal: zoo.bear does not derive from it",
        "codegen:   content_of.zoo.bear: /keepers/{den}/animals/{id}/picture",
        "codegen:   content_of.zoo.bear: /me/animals/{id}/picture",
        "codegen:   builders: Collection(zoo.bear) is not in scope",
        "codegen:   media_types: zoo.animal/picture is not in scope",
        ('codegen: scope.toml: versions.v1.0.aliases: "Bear.number" = "id": unknown class Bear; the alias is left out'),
    ]
    names = (tmp_path / "out" / "names.txt").read_text()
    assert "old_zoo.request_builders.AnimalItemRequestBuilder.rival\n" in names
    assert "old_zoo.request_builders.AnimalItemRequestBuilder.picture\n" not in names
    assert _formatted("old_zoo", tmp_path / "out") > 4


def test_a_document_without_any_request_gives_an_empty_client(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = tiny(tmp_path).change("scope.toml", '"tests.codegen.golden"', '"no_zoo"')
    for tag in ('EntitySet Name="keepers" EntityType', 'Singleton Name="me" Type'):
        metadata.change(CSDL, f'<{tag}="zoo.keeper" />', "")
    assert _lenient(metadata, tmp_path / "out") == 0
    assert "lacks 21 of the 21 requests" in capsys.readouterr().err
    assert _formatted("no_zoo", tmp_path / "out") == 0


def test_what_has_no_description_is_described_by_its_name(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change("docs.toml", '[types.bear]\none = "A bear."', "")
    with pytest.raises(CodegenError, match=r'have no description(?s:.*)\[types\."zoo\.bear"\] one'):
        metadata.generate()
    assert _lenient(metadata, tmp_path / "out") == 0
    assert '"""The metadata\'s `zoo.bear`."""' in (tmp_path / "out" / _MODELS).read_text()


def test_a_path_to_a_stream_needs_the_properties_that_it_takes_keys_from(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change(CSDL, '<Property Name="den" Type="Edm.String" />', "")
    assert _lenient(metadata, tmp_path / "out") == 0
    client = (tmp_path / "out" / "tests" / "codegen" / "golden" / "client.py").read_text()
    assert "case Bear():" in client
    assert "artifact.den" not in client


def test_what_is_not_understood_stays_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = tiny(tmp_path).change(CSDL, _PICTURE, '<Property Name="picture" Type="Edm.Stream" Sharp="very" />')
    assert _lenient(metadata, tmp_path / "out") == 1
    line = metadata.line_of('Sharp="very" />')
    assert capsys.readouterr().err == f"codegen: {CSDL}:{line}: Property has an unknown attribute Sharp\n"


def test_an_early_document_is_extracted_only_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = tiny(tmp_path).change(CSDL, _PICTURE, "")
    source = tmp_path / "early.csdl"
    source.write_bytes((metadata.folder / CSDL).read_bytes())
    command = ["--metadata", str(metadata.folder), "extract", str(source), "--out", str(metadata.folder / CSDL)]
    assert main(command) == 1
    assert "zoo.animal has no 'picture'" in capsys.readouterr().err
    assert main([*command, "--allow-missing"]) == 0
    assert capsys.readouterr().err.startswith("codegen: early.csdl lacks 2 of the 21 requests of v1.0\n")
    assert main(["--metadata", str(metadata.folder), "generate", "--output", str(tmp_path / "out")]) == 1


def test_a_missing_base_is_an_error_with_its_line(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change(CSDL, '<EntityType Name="bear" BaseType="z.animal"', '<EntityType Name="bear"')
    metadata.change(
        CSDL, '<EntityType Name="aardvark" BaseType="z.animal"', '<EntityType Name="aardvark" BaseType="z.x"'
    )
    metadata.change("scope.toml", 'animal = ["aardvark", "bear"]', "").change(CSDL, "z.thing", "z.thin")
    with pytest.raises(CodegenError, match=rf"{CSDL}:\d+: unknown type zoo\.thin, the base of zoo\.keeper; did you"):
        metadata.scope()


def test_a_missing_base_is_said_where_a_document_may_lack_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = tiny(tmp_path).change(
        CSDL, '<EntityType Name="keeper" BaseType="z.thing"', '<EntityType Name="keeper" BaseType="z.x"'
    )
    before = tiny(tmp_path / "before")
    assert _lenient(before, tmp_path / "before" / "out") == 0
    assert capsys.readouterr().err == ""
    source = tmp_path / "subset.csdl"
    source.write_bytes((metadata.folder / CSDL).read_bytes())
    command = ["--metadata", str(metadata.folder), "extract", str(source), "--out", str(metadata.folder / CSDL)]
    assert main([*command, "--allow-missing"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "codegen: subset.csdl lacks 0 of the 21 requests of v1.0",
        "codegen:   bases: zoo.keeper lacks its base zoo.x",
    ]
    assert _lenient(metadata, tmp_path / "out") == 0
    # The client does not depend on the base; its metadata says that it is gone.
    assert differences(tmp_path / "out", tmp_path / "before" / "out") == ["differs: tests/codegen/golden/metadata.xml"]
