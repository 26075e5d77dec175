"""From rules and metadata to tables."""

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

import pytest

from codegen import csdl
from codegen.__main__ import main
from codegen.csdl import QualifiedName
from codegen.errors import CodegenError
from codegen.lower.packages import packages
from codegen.naming import column_name
from codegen.plan.tables import TablePlan
from codegen.rules.tables import read_tables
from codegen.write.generate import generate_all
from codegen.write.pages import differing, pages_in, pages_of
from graph_meetings_archive import tables as public
from tests.codegen.golden import tables as golden
from tests.codegen.tiny import tiny

METADATA = Path(__file__).parents[2] / "metadata"
RULES = read_tables(METADATA / "tables.toml", "tables.toml")


def table(folder: Path, name: str) -> TablePlan:
    package, _ = packages(folder)
    return next(table for table in package.tables.tables if table.name == name)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"tag.additionalData"', '"tag.additional"', r"left_out: zoo\.tag\.additional is in no table; did you mean"),
        ('"weighing.tag" = ""', '"weighing.tags" = ""', r"names: zoo\.weighing\.tags is in no table; did you mean"),
        ('items = "weighing"', 'items = "weigh"', r"tables\.weighings: zoo\.weigh is not in scope; did you mean"),
        ('path = "children"', 'path = "parent"', r"tables\.labels\.path: zoo\.tag has no list 'parent'"),
        ('path = "raw"', 'path = "row"', r"tables\.labels\.columns\.outer_picture: zoo\.tag has no property 'row'"),
        ('"keeper_id", ', '"keeper", ', r"weighings\.key: there is no column 'keeper'; did you mean 'keeper_id'\?"),
        ('key = ["keeper_id", "weighing_number"]', "key = []", r"tables\.weighings: a table needs a key"),
        ('"keeper_id", ', '"weighing_number", ', r"tables\.weighings\.key: lists 'weighing_number' twice"),
        ("given = true", "gives = true", r"columns\.keeper_id: unknown key 'gives'; did you mean 'given'\?"),
        (
            'given = true, doc = "Id of the keeper."',
            "given = true",
            r"keeper_id: the column has no description; add doc",
        ),
        ("given = true, ", "", r"columns\.keeper_id: a column needs a path, or given = true"),
        (
            'type = "duration"',
            'type = "durations"',
            r"columns\.start: unknown type 'durations'; did you mean 'duration'",
        ),
        ('"tag.raw" = "picture"', '"tag.raw" = "parent"', r"an entry in names can rename one: .* named parent"),
        (
            '"tag.raw" = "picture"',
            '"tag.raw" = "raw"',
            r"an entry in names can rename one: raw and the column for raw=",
        ),
        ('doc = "A weighing."', 'docs = "A weighing."', r"tables\.weighings: unknown key 'docs'; did you mean 'doc'\?"),
        ("[names]", "[names_]", r"tables\.toml: unknown key 'names_'; did you mean 'names'\?"),
    ],
)
def test_a_rule_that_says_nothing_is_an_error(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CodegenError, match=message):
        tiny(tmp_path).change("tables.toml", old, new).generate()


