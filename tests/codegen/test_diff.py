import json
import subprocess
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.change.compare import Action, Change, compare
from codegen.change.judge import Impact
from codegen.change.public_api import Kind, public_api_of
from codegen.change.report import markdown, next_version
from codegen.errors import CodegenError
from codegen.lower.packages import packages
from codegen.rules.path_rules import is_wildcard
from codegen.rules.permissions import read_permissions
from codegen.rules.query_options import read_query_options
from codegen.rules.scope import read_rules
from tests.codegen.tiny import CSDL, Tiny, tiny

_METADATA = Path(__file__).parents[2] / "metadata"
_P = "tests.codegen.golden"
_OPTIONAL = '<Annotation Term="Org.OData.Core.V1.OptionalParameter" />'
_ON = '<Parameter Name="on" Type="Edm.Date">'
_MOOD = '<Parameter Name="mood" Type="z.mood" />'
_DEN = '<Property Name="den" Type="Edm.String" />'
_TONGUE = '<Property Name="tongue" Type="Edm.Double" />'
_KIND = '<PropertyValue Property="Kind" EnumMember="Org.OData.Core.V1.RevisionKind/Deprecated" />'
_REVISION = (
    f'<Annotation Term="Org.OData.Core.V1.Revisions"><Collection><Record>{_KIND}</Record></Collection></Annotation>'
)
_INSECTS = '<Member Name="insects" Value="2" />'
_WEIGHINGS = '<ReturnType Type="Collection(z.weighing)" />\n      </Function>\n      <EntityType Name="fence"'
_BORN = "AnimalsRequestBuilder.born_with_keeper_id_and_on_and_mood"
_RIVAL = "Deprecated since 2025-01-01, to be removed on 2028-01-01"


def _changes(before: Tiny, after: Tiny) -> list[Change]:
    sides = (packages(side.folder, {"v1.0": side.folder / CSDL}, allow_missing=True) for side in (before, after))
    old, new = map(public_api_of, sides)
    return list(compare(old, new))


def _lines(changes: list[Change]) -> list[str]:
    """Return a short line for each change, the worst first."""
    return [_line(change) for impact in Impact for change in changes if change.impact is impact]


