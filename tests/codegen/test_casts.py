"""Paths that go on with the objects of a derived type."""

from pathlib import Path
from typing import assert_type

import pytest

from codegen.csdl import QualifiedName, TypeReference
from codegen.errors import CodegenError
from codegen.naming import cast_member_name
from codegen.rules.scope import read_rules
from codegen.scope.document import scope_of
from tests.codegen.golden.client import GraphMeetingsClient
from tests.codegen.golden.models import Bear
from tests.codegen.golden.request_builders import BearsRequestBuilder
from tests.codegen.tiny import CSDL, tiny
from tests.support.credentials import StaticCredential

BEAR = QualifiedName("zoo.bear")


def test_a_cast_is_a_property_of_the_builder() -> None:
    animals = GraphMeetingsClient(StaticCredential("token")).keepers.by_keeper_id("k").animals
    bears = animals.zoo_bear
    assert_type(bears, BearsRequestBuilder)
    assert bears.model is Bear
    assert bears.to_get_request_information().url.endswith("/keepers/k/animals/zoo.bear")
    assert bears.delta().to_get_request_information().url.endswith("/keepers/k/animals/zoo.bear/delta")
    one = animals.by_animal_id("a").zoo_bear
    assert one.to_get_request_information().url.endswith("/keepers/k/animals/a/zoo.bear")
    assert one.permissions is not None


@pytest.mark.parametrize(
    ("type_name", "name"),
    [
        ("microsoft.graph.user", "graph_user"),
        ("microsoft.graph.callRecords.callRecord", "call_records_call_record"),
        ("harbour.model.Tug", "model_tug"),
    ],
)
def test_a_cast_is_named_after_the_end_of_the_namespace_and_the_type(type_name: str, name: str) -> None:
    assert cast_member_name(type_name) == name


@pytest.mark.parametrize(
    ("path", "many"),
    [
        ("/me/animals/zoo.bear/{id}", False),
        ("/me/animals/zoo.bear/{id}/offspring/zoo.bear", True),
        ("/me/animals/zoo.bear/born(since={since})/zoo.bear", True),
        ("/me/get/zoo.bear", False),
    ],
)
def test_a_cast_can_stand_anywhere_in_a_path(tmp_path: Path, path: str, many: bool) -> None:
    request = next(request for request in tiny(tmp_path).add_request(path).scope().requests if request.path == path)
    assert request.response == TypeReference(BEAR, many)


@pytest.mark.parametrize("path", ["/me/animals/zoo.bear/{id}/caves", "/me/animals/{id}/zoo.bear/roar"])
def test_what_only_the_derived_type_has_can_follow_a_cast(tmp_path: Path, path: str) -> None:
    metadata = tiny(tmp_path).change(
        CSDL,
        '<Property Name="den" Type="Edm.String" />',
        '<Property Name="den" Type="Edm.String" /><Property Name="roar" Type="Edm.Stream" />'
        '<NavigationProperty Name="caves" Type="Collection(z.animal)" />',
    )
    scope = metadata.add_request(path).scope()
    assert path in [request.path for request in scope.requests]
    bear, animal = scope.schema.types[BEAR], scope.schema.types[QualifiedName("zoo.animal")]
    assert path.rpartition("/")[2] in {*(p.name for p in bear.properties), *(n.name for n in bear.navigations)}
    assert "caves" not in {navigation.name for navigation in animal.navigations}


@pytest.mark.parametrize(
    ("path", "source", "reason"),
    [
        ("/me/animals/zoo.beer", "animal", "no type zoo.beer derives from zoo.animal; scope.toml: versions.v1.0: /me/"),
        ("/me/animals/zoo.beer", "animal", "casts to it; did you mean 'zoo.bear'"),
        ("/me/animals/z.bear", "animal", "no type z.bear derives from zoo.animal;"),
        ("/me/animals/z.bear", "animal", "casts to it; did you mean 'zoo.bear'"),
        ("/me/animals/zoo.keeper", "animal", "no type zoo.keeper derives from zoo.animal"),
        ("/me/animals/zoo.thing", "animal", "no type zoo.thing derives from zoo.animal"),
        ("/me/animals/zoo.mood", "animal", "no type zoo.mood derives from zoo.animal"),
        ("/me/animals/{id}/zoo.animal", "animal", "no type zoo.animal derives from zoo.animal"),
        ("/me/zoo.bear", "keeper", "no type zoo.bear derives from zoo.keeper"),
    ],
)
def test_a_cast_to_what_is_no_derived_type_names_the_line_and_the_path(
    tmp_path: Path, path: str, source: str, reason: str
) -> None:
    metadata = tiny(tmp_path).add_request(path)
    line = metadata.line_of(f'EntityType Name="{source}"')
    with pytest.raises(CodegenError) as caught:
        metadata.scope()
    assert str(caught.value).startswith(f"{CSDL}:{line}: ")
    assert reason in str(caught.value)


def test_a_cast_cannot_follow_a_stream(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match=r"'zoo\.bear' cannot follow a stream"):
        tiny(tmp_path).add_request("/me/animals/{id}/picture/zoo.bear").scope()


def test_a_document_without_the_type_lacks_the_request(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change(CSDL, '<EntityType Name="bear"', '<EntityType Name="panda"')
    rules, _ = read_rules(metadata.folder / "scope.toml", "scope.toml")
    scope = scope_of(metadata.folder, rules, metadata.folder / CSDL, is_partial=True)
    assert any("no type zoo.bear derives from zoo.animal" in sentence for sentence in scope.missing)
    assert "/keepers/{id}/animals/zoo.bear" not in [request.path for request in scope.requests]