def test_all_columns_without_a_description_are_named_at_once(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change("docs.toml", 'properties.moods = "How it felt."\n', "")
    metadata.change("docs.toml", 'properties.number = "The number."\n', "")
    with pytest.raises(CodegenError, match="some columns of tables have no description") as caught:
        metadata.generate()
    assert '[types."zoo.weighing".properties] moods' in str(caught.value)
    assert '[types."zoo.records.tag".properties] number' in str(caught.value)


def test_values_narrow_down_what_a_property_can_be(tmp_path: Path) -> None:
    metadata = tiny(tmp_path)
    chip = '<ComplexType Name="chip" BaseType="zoo.records.tag"><Property Name="unused" Type="Edm.String" />'
    metadata.change(
        "v1.0/global.csdl.xml", '<ComplexType Name="chip">\n        <Property Name="unused" Type="Edm.String" />', chip
    )
    docs = '[types."zoo.records.chip"]\none = "A chip."\nproperties.unused = "Nothing."\n\n[types.weighing]'
    metadata.change("docs.toml", "[types.weighing]", docs)
    assert "unused" in {column.name for column in table(metadata.folder, "weighings").flat}
    metadata.change("tables.toml", "[names]", '[values]\n"weighing.tag" = ["zoo.records.tag"]\n\n[names]')
    assert "unused" not in {column.name for column in table(metadata.folder, "weighings").flat}
    metadata.change("tables.toml", '["zoo.records.tag"]', '["bear"]')
    with pytest.raises(CodegenError, match=r"values\.zoo\.weighing\.tag: zoo\.bear does not derive from zoo\.records"):
        metadata.generate()


def test_without_rules_there_are_no_tables(tmp_path: Path) -> None:
    metadata = tiny(tmp_path)
    (metadata.folder / "tables.toml").unlink()
    assert PurePosixPath("tests/codegen/golden/tables.py") not in metadata.generate()
    assert pages_of(packages(metadata.folder)) == {}


def test_a_document_of_another_day_has_the_tables_that_it_can_have(tmp_path: Path) -> None:
    metadata = tiny(tmp_path)
    metadata.change("v1.0/global.csdl.xml", '<Property Name="raw" Type="Edm.Binary" />', "")
    package, _ = packages(metadata.folder, allow_missing=True)
    assert package.tables.names == ("weighings", "inner_labels", "cues")


def test_the_golden_tables_work() -> None:
    inner = {"class": "y", "from": "2026-01-01T00:00:00Z"}
    (row,) = golden.labels.rows({"class": "x", "raw": "AA==", "children": [inner]})
    assert (row["outer_class"], row["outer_picture"], row["label_number"], row["class_"]) == ("x", "AA==", 1, "y")
    (row,) = golden.inner_labels.rows({"children": [{"children": [{"parent": {"class": "z"}}]}]})
    assert row["parent"] == '{"class":"z"}'
    (row,) = golden.weighings.rows({"weight": 1, "tag": {"number": 7}, "moods": ["calm"]}, keeper_id="k")
    assert (row["keeper_id"], row["number"], row["moods"]) == ("k", 7, ["calm"])


@pytest.mark.parametrize(
    ("wire_name", "name"),
    [
        ("relayIPAddress", "relay_ip_address"),
        ("azureADAppId", "azure_ad_app_id"),
        ("clientPublicIpV6Address", "client_public_ip_v6_address"),
        ("participants_v2", "participants_v2"),
        ("isVOIPReady", "is_voip_ready"),
        ("id", "id"),
    ],
)
def test_acronyms_are_words_in_the_names_of_columns(wire_name: str, name: str) -> None:
    assert column_name(wire_name) == name


# The real metadata


def leaves(
    schema: csdl.Schema, family: Collection[QualifiedName], within: Collection[QualifiedName] = ()
) -> Iterator[str]:
    """Yield the path of every value that objects of some types can have, lists not followed."""
    owners = {owner.name: owner for derived in family for owner in schema.lineage(derived)}
    members: dict[str, tuple[QualifiedName, csdl.Property | csdl.NavigationProperty]] = {}
    for name, type_ in owners.items():
        members.update({property_.name: (name, property_) for property_ in type_.properties})
        members.update({navigation.name: (name, navigation) for navigation in type_.navigations})
    for owner, member in members.values():
        target = member.type.name
        is_object = target in schema.types and not member.type.is_collection and target not in within
        values = RULES.values.get(f"{owner}.{member.name}") or family_of(schema, target)
        inner = list(leaves(schema, values, {*within, target})) if is_object else []
        yield from (f"{member.name}/{path}" for path in inner)
        if not inner:
            yield member.name


def family_of(schema: csdl.Schema, name: QualifiedName) -> Collection[QualifiedName]:
    """Return a type and those that derive from it."""
    return {t for t in schema.types if name in {base.name for base in schema.lineage(t)}}


def is_covered(path: str, columns: set[str]) -> bool:
    """Whether a value is in a column: in its own, or in the JSON of an object around it."""
    parts = path.split("/")
    return any("/".join(parts[:count]) in columns for count in range(1, len(parts) + 1))


def test_every_property_of_a_rows_object_has_a_column_or_is_left_out() -> None:
    package, _ = packages(METADATA)
    found = 0
    for plan in package.tables.tables:
        type_ = QualifiedName(plan.levels[-1].type)
        covered = {*plan.left_out, *(column.path for column in plan.flat)}
        if type_ in package.schema.types:
            paths = list(leaves(package.schema, family_of(package.schema, type_), {type_}))
            assert [path for path in paths if not is_covered(path, covered)] == []
            found += len(paths)
    assert found > 500


def test_the_public_module_has_every_table_that_is_generated() -> None:
    package, _ = packages(METADATA)
    assert package.tables.names == tuple(table.name for table in public.ALL)
    for plan, made in zip(package.tables.tables, public.ALL, strict=True):
        assert tuple(column.name for column in plan.flat) == made.schema.names
        assert tuple(column.path for column in plan.flat if column.path) is not None


# The data dictionary


def test_the_dictionary_lists_every_column_and_what_has_none(tmp_path: Path) -> None:
    (page,) = pages_of(packages(tiny(tmp_path).folder)).values()
    assert (
        "## labels\n\nA label within another, with the other's picture.\n\nKey: `outer_class`, `label_number`.\n"
        in page
    )
    assert '| `picture` | text | A picture \\| with a "bar" and `code`. |\n' in page
    assert "| `hidden` | text | What begins with an underscore. |\n" in page
    assert "Without a column: `additionalData`, `children`.\n" in page


@pytest.mark.slow
def test_the_dictionary_is_written_beside_the_output_and_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = tiny(tmp_path)
    page = tmp_path / "docs" / "data-dictionary.md"
    command = ["--metadata", str(metadata.folder), "generate", "--output", str(tmp_path / "generated")]
    assert main(command) == 0
    assert not page.exists()
    page.parent.mkdir()
    assert main([*command, "--check"]) == 1
    assert capsys.readouterr().out == "missing: docs/data-dictionary.md\n"
    assert main(command) == 0
    assert main([*command, "--check"]) == 0
    page.write_text("changed")
    assert main([*command, "--check"]) == 1
    assert capsys.readouterr().out == "differs: docs/data-dictionary.md\n"


def test_the_dictionary_of_this_repository_is_what_the_metadata_gives() -> None:
    pages = pages_in(generate_all(METADATA).pages, METADATA.parent)
    assert pages
    assert differing(pages) == []
