import re
from pathlib import Path

import pytest

from codegen.csdl import QualifiedName, Request
from codegen.errors import CodegenError
from codegen.lower.packages import packages
from codegen.read.csdl.parse import Parser
from codegen.rules.scope import read_rules
from codegen.scope.resolve import resolve
from tests.codegen.tiny import CSDL, Tiny, tiny


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/kepers/{id}/animals", "has no 'kepers'; did you mean 'keepers'?"),
        ("/me/animal", "zoo.keeper has no 'animal'; did you mean 'animals'"),
        ("/me/animals/weight", "has no 'weight'; did you mean 'weigh'?"),
        ("/me/animals/weigh(from={from})", "no overload of weigh takes (from); overloads are weigh(from, list)"),
        ("/me/animals/{id}/legs_v2", "a path cannot end in legs_v2, which is Edm.Int64 and not a stream"),
        ("/me/animals/{id}/picture/offspring", "'offspring' cannot follow a stream"),
        ("/me/animals/weigh(from={from},list={list})/delta", "not composable"),
        ("/me/{id}", "a key cannot follow a single zoo.keeper"),
        ("/me//animals", "is not a path"),
        ("me/animals", "is not a path"),
        ("/me/animals/{id", "is not a path"),
    ],
)
def test_a_request_that_the_metadata_lacks_is_an_error_with_near_names(tmp_path: Path, path: str, reason: str) -> None:
    with pytest.raises(CodegenError) as caught:
        tiny(tmp_path).add_request(path).scope()
    assert str(caught.value).startswith("scope.toml: versions.v1.0")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"aardvark", "bear"]', '"aardvark", "bare"]', "zoo.bare does not derive from it; did you mean 'zoo.bear'"),
        ("animal = [", "tga = []\nanimal = [", "zoo.tga is not in scope; did you mean 'zoo.tag'"),
        ('tag = "Label"', 'tags = "Label"', "zoo.tags is not in scope; did you mean 'zoo.tag'"),
        (
            'parameter = "keeperId"',
            'parameter = "keeperID"',
            "did you mean 'born on Collection(zoo.animal) with keeperId",
        ),
        ("bear = [", "bare = [", "zoo.bare is not in scope"),
        (
            'aardvark = ["/me/animals/{id}/sounds"]',
            'aardvark = ["/me/get/picture"]',
            "not among the requests",
        ),
        ('aardvark = ["/me/animals/{id}/sounds"]', 'aardvark = ["/me/animals"]', "does not end in a stream"),
        ('aardvark = ["/keepers', 'aardvark = "/keepers', "scope.toml: Expected newline"),
        (
            '"animal/picture" =',
            '"animal/pictures" =',
            "zoo.animal/pictures is not in scope; did you mean 'zoo.animal/pict",
        ),
        ('"Collection(bear)" =', '"Collection(bare)" =', "did you mean 'Collection(zoo.bear)'"),
        ('"image/png"', '"png"', "'png' is not a media type like text/vtt"),
        ('["image/png", "image/gif"]', "[]", "expected at least one media type"),
        ("[common.derived]", "[common.deriving]", "unknown key 'deriving'; did you mean 'derived'"),
        ('"user in path"', '"whoever"', "unknown default 'whoever'; the only one is 'user in path'"),
        ('requests = ["/me/animals",', 'requests = ["/me/animals", "/me/animals",', "is listed twice"),
        ('[versions."v1.0"]', '[versions."../x"]', "is not a version"),
        ('"tests.codegen.golden"', '"../x"', "is not a package name"),
    ],
)
def test_a_rule_that_matches_nothing_is_an_error(tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(CodegenError) as caught:
        tiny(tmp_path).change("scope.toml", old, new).scope()
    assert reason in str(caught.value)


def test_a_builder_inherits_from_a_class_that_the_runtime_has(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change("scope.toml", '"MeetingCollectionRequestBuilder"', '"MeetingsRequestBuilder"')
    with pytest.raises(CodegenError) as caught:
        metadata.generate()
    assert str(caught.value).startswith(
        "scope.toml: versions.v1.0.builders.Collection(zoo.bear): the runtime has no class 'MeetingsRequestBuilder'; "
    )


def with_properties(folder: Path, *names: str, type_: str = "animal") -> Tiny:
    return tiny(folder).change(
        "scope.toml", "[common.derived]", f"[common.properties]\n{type_} = {[*names]}\n[common.derived]"
    )


def test_only_the_properties_that_a_rule_lists_are_offered_and_streams_that_are_read(tmp_path: Path) -> None:
    whole = tiny(tmp_path / "whole").scope().schema.types
    animal, bear = QualifiedName("zoo.animal"), QualifiedName("zoo.bear")
    types = with_properties(tmp_path / "some", "tags", "mood").scope().schema.types
    assert [p.name for p in types[animal].properties] == ["mood", "picture", "sounds", "tags"]
    assert len(whole[animal].properties) > 4
    assert [p.name for p in types[bear].properties] == [p.name for p in whole[bear].properties]
    assert types[animal].navigations == whole[animal].navigations


def test_a_key_is_offered_in_any_case(tmp_path: Path) -> None:
    thing = with_properties(tmp_path, type_="thing").scope().schema.types[QualifiedName("zoo.thing")]
    assert tuple(p.name for p in thing.properties) == thing.key != ()


def test_a_rule_may_list_an_inherited_property(tmp_path: Path) -> None:
    types = with_properties(tmp_path, "mood", type_="bear").scope().schema.types
    assert types[QualifiedName("zoo.bear")].properties == ()


@pytest.mark.parametrize(
    ("type_", "name", "reason"),
    [
        ("animal", "mod", "versions.v1.0.properties: zoo.animal has no property 'mod'; did you mean 'mood'?"),
        ("animal", "offspring", "zoo.animal has no property 'offspring'"),
        ("animals", "mood", "zoo.animals is not in scope; did you mean 'zoo.animal'?"),
    ],
)
def test_a_property_that_there_is_not_is_an_error(tmp_path: Path, type_: str, name: str, reason: str) -> None:
    with pytest.raises(CodegenError) as caught:
        with_properties(tmp_path, name, type_=type_).scope()
    assert reason in str(caught.value)


def test_the_key_of_a_stream_must_be_a_text_in_the_entity(tmp_path: Path) -> None:
    changed = tiny(tmp_path).change("scope.toml", 'picture", "/me/animals/{id}/', 'picture", "/me/animals/{idd}/')
    with pytest.raises(CodegenError, match=r"zoo\.bear has no single-valued property 'idd'; did you mean 'id'"):
        changed.generate()
    changed.change("scope.toml", "{idd}", "{legs_v2}")
    with pytest.raises(CodegenError, match=r"legs_v2 is Edm\.Int64, not a string"):
        changed.generate()


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ('<Sandwich Name="x" />', "EntityType has an unknown element Sandwich"),
        ('<Property Name="x" Type="Edm.String" Crunchy="true" />', "Property has an unknown attribute Crunchy"),
        ('<Property Name="x y" Type="Edm.String" />', "'x y' is not an OData name"),
        ('<Property Name="x" Type="Edm.String; import os" />', "'Edm.String; import os' is not a type name"),
        ('<Property Name="x" Type="Edm.PropertyPath" />', "Edm.PropertyPath is not supported"),
        ('<Property Name="x" Type="zoo.animl" />', "unknown type zoo.animl; did you mean 'zoo.animal'"),
        ('<Property Name="x" Type="Edm.String" Nullable="perhaps" />', "Nullable must be true or false, not 'perhaps'"),
    ],
)
def test_what_is_not_understood_is_an_error_with_its_line_in_scope_only(
    tmp_path: Path, element: str, reason: str
) -> None:
    marker = '<Property Name="isVOIPReady" Type="Edm.Boolean" />'
    inside = tiny(tmp_path).change(CSDL, marker, f"{marker}\n{element}")
    with pytest.raises(CodegenError) as caught:
        inside.scope()
    assert str(caught.value) == f"{CSDL}:{inside.line_of(element)}: {str(caught.value).split(': ', 1)[1]}"
    assert reason in str(caught.value)
    inside.change(CSDL, element, "")
    inside.add_types(f'<EntityType Name="elsewhere">\n{element}\n</EntityType>\n').scope()


