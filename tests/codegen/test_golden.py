import inspect
import os
from decimal import Decimal
from pathlib import Path, PurePosixPath

from codegen.write import check, write
from tests.codegen.golden.models import Aardvark, Animal, Label, Weighing
from tests.codegen.golden.request_builders import AnimalsRequestBuilder
from tests.codegen.tiny import tiny

_HERE = Path(__file__).parent


def test_every_awkward_feature_becomes_what_was_reviewed(tmp_path: Path) -> None:
    write(tiny(tmp_path).generate(), tmp_path / "out")
    made = tmp_path / "out" / "tests" / "codegen" / "golden"
    fresh = {path.name: path.read_text() for path in made.iterdir()}
    fresh["names.txt"] = (tmp_path / "out" / "names.txt").read_text()
    if os.environ.get("UPDATE_GOLDEN"):
        for name, text in fresh.items():
            (_HERE / "golden" / name).write_text(text)
    assert fresh == {path.name: path.read_text() for path in (_HERE / "golden").iterdir() if path.is_file()}


def test_generating_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    metadata = tiny(tmp_path)
    write(metadata.generate(), tmp_path / "out")
    assert check(metadata.generate(), tmp_path / "out") == []


def test_the_golden_models_work() -> None:
    animal = Animal.from_raw({"@odata.type": "#zoo.aardvark", "tags": [{"class": "x", "children": [{"raw": "AA=="}]}]})
    assert isinstance(animal, Aardvark)
    tags = animal.tags
    assert tags is not None
    assert tags[0].class_ == "x"
    assert tags[0].children == [Label(raw_=b"\0")]
    assert Weighing.from_raw({"weight": 1.5}).weight == Decimal("1.5")


def test_parameters_are_keywords_and_only_optional_ones_have_a_default() -> None:
    method = AnimalsRequestBuilder.born_with_keeper_id_and_on_and_mood
    parameters = list(inspect.signature(method).parameters.values())[1:]
    assert {parameter.kind for parameter in parameters} == {inspect.Parameter.KEYWORD_ONLY}
    without = [parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty]
    assert without == ["mood"]


def test_what_is_out_of_scope_is_not_in_the_output(tmp_path: Path) -> None:
    models = tiny(tmp_path).generate()[PurePosixPath("tests/codegen/golden/models.py")]
    for name in ("Cat", "Fence", "Keeper", "unused", "Not copied"):
        assert name not in models


def test_every_version_has_a_package_with_the_common_requests_and_its_own(tmp_path: Path) -> None:
    metadata = tiny(tmp_path)
    with (metadata.folder / "scope.toml").open("a") as rules:
        rules.write('[versions.beta]\npackage = "tests.codegen.golden.beta"\nmetadata = "v1.0/global.csdl.xml"\n')
        rules.write('requests = ["/me/animals/{id}/picture"]\n')
    files = metadata.generate()
    builders = files[PurePosixPath("tests/codegen/golden/beta/request_builders.py")]
    assert "from tests.codegen.golden.beta.models import Animal, Weighing" in builders
    assert "def picture(" in builders
    assert "def get_(" not in builders
    assert "def get_(" in files[PurePosixPath("tests/codegen/golden/request_builders.py")]
    assert "tests.codegen.golden.beta.Animal.mood\n" in files[PurePosixPath("names.txt")]