def _line(change: Change) -> str:
    line = f"{change.impact}: {change.action} {change.kind} {change.name}"
    if change.action is Action.RENAMED or change.aspect:
        line += f", {change.aspect} {change.was} → {change.now}"
    return line.replace(f"{_P}.request_builders.", "").replace(f"{_P}.", "")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (_DEN, _DEN, []),
        (_DEN, f'{_DEN}<Property Name="weight" Type="z.tag" />', ["compatible: added field Bear.weight"]),
        (_TONGUE, "", ["breaking: removed field Aardvark.tongue"]),
        (
            'Name="legs_v2"',
            'Name="legs_v3"',
            ["breaking: renamed field Animal.legs_v2,  Animal.legs_v2 → Animal.legs_v3"],
        ),
        (_TONGUE, _TONGUE.replace("Double", "Date"), ["breaking: changed field Aardvark.tongue, type float → date"]),
        (
            _TONGUE,
            _TONGUE.replace("Edm.Double", "Collection(Edm.Double)"),
            ["breaking: changed field Aardvark.tongue, type float → list[float]"],
        ),
        (
            '<Property Name="class" Type="Edm.String" />',
            '<Property Name="class" Type="z.mood" />',
            ["compatible: changed field Label.class_, type str → Mood"],
        ),
        (
            'Name="tag" Type="zoo.records.tag"',
            'Name="tag" Type="z.tag"',
            [
                "breaking: removed class Tag",
                "breaking: changed field Weighing.tag, type Tag → Label",
                "breaking: removed column tables.weighings.number",
                *(
                    f"compatible: added column tables.weighings.{name}"
                    for name in ("class_", "from_", "hidden", "parent", "picture")
                ),
            ],
        ),
        (
            'Name="duration" Type="Edm.Duration"',
            'Name="duration" Type="Edm.Int64"',
            [
                "breaking: changed field Weighing.duration, type timedelta → int",
                "breaking: changed column tables.weighings.duration, type duration → integer",
            ],
        ),
        (
            'Name="cousins" Type="Collection(z.animal)"',
            'Name="cousins" Type="z.animal"',
            ["breaking: changed field Animal.cousins, type list[Animal] → Animal"],
        ),
        (
            _TONGUE,
            _TONGUE.replace("Double", "Single"),
            ["invisible: changed field Aardvark.tongue, name or type on the wire tongue: DOUBLE → tongue: SINGLE"],
        ),
        (
            _INSECTS,
            f'{_INSECTS}<Member Name="leaves" Value="4" />',
            ["compatible: added enumeration member Diet.Leaves"],
        ),
        (_INSECTS, "", ["breaking: removed enumeration member Diet.Insects"]),
        (
            f"{_ON}\n          {_OPTIONAL}",
            _ON,
            [f"breaking: changed parameter {_BORN}(on), requirement optional → required"],
        ),
        (
            _MOOD,
            f"{_MOOD.removesuffix(' />')}>{_OPTIONAL}</Parameter>",
            [f"compatible: changed parameter {_BORN}(mood), requirement required → optional"],
        ),
        (_ON, _ON.replace("Date", "Guid"), [f"breaking: changed parameter {_BORN}(on), type date → UUID"]),
        ('Name="census" IsBound="true"', 'Name="census" IsBound="true" IsComposable="false"', []),
        (
            _WEIGHINGS,
            _WEIGHINGS.replace("z.weighing", "z.tag"),
            [
                (
                    "breaking: changed builder method AnimalItemRequestBuilder.census, "
                    "result FunctionRequestBuilder[Weighing] → FunctionRequestBuilder[Label]"
                ),
            ],
        ),
        (
            '<Function Name="census"',
            '<Function Name="sensus"',
            [
                "breaking: removed request GET /v1.0/keepers/{id}/animals/{id}/census",
                "breaking: removed builder method AnimalItemRequestBuilder.census",
            ],
        ),
        (
            '<NavigationProperty Name="cousins" Type="Collection(z.animal)" />',
            f'<NavigationProperty Name="cousins" Type="Collection(z.animal)">{_REVISION}</NavigationProperty>',
            ["compatible: deprecated field Animal.cousins, deprecation  → Deprecated."],
        ),
        (
            'Property="RemovalDate" Date="2027-01-01"',
            'Property="RemovalDate" Date="2028-01-01"',
            [
                f"compatible: deprecated field Animal.rival, deprecation {_RIVAL.replace('2028', '2027')}. → {_RIVAL}.",
                (
                    "compatible: deprecated builder property AnimalItemRequestBuilder.rival, "
                    f"deprecation {_RIVAL.replace('2028', '2027')}. → {_RIVAL}."
                ),
            ],
        ),
    ],
)
def test_each_kind_of_change_in_a_document(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").change(CSDL, old, new)
    assert _lines(_changes(before, after)) == expected


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("scope.toml", 'tag = "Label"', 'tag = "Sticker"', "breaking: renamed class Label,  Label → Sticker"),
        (
            "permissions.toml",
            'application = ["Animals.See.All"]',
            'application = ["Animals.Hear.All"]',
            (
                "compatible: changed request GET /v1.0/keepers/{id}/animals, "
                "permissions application Animals.See.All → application Animals.Hear.All"
            ),
        ),
        (
            "v1.0/us_gov.csdl.xml",
            '<EntitySet Name="keepers"',
            '<EntitySet Name="wardens"',
            "breaking: changed request GET /v1.0/keepers/{id}/animals, clouds without it CHINA → US_GOV_L4, CHINA",
        ),
        (
            "clouds.toml",
            'paths = ["*/animals/delta"]\nclouds = ["GLOBAL"]',
            'paths = ["*/animals/delta"]\nclouds = ["GLOBAL", "US_GOV_L5"]',
            (
                "compatible: changed request GET /v1.0/keepers/{id}/animals/delta, "
                "clouds in doubt US_GOV_L4, US_GOV_L5 → US_GOV_L4"
            ),
        ),
        (
            "scope.toml",
            '["image/png", "image/gif"]',
            '["image/gif", "image/png"]',
            "breaking: changed builder property AnimalItemRequestBuilder.picture, media type image/png → image/gif",
        ),
        (
            "scope.toml",
            '    "/keepers/{id}/animals/born(since={since})/delta",\n',
            "",
            "breaking: removed request GET /v1.0/keepers/{id}/animals/born(since={since})/delta",
        ),
    ],
)
def test_each_kind_of_change_beside_the_document(tmp_path: Path, file: str, old: str, new: str, expected: str) -> None:
    lines = _lines(_changes(tiny(tmp_path / "a"), tiny(tmp_path / "b").change(file, old, new)))
    assert expected in lines