def test_a_type_that_is_its_own_base_is_an_error(tmp_path: Path) -> None:
    changed = tiny(tmp_path).change(CSDL, '<EntityType Name="thing"', '<EntityType Name="thing" BaseType="z.animal"')
    with pytest.raises(CodegenError, match=r"global\.csdl\.xml:\d+: a type cannot be its own base: zoo\.\w+ → "):
        changed.scope()


def test_a_type_that_is_only_passed_through_keeps_nothing_but_the_way(tmp_path: Path) -> None:
    scope = tiny(tmp_path).scope()
    keeper = scope.schema.types[QualifiedName("zoo.keeper")]
    assert keeper.name not in scope.models
    assert keeper.properties == ()
    assert [navigation.name for navigation in keeper.navigations] == ["animals", "get", "tickets"]


def test_a_base_without_a_rule_offers_every_derived_type(tmp_path: Path) -> None:
    scope = (
        tiny(tmp_path)
        .change("scope.toml", 'animal = ["aardvark", "bear"]', "")
        .change(CSDL, '<Property Name="left out by a rule" Type="no type" />', "")
    )
    assert {QualifiedName("zoo.cat"), QualifiedName("zoo.bear")} <= scope.scope().models


def test_derived_types_of_a_base_that_is_only_inherited_are_not_reached(tmp_path: Path) -> None:
    scope = tiny(tmp_path).add_types('<EntityType Name="rock" BaseType="z.thing" />').scope()
    assert QualifiedName("zoo.thing") in scope.models
    assert QualifiedName("zoo.rock") not in scope.models


