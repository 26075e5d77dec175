import inspect
import os
import re
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import assert_type

import pytest

from codegen.write.output import check, write
from graph_meetings_runtime import ContentRequestBuilder, TranscriptContentRequestBuilder
from tests.codegen.golden.beta.models import Animal as BetaAnimal
from tests.codegen.golden.client import GraphMeetingsClient
from tests.codegen.golden.enums import Diet
from tests.codegen.golden.models import Aardvark, Animal, Bear, Label, Tag, Weighing
from tests.codegen.golden.request_builders import AnimalsRequestBuilder
from tests.codegen.tiny import tiny
from tests.support.credentials import StaticCredential

_HERE = Path(__file__).parent


def test_every_awkward_feature_becomes_what_was_reviewed(tmp_path: Path) -> None:
    write(tiny(tmp_path).generate(), tmp_path / "out")
    made = tmp_path / "out" / "tests" / "codegen" / "golden"
    fresh = {**_texts(made), "names.txt": (tmp_path / "out" / "names.txt").read_text()}
    if os.environ.get("UPDATE_GOLDEN"):
        for name, text in fresh.items():
            (_HERE / "golden" / name).parent.mkdir(exist_ok=True)
            (_HERE / "golden" / name).write_text(text)
    assert fresh == _texts(_HERE / "golden")


def _texts(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


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


def test_types_with_one_name_in_two_namespaces_are_two_classes() -> None:
    weighing = Weighing.from_raw({"tag": {"number": 7}})
    assert isinstance(weighing.tag, Tag)
    assert weighing.tag.number == 7
    assert not issubclass(Tag, Label)


def test_several_values_of_a_flags_enumeration_are_kept_as_a_text() -> None:
    assert Animal.from_raw({"diet": "insects"}).diet is Diet.Insects
    both = Animal.from_raw({"diet": "plants,insects"}).diet
    assert both is not None
    assert (both, both.is_known) == ("plants,insects", False)
    assert Weighing.from_raw({"diets": ["plants", "meat"]}).diets == [Diet.Plants, Diet("meat")]


def test_the_content_of_an_entity_is_where_the_properties_that_it_has_say() -> None:
    graph = GraphMeetingsClient(StaticCredential("token"))
    url = graph.content_of(Bear(id="b", den="d")).to_get_request_information().url
    assert url == "https://graph.microsoft.com/v1.0/keepers/d/animals/b/picture"
    assert graph.content_of(Bear(id="b")).to_get_request_information().url.endswith("/v1.0/me/animals/b/picture")


def test_a_stream_with_media_types_is_asked_for_as_the_first() -> None:
    picture = GraphMeetingsClient(StaticCredential("token")).me.animals.by_animal_id("a").picture
    assert picture.to_get_request_information().headers.get("Accept") == {"image/png"}


def test_a_stream_of_webvtt_is_a_transcript_and_any_other_is_not() -> None:
    graph = GraphMeetingsClient(StaticCredential("token"))
    animal = graph.me.animals.by_animal_id("a")
    assert type(animal.sounds) is TranscriptContentRequestBuilder
    assert type(animal.picture) is ContentRequestBuilder
    assert_type(graph.content_of(Aardvark(id="a")), TranscriptContentRequestBuilder)
    assert_type(graph.content_of(Bear(id="b")), ContentRequestBuilder)


@pytest.mark.parametrize(
    ("media_types", "returns"),
    [
        ('"image/png", "text/vtt"', {"Aardvark": "TranscriptContentRequestBuilder", "Bear": "ContentRequestBuilder"}),
        ('"text/vtt", "image/png"', {}),
    ],
)
def test_content_of_has_overloads_only_where_types_differ(
    tmp_path: Path, media_types: str, returns: dict[str, str]
) -> None:
    metadata = tiny(tmp_path).change("scope.toml", '"image/png", "image/gif"', media_types)
    client = metadata.generate()[PurePosixPath("tests/codegen/golden/client.py")]
    overloads = re.findall(r"@overload\n +def content_of\(\s*self, artifact: (\w+), .*?-> (\w+)", client, re.DOTALL)
    assert dict(overloads) == returns
    assert ("import overload" in client) == bool(returns)


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
    files = tiny(tmp_path).generate()
    builders = files[PurePosixPath("tests/codegen/golden/beta/request_builders.py")]
    assert "from tests.codegen.golden.beta.models import Animal, Bear, Weighing" in builders
    assert "def stroke(" in builders
    assert "def get_(" not in builders
    assert "def get_(" in files[PurePosixPath("tests/codegen/golden/request_builders.py")]
    assert "tests.codegen.golden.beta.Animal.mood\n" in files[PurePosixPath("names.txt")]


def test_versions_share_nothing() -> None:
    assert hasattr(Animal, "speed")
    assert not hasattr(BetaAnimal, "speed")
    assert type(BetaAnimal.from_raw({"@odata.type": "#zoo.aardvark"})).__module__ == "tests.codegen.golden.beta.models"
