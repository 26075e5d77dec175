from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.csdl import Deprecation, QualifiedName
from codegen.errors import CodegenError
from codegen.read.csdl.document import read_document
from codegen.read.csdl.grammar import is_simple_identifier
from tests.codegen.tiny import CSDL, tiny

_DOCTYPES = [
    "<!DOCTYPE x>",
    '<!DOCTYPE x SYSTEM "file:///etc/hostname">',
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
]


@pytest.mark.parametrize("doctype", _DOCTYPES)
def test_a_doctype_is_refused(tmp_path: Path, doctype: str) -> None:
    changed = tiny(tmp_path).change(CSDL, "<!-- Made up", f"{doctype}<!-- Made up")
    with pytest.raises(CodegenError, match="DOCTYPE"):
        changed.scope()


def test_malformed_xml_is_an_error_with_its_line(tmp_path: Path) -> None:
    changed = tiny(tmp_path).change(CSDL, "</EnumType>", "</EnumTyp>")
    with pytest.raises(CodegenError, match=rf"{CSDL}:{changed.line_of('</EnumTyp>')}: not well-formed XML"):
        changed.scope()


def test_other_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.xml"
    path.write_text("<html/>")
    with pytest.raises(CodegenError, match=r"other\.xml:1: not CSDL"):
        read_document(path, path.name)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match="cannot be read"):
        read_document(tmp_path / "none.xml", "none.xml")


def test_annotations_elsewhere_in_the_document_are_found_through_the_alias(tmp_path: Path) -> None:
    schema = tiny(tmp_path).scope().schema
    rival = next(n for n in schema.types[QualifiedName("zoo.animal")].navigations if n.name == "rival")
    assert rival.deprecation == Deprecation("2025-01-01", "2027-01-01", "2025-01")
    tracked = [function.signature for function in schema.functions if function.is_change_tracked]
    assert tracked == ["zoo.born(Collection(zoo.animal), Edm.DateTimeOffset)"]


@pytest.mark.parametrize(("supported", "expected"), [("true", 1), ("false", 0)])
def test_change_tracking_counts_only_where_it_is_supported(tmp_path: Path, supported: str, expected: int) -> None:
    changed = tiny(tmp_path).change(
        CSDL, 'Property="Supported" Bool="true"', f'Property="Supported" Bool="{supported}"'
    )
    assert sum(function.is_change_tracked for function in changed.scope().schema.functions) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<EntityType Name="bear" BaseType', '<EntityType Name="be ar" BaseType'),
        ('<Function Name="weigh"', '<Function Name="wei&quot;gh"'),
    ],
)
def test_a_declaration_with_a_bad_name_is_never_used(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(CodegenError):
        tiny(tmp_path).change(CSDL, old, new).scope()


def test_a_bad_namespace_is_an_error_with_its_line(tmp_path: Path) -> None:
    changed = (
        tiny(tmp_path).change("scope.toml", '"zoo"', '"zoo x"').change(CSDL, 'Namespace="zoo"', 'Namespace="zoo x"')
    )
    changed.change(CSDL, '"zoo.keeper"', '"z.keeper"').change(CSDL, '"zoo.keeper"', '"z.keeper"')
    with pytest.raises(CodegenError, match=r"global\.csdl\.xml:\d+: 'zoo x\.\w+' is not an? (OData|type) name"):
        changed.scope()


def test_a_type_declared_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match=r"zoo\.tag is declared twice"):
        tiny(tmp_path).add_types('<ComplexType Name="tag" />').scope()


@pytest.mark.parametrize("name", ["a", "_a", "é1", "a" * 128, "participants_v2"])
def test_names_of_the_odata_grammar_are_accepted(name: str) -> None:
    assert is_simple_identifier(name)


@pytest.mark.parametrize("name", ["", "1a", "a b", "a-b", "a.b", "a" * 129, 'a"b', "a\n", "a;", "a'"])
def test_other_names_are_not(name: str) -> None:
    assert not is_simple_identifier(name)


@given(st.text(max_size=20))
def test_no_accepted_name_has_a_character_that_could_end_a_string(name: str) -> None:
    if is_simple_identifier(name):
        assert not set(name) & set("'\"\\\n\r\t ;#(){}[]<>&/.")