def test_a_parameter_that_must_be_given_breaks_and_one_that_may_be_does_not(tmp_path: Path) -> None:
    weigh = '<Parameter Name="list" Type="Edm.Boolean" />'
    before = tiny(tmp_path / "a")
    after = tiny(tmp_path / "b").change(CSDL, weigh, f'{weigh}<Parameter Name="unit" Type="Edm.String" />')
    for side in (before, after):
        side.change("scope.toml", "weigh(from={from},list={list})", "weigh(from={from},list={list},unit={unit})")
    before.change(CSDL, weigh, f'{weigh}<Parameter Name="unit" Type="Edm.String">{_OPTIONAL}</Parameter>')
    assert [c.impact for c in _changes(before, after)] == [Impact.BREAKING]
    assert [c.impact for c in _changes(after, before)] == [Impact.COMPATIBLE]


def test_a_field_that_moves_to_a_base_is_no_change_for_the_class_that_had_it(tmp_path: Path) -> None:
    key = '<Property Name="id" Type="Edm.String" Nullable="false" />'
    before = tiny(tmp_path / "a")
    after = tiny(tmp_path / "b").change(CSDL, _DEN, "").change(CSDL, key, f"{key}{_DEN}")
    assert _lines(_changes(before, after)) == ["compatible: added field Thing.den"]
    assert _lines(_changes(after, before)) == ["breaking: removed field Thing.den"]


def test_a_base_between_is_compatible_and_a_lost_one_breaks(tmp_path: Path) -> None:
    bear = '<EntityType Name="bear" BaseType="z.animal"'
    before = tiny(tmp_path / "a")
    after = tiny(tmp_path / "b").change(CSDL, bear, bear.replace("z.animal", "z.aardvark"))
    there, back = _changes(before, after), _changes(after, before)
    assert _lines(there) == [
        "compatible: changed class Bear, base class Animal → Aardvark",
        "compatible: added field Bear.tongue",
    ]
    assert _lines(back) == ["breaking: changed class Bear, base class Aardvark → Animal"]
    assert [change.reason for change in back] == ["it no longer inherits tongue"]


def test_what_comes_as_a_whole_is_one_change(tmp_path: Path) -> None:
    fish = '<EntityType Name="fish" BaseType="z.animal"><Property Name="fins" Type="Edm.Int16" /></EntityType>'
    before = tiny(tmp_path / "a")
    after = tiny(tmp_path / "b").add_types(fish)
    after.change("scope.toml", '["aardvark", "bear"]', '["aardvark", "bear", "fish"]')
    assert _lines(_changes(before, after)) == ["compatible: added class Fish"]


def test_nothing_changes_between_a_document_and_its_extract(tmp_path: Path) -> None:
    metadata = tiny(tmp_path)
    complete = tmp_path / "complete.xml"
    complete.write_bytes((metadata.folder / CSDL).read_bytes())
    target = metadata.folder / CSDL
    assert main(["--metadata", str(metadata.folder), "extract", str(complete), "--out", str(target)]) == 0
    assert main(["--metadata", str(metadata.folder), "diff", str(complete), str(target)]) == 0