def test_a_navigation_property_stays_where_its_target_is_a_response(tmp_path: Path) -> None:
    animal = tiny(tmp_path).scope().schema.types[QualifiedName("zoo.animal")]
    assert [navigation.name for navigation in animal.navigations] == ["cousins", "offspring", "rival"]


def test_an_overload_is_chosen_by_its_binding_type_and_parameters(tmp_path: Path) -> None:
    functions = tiny(tmp_path).scope().schema.functions
    born = [function.signature for function in functions if function.name == "zoo.born"]
    assert born == [
        "zoo.born(Collection(zoo.animal), Edm.DateTimeOffset)",
        "zoo.born(Collection(zoo.animal), Edm.String, Edm.Date, zoo.mood)",
    ]


def test_a_function_bound_to_a_base_type_can_be_called(tmp_path: Path) -> None:
    function = """<Function Name="count" IsBound="true">
        <Parameter Name="bindingParameter" Type="Collection(z.thing)" />
        <ReturnType Type="Collection(z.weighing)" /></Function>"""
    scope = tiny(tmp_path).add_types(function).add_request("/me/animals/count").scope()
    assert "zoo.count(Collection(zoo.thing))" in [function.signature for function in scope.schema.functions]


def test_each_request_is_resolved_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved: list[tuple[str, str]] = []

    def counted(parser: Parser, path: str, rule: str) -> Request:
        resolved.append((parser.document.file, path))
        return resolve(parser, path, rule)

    monkeypatch.setattr("codegen.scope.present.resolve", counted)
    monkeypatch.setattr("codegen.scope.resolve.resolve", counted)
    folder = tiny(tmp_path).folder
    packages(folder, allow_missing=True)
    rules, _ = read_rules(folder / "scope.toml", "scope.toml")
    assert sorted(path for file, path in resolved if file == CSDL) == sorted(
        [*rules.requests, *(path for rule in rules.content_of for path in rule.paths)]
    )


def test_a_derived_type_that_is_not_supported_is_left_out_as_the_message_says(tmp_path: Path) -> None:
    den = '<Property Name="den" Type="Edm.String" />'
    metadata = tiny(tmp_path).change(CSDL, den, f'{den}<Property Name="place" Type="Edm.ModelElementPath" />')
    reason = "Edm.ModelElementPath is not supported, and zoo.bear has it as place; to leave that type out, list those"
    with pytest.raises(CodegenError, match=re.escape(f"{reason} to offer for zoo.animal in [common.derived]")):
        metadata.scope()
    metadata.change("scope.toml", 'animal = ["aardvark", "bear"]', 'animal = ["aardvark"]')
    text = (metadata.folder / "scope.toml").read_text()
    (metadata.folder / "scope.toml").write_text("\n".join(line for line in text.splitlines() if "bear" not in line))
    assert "zoo.bear" not in metadata.scope().models
