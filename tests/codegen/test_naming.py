from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen import naming
from codegen.errors import CodegenError
from codegen.read.csdl.grammar import is_simple_identifier
from graph_meetings_runtime import (
    CollectionRequestBuilder,
    ContentRequestBuilder,
    DeltaRequestBuilder,
    FunctionRequestBuilder,
    GraphClient,
    ItemRequestBuilder,
)
from graph_meetings_runtime.models.model import Model
from tests.codegen.tiny import CSDL, tiny


@pytest.mark.parametrize(
    ("wire_name", "python"),
    [
        ("joinWebUrl", "join_web_url"),
        ("participants_v2", "participants_v2"),
        ("relayIPAddress", "relay_i_p_address"),  # so in msgraph-sdk
        ("id", "id"),
        ("type", "type"),
        ("from", "from_"),
        ("class", "class_"),
        ("raw", "raw_"),
        ("odataType", "odata_type_"),
        ("additionalData", "additional_data_"),
        ("_raw", "raw_"),
    ],
)
def test_fields_are_named_as_kiota_does(wire_name: str, python: str) -> None:
    assert naming.field_name(wire_name) == python


def _camel(name: str) -> str:
    first, *words = name.split("_")
    return first + "".join(word.title() for word in words)


def _public(cls: type) -> set[str]:
    return {name for name in dir(cls) if not name.startswith("_")}


def test_what_the_runtime_has_itself_is_never_shadowed() -> None:
    builders = (CollectionRequestBuilder, ContentRequestBuilder, DeltaRequestBuilder, FunctionRequestBuilder)
    members = set[str]().union(*map(_public, (ItemRequestBuilder, *builders)))
    assert [name for name in _public(Model) if naming.field_name(_camel(name)) != f"{name}_"] == []
    assert [name for name in members if naming.builder_member_name(_camel(name)) != f"{name}_"] == []
    assert [name for name in _public(GraphClient) if naming.client_member_name(_camel(name)) != f"{name}_"] == []


@pytest.mark.parametrize(
    ("wire_name", "python"),
    [("groupCall", "GroupCall"), ("none", "None_"), ("true", "True_"), ("h264", "H264"), ("iOS", "IOS")],
)
def test_members_are_named_as_kiota_does(wire_name: str, python: str) -> None:
    assert naming.member_name(wire_name) == python


@pytest.mark.parametrize("wire_name", ["get", "list", "withUrl", "urlTemplate", "model", "property", "str", "in"])
def test_members_of_builders_give_way_to_the_runtime(wire_name: str) -> None:
    assert naming.builder_member_name(wire_name) == naming.snake_case(wire_name) + "_"


@pytest.mark.parametrize(
    ("one", "many"),
    [("CallRecording", "CallRecordings"), ("Entry", "Entries"), ("Day", "Days"), ("Process", "Processes")],
)
def test_plurals(one: str, many: str) -> None:
    assert naming.plural(one) == many


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('Name="legs_v2"', 'Name="Mood"', "zoo.animal/Mood and zoo.animal/mood would both be named mood"),
        ('Name="tongue" Type="Edm.Double"', 'Name="Mood" Type="Edm.Double"', "would both be named mood"),
        ('<Member Name="veryHappy"', '<Member Name="None_" /><Member Name="veryHappy"', "would both be named None_"),
        ('Name="picture" Type="Edm.Stream"', 'Name="Census" Type="Edm.Stream"', "zoo.animal has no 'picture'"),
    ],
)
def test_two_things_with_one_name_are_an_error(tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(CodegenError) as caught:
        tiny(tmp_path).change(CSDL, old, new).generate()
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("Animal", "zoo.animal and zoo.tag"), ("Page", "a class of the runtime"), ("Field", "a class of the runtime")],
)
def test_two_classes_with_one_name_ask_for_a_rename(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(CodegenError) as caught:
        tiny(tmp_path).change("scope.toml", 'tag = "Label"', f'tag = "{name}"').generate()
    assert reason in str(caught.value)
    assert "rename" in str(caught.value)


@given(st.text(max_size=30))
def test_every_name_is_an_identifier_or_refused(wire_name: str) -> None:
    if not is_simple_identifier(wire_name):
        return
    for name in (naming.field_name, naming.builder_member_name, naming.member_name, naming.class_name):
        try:
            assert name(wire_name).isidentifier()
        except CodegenError:
            continue