def _change(action: Action, impact: Impact) -> Change:
    return Change("p.C.f", Kind.FIELD, action, "", "", "", impact, "a reason")


@pytest.mark.parametrize(
    ("version", "impacts", "expected"),
    [
        ("0.1.0", [], "0.1.0"),
        ("0.1.3", [Impact.BREAKING, Impact.INVISIBLE], "0.2.0"),
        ("0.1.3", [Impact.COMPATIBLE], "0.1.4"),
        ("1.2.3", [Impact.COMPATIBLE, Impact.BREAKING], "2.0.0"),
        ("1.2.3", [Impact.COMPATIBLE, Impact.INVISIBLE], "1.3.0"),
        ("1.2.3", [Impact.INVISIBLE], "1.2.4"),
    ],
)
def test_the_next_version_follows_semantic_versioning(version: str, impacts: list[Impact], expected: str) -> None:
    assert next_version(version, [_change(Action.CHANGED, impact) for impact in impacts]) == expected


@pytest.mark.parametrize("version", ["1", "1.2", "v1.2.3", "1.2.3rc1", "01.2.3", ""])
def test_another_form_of_version_is_refused(version: str) -> None:
    with pytest.raises(CodegenError, match="is not a version like"):
        next_version(version, [])


def test_markdown_has_the_sections_of_a_changelog_and_nothing_invisible() -> None:
    changes = [
        _change(Action.REMOVED, Impact.BREAKING),
        _change(Action.ADDED, Impact.COMPATIBLE),
        _change(Action.CHANGED, Impact.INVISIBLE),
        _change(Action.DEPRECATED, Impact.COMPATIBLE),
    ]
    assert markdown(changes) == (
        "### Added\n\n- field `p.C.f` added.\n\n"
        "### Deprecated\n\n- field `p.C.f`: \n  (a reason).\n\n"
        "### Removed\n\n- **Breaking:** field `p.C.f` removed\n  (a reason).\n"
    )


def test_the_exit_status_tells_breaking(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").change(CSDL, _TONGUE, "")
    command = ["--metadata", str(before.folder), "diff"]
    one, two = str(before.folder), str(after.folder)
    assert main([*command, one, one]) == 0
    assert "No public name changed." in capsys.readouterr().out
    assert main([*command, two, one]) == 0
    assert main([*command, one, two]) == 1
    capsys.readouterr()
    assert main([*command, one, two, "--format", "json", "--version", "1.0.0"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["breaking"] is True
    assert told["version"] == {"from": "1.0.0", "to": "2.0.0"}
    assert [(change["name"], change["action"]) for change in told["changes"]] == [(f"{_P}.Aardvark.tongue", "removed")]
    assert main([*command, one, "no-such-revision"]) == 2
    assert "no-such-revision: not a document, folder or git revision" in capsys.readouterr().err


def test_two_git_revisions_are_compared_by_their_own_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = tiny(tmp_path / "repository")

    def git(*arguments: str) -> None:
        name = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
        # S607: wherever git is.
        subprocess.run(["git", *name, *arguments], cwd=tmp_path / "repository", check=True, capture_output=True)  # noqa: S607  whichever git there is

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    metadata.change("scope.toml", 'tag = "Label"', 'tag = "Sticker"')
    git("commit", "--quiet", "-a", "-m", "two")
    assert main(["--metadata", str(metadata.folder), "diff", "HEAD~1", "HEAD"]) == 1
    assert f"class {_P}.Label looks renamed to {_P}.Sticker" in capsys.readouterr().out
    assert main(["--metadata", str(metadata.folder), "diff", "HEAD", str(metadata.folder)]) == 0


def test_a_document_is_compared_with_the_same_version_of_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = str(tiny(tmp_path).folder)
    command = ["--metadata", metadata, "diff", metadata]
    assert main([*command, f"{metadata}/{CSDL}"]) == 0
    assert main([*command, f"{metadata}/beta/global.csdl.xml", "--api", "beta"]) == 0
    assert capsys.readouterr().out.count("No public name changed.") == 2
    assert main([*command, metadata, "--api", "v9.9"]) == 2
    assert "unknown version v9.9; versions are v1.0, beta" in capsys.readouterr().err


_LIST = '<Parameter Name="list" Type="Edm.Boolean" />'
_SINCE = '<Parameter Name="since" Type="Edm.DateTimeOffset" />'
_UNIT = f'<Parameter Name="unit" Type="Edm.String">{_OPTIONAL}</Parameter>'
_WEIGH = "AnimalsRequestBuilder.weigh"


def test_a_function_that_gains_an_optional_parameter_is_compatible(tmp_path: Path) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").change(CSDL, _LIST, f"{_LIST}{_UNIT}")
    assert _lines(_changes(before, after)) == [f"compatible: added parameter {_WEIGH}(unit)"]
    # The maintainer may name the new parameter in the request, too.
    after.change("scope.toml", "weigh(from={from},list={list})", "weigh(from={from},list={list},unit={unit})")
    assert _lines(_changes(before, after)) == [f"compatible: added parameter {_WEIGH}(unit)"]
    assert _lines(_changes(after, before)) == [f"breaking: removed parameter {_WEIGH}(unit)"]


def test_an_overload_that_gains_an_optional_parameter_keeps_its_name(tmp_path: Path) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").change(CSDL, _SINCE, f"{_SINCE}{_UNIT}")
    methods = ("AnimalsRequestBuilder.born_with_since", "AnimalsRequestBuilder.newer")
    assert _lines(_changes(before, after)) == [f"compatible: added parameter {method}(unit)" for method in methods]


def test_a_function_that_gains_a_required_parameter_breaks(tmp_path: Path) -> None:
    required = '<Parameter Name="unit" Type="Edm.String" />'
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").change(CSDL, _LIST, f"{_LIST}{required}")
    assert {change.impact for change in _changes(before, after)} == {Impact.BREAKING}
    after.change("scope.toml", "weigh(from={from},list={list})", "weigh(from={from},list={list},unit={unit})")
    assert _lines(_changes(before, after)) == [f"breaking: added parameter {_WEIGH}(unit)"]


def _changes_of_all(before: Tiny, after: Tiny) -> list[Change]:
    old, new = (public_api_of(packages(side.folder, allow_missing=True)) for side in (before, after))
    return list(compare(old, new))


def test_a_class_renamed_in_one_package_says_nothing_about_another(tmp_path: Path) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b")
    document = after.folder / CSDL
    renamed = (
        document.read_text().replace('"z.mood"', '"z.temper"').replace('EnumType Name="mood"', 'EnumType Name="temper"')
    )
    document.write_text(renamed.replace("(z.mood)", "(z.temper)"))
    assert _lines(_changes_of_all(before, after)) == ["breaking: renamed enumeration Mood,  Mood → Temper"]


def test_the_fields_that_a_new_base_brings_are_named(tmp_path: Path) -> None:
    bear = '<EntityType Name="bear" BaseType="z.animal"'
    furry = '<EntityType Name="furry" BaseType="z.animal"><Property Name="fur" Type="Edm.String" /></EntityType>'
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").add_types(furry)
    after.change(CSDL, bear, bear.replace("z.animal", "z.furry"))
    assert _lines(_changes(before, after)) == [
        "compatible: changed class Bear, base class Animal → Furry",
        "compatible: added field Bear.fur",
        "compatible: added class Furry",
    ]
    # A field that the class had, and inherits now, is not new.
    before.change(CSDL, _DEN, f'{_DEN}<Property Name="fur" Type="Edm.String" />')
    assert "compatible: added field Bear.fur" not in _lines(_changes(before, after))


_CONTENT_OF = "parameter GraphMeetingsClient.content_of(artifact)"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (_DEN, _DEN.replace("String", "Int32"), f"breaking: changed {_CONTENT_OF}, type Aardvark | Bear → Aardvark"),
        (
            'Name="animals" Type="Collection(z.animal)"',
            'Name="animals" Type="z.animal"',
            "breaking: removed request GET /v1.0/keepers/{id}/animals/{id}",
        ),
        (
            'Name="picture" Type="Edm.Stream"',
            'Name="picture" Type="Edm.String"',
            "breaking: removed request GET /v1.0/me/animals/{id}/picture",
        ),
        (
            _WEIGHINGS,
            _WEIGHINGS.replace("Collection(z.weighing)", "z.weighing"),
            "breaking: removed builder method AnimalItemRequestBuilder.census",
        ),
        (
            'Name="born" IsBound="true" IsComposable="true">',
            'Name="born" IsBound="true">',
            "breaking: removed request GET /v1.0/keepers/{id}/animals/born(since={since})/delta",
        ),
        (
            '<PropertyRef Name="id" />',
            '<PropertyRef Name="id" /><PropertyRef Name="zoo" />',
            "breaking: removed request GET /v1.0/keepers/{id}/animals/{id}",
        ),
    ],
)
def test_what_no_longer_fits_the_rules_breaks_and_hides_nothing_else(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").change(CSDL, old, new)
    after.change(CSDL, _INSECTS, f'{_INSECTS}<Member Name="leaves" Value="4" />')
    lines = _lines(_changes(before, after))
    assert expected in lines
    assert "compatible: added enumeration member Diet.Leaves" in lines


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("", '<EntityType Name="fish" BaseType="z.animal" />', "derived.zoo.animal leaves out: zoo.fish"),
        ('<EnumType Name="mood">', '<EnumType Name="mood" IsFlags="true">', "(IsFlags): zoo.mood"),
        (
            '<NavigationProperty Name="owner" Type="z.keeper" />',
            '<NavigationProperty Name="owner" Type="z.keeper" /><NavigationProperty Name="vet" Type="z.keeper" />',
            "no request follows a navigation property of zoo.animal: vet",
        ),
    ],
)
def test_what_is_new_beside_the_scope_is_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, note: str
) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b")
    after = after.change(CSDL, old, new) if old else after.add_types(new)
    command = ["--metadata", str(before.folder), "diff", "--api", "v1.0", str(before.folder), str(after.folder)]
    assert main(command) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if "look at what is new" in line]
    assert len(notes) == 1
    assert notes[0].endswith(note)
    assert main([*command[:-1], str(before.folder)]) == 0
    assert "look at what is new" not in capsys.readouterr().err


def test_a_new_request_below_a_wildcard_of_the_permissions_is_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").add_request("/me/animals/{id}/rival")
    command = ["--metadata", str(before.folder), "diff", "--api", "v1.0", str(before.folder), str(after.folder)]
    assert main(command) == 0
    pattern = "permissions.toml: mine: the wildcard '/me/*' decides the permissions of: /me/animals/{id}/rival"
    assert f"codegen: v1.0: look at what is new: {pattern}\n" in capsys.readouterr().err
    after.change("permissions.toml", '["/me/*"]', '["/me/animals/{id}/rival", "/me/*"]')
    assert main(command) == 0
    assert "look at what is new" not in capsys.readouterr().err


def test_the_permissions_of_graph_name_every_request() -> None:
    rules = read_permissions(_METADATA / "permissions.toml", "permissions.toml")
    assert [pattern for rule in rules.rules for pattern in rule.patterns if is_wildcard(pattern)] == []


def test_the_query_options_of_graph_name_every_request() -> None:
    rules = read_query_options(_METADATA / "query_options.toml", "query_options.toml")
    assert [pattern for rule in rules.rules for pattern in rule.patterns if is_wildcard(pattern)] == []
    requests = [
        (scope.version, path) for scope in read_rules(_METADATA / "scope.toml", "scope.toml") for path in scope.requests
    ]
    assert [request for request in requests if rules.find(*request) is None] == []
