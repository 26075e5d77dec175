"""Former names that scope.toml keeps, from the rule to the generated code and to `diff`."""

import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegen.__main__ import main
from codegen.change.compare import Change, compare
from codegen.change.public_api import public_api_of
from codegen.change.report import markdown, text
from codegen.errors import CodegenError
from codegen.lower.packages import packages
from tests.codegen import golden
from tests.codegen.golden import Animal, Diet, GraphMeetingsClient
from tests.codegen.golden import enums as golden_enums
from tests.codegen.golden import models as golden_models
from tests.codegen.golden import request_builders as golden_builders
from tests.codegen.tiny import CSDL, Tiny, tiny
from tests.support.credentials import StaticCredential

# The tests use deprecated names on purpose.
# pyright: reportDeprecated=false

_ROOT = Path(__file__).parents[2]
_P = "tests.codegen.golden"
_OWN = '[versions."v1.0".aliases]\n'
_DEN = '<Property Name="den" Type="Edm.String" />'


def heard(use: Callable[[], object]) -> list[str]:
    """Return the warnings, each of which must point to a line of this file."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        use()
    assert {warning.filename for warning in caught} <= {__file__}
    assert {warning.category for warning in caught} <= {DeprecationWarning}
    return [str(warning.message).replace(f"{_P}.", "") for warning in caught]


# What the generated code does


def test_a_former_class_is_the_present_one() -> None:
    def use() -> None:
        assert golden.Beast is golden_models.Beast is Animal
        assert golden.Food is golden_enums.Food is Diet
        assert golden_builders.BeastsRequestBuilder is golden_builders.AnimalsRequestBuilder

    told = heard(use)
    assert [message.partition(" ")[2] for message in told] == [
        "was renamed: use Animal",
        "was renamed: use Animal",
        "was renamed: use Diet",
        "was renamed: use Diet",
        "was renamed: use AnimalsRequestBuilder",
    ]
    assert told[1].startswith("models.Beast ")


def test_what_no_version_had_is_missing_as_anywhere() -> None:
    with pytest.raises(AttributeError, match=r"module 'tests\.codegen\.golden' has no attribute 'Monster'"):
        _ = vars(golden)["__getattr__"]("Monster")
    assert not hasattr(golden, "Monster")


def test_an_import_of_a_former_class_warns_once_about_its_line(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"import sys\nfrom {_P} import Beast\nfrom {_P}.models import Animal\nassert Beast is Animal\n")
    command = [sys.executable, "-W", "always::DeprecationWarning", str(program)]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(_ROOT)}, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr.splitlines() == [
        f"{program}:2: DeprecationWarning: {_P}.Beast was renamed: use Animal",
        f"  from {_P} import Beast",
    ]


def test_importing_everything_asks_for_no_former_class() -> None:
    program = f"from {_P} import *; from {_P}.models import *"
    command = [sys.executable, "-W", "error", "-c", program]
    subprocess.run(command, env={"PYTHONPATH": str(_ROOT)}, check=True, timeout=60)


def test_a_pickle_with_a_former_class_can_be_read() -> None:
    animal = Animal(speed=3.0)
    old = pickle.dumps(animal, protocol=0).replace(f"c{_P}.models\nAnimal".encode(), f"c{_P}.models\nBeast".encode())
    assert b"Beast" in old
    found: list[object] = []
    assert heard(lambda: found.append(pickle.loads(old))) == ["models.Beast was renamed: use Animal"]
    assert found == [animal]


def test_former_members_lead_to_the_present_ones() -> None:
    graph = GraphMeetingsClient(StaticCredential("token"))

    def use() -> None:
        animals = graph.wardens.by_keeper_id("k").animals
        url = animals.by_beast_id("b").cubs.newer(since="2026-01-01T00:00:00Z").to_get_request_information().url
        assert url.endswith("/keepers/k/animals/b/offspring/born(since=2026-01-01T00:00:00Z)")
        assert animals.by_beast_id(beast_id="b").url_template == animals.by_animal_id("b").url_template
        assert animals.updates().to_get_request_information().url.endswith("/animals/delta")

    assert heard(use) == [
        "GraphMeetingsClient.wardens was renamed: use keepers",
        "AnimalsRequestBuilder.by_beast_id was renamed: use by_animal_id",
        "AnimalItemRequestBuilder.cubs was renamed: use offspring",
        "AnimalsRequestBuilder.newer was renamed: use born_with_since",
        "AnimalsRequestBuilder.by_beast_id was renamed: use by_animal_id",
        "AnimalsRequestBuilder.updates was renamed: use delta",
    ]


def test_a_former_field_of_a_base_leads_to_it() -> None:
    def use() -> None:
        assert golden.Bear(number="7", velocity=2.0, labels=[]).raw == {
            "@odata.type": "#zoo.bear",
            "id": "7",
            "speed": 2.0,
            "tags": [],
        }
        assert str(Diet.Grass) == "plants"

    assert heard(use) == [
        "Bear.number was renamed: use id",
        "Animal.velocity was renamed: use speed",
        "Animal.labels was renamed: use tags",
        "Diet.Grass was renamed: use Plants",
    ]


# What the generator refuses


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('"Animal.pace" = "sped"', "Animal has no sped; did you mean 'speed'?"),
        ('"Animl.pace" = "speed"', "unknown class Animl; did you mean 'Animal'?"),
        ('"Beast.pace" = "speed"', "unknown class Beast"),
        ('"Animal.mood" = "speed"', "Animal already has mood; remove the alias"),
        ('"Animal.id" = "speed"', "Animal already has id; remove the alias"),
        ('"Animal.den" = "speed"', "Animal already has den; remove the alias"),
        ('"Animal.number" = "speed"', "Bear already has number; remove the alias"),
        ('"Bear.velocity" = "den"', "Animal already has velocity; remove the alias"),
        ('"Animal.pace" = "velocity"', "Animal has no velocity"),
        ('"Animal.raw" = "speed"', "'raw' is not a name that the generator makes; use 'raw_'"),
        ('"Animal.isReady" = "speed"', "'isReady' is not a name that the generator makes; use 'is_ready'"),
        ('"Animal.class" = "speed"', "'class' is not a name that the generator makes; use 'class_'"),
        ('"Animal.x y" = "speed"', "cannot make a Python name from 'x y'"),
        ('"Animal." = "speed"', "cannot make a Python name from ''"),
        ('Beasts = "Animals"', "unknown class Animals; did you mean 'Animal'"),
        ('Bear = "Animal"', "the package already has Bear; remove the alias"),
        ('Page = "Animal"', "the package already has Page; remove the alias"),
        ('GraphMeetingsClient = "Animal"', "the package already has GraphMeetingsClient; remove the alias"),
        ('Field = "Animal"', "would both be named Field"),
        ('beast = "Animal"', "'beast' is not a name that the generator makes; use 'Beast'"),
        ('Beast = "Bear"\nBeast2 = "Beast"', "unknown class Beast"),
        ('"Diet.Plants" = "Insects"', "Diet already has Plants; remove the alias"),
        ('"Diet.Weed" = "Plant"', "Diet has no Plant; did you mean 'Plants'?"),
        ('"AnimalItemRequestBuilder.foe" = "rivals"', "AnimalItemRequestBuilder has no rivals; did you mean 'rival'?"),
        ('"AnimalItemRequestBuilder.picture" = "rival"', "AnimalItemRequestBuilder already has picture"),
        ('"AnimalItemRequestBuilder.get" = "rival"', "'get' is not a name that the generator makes; use 'get_'"),
        ('"AnimalItemRequestBuilder.renamed" = "rival"', "'renamed' is not a name that the generator makes"),
        ('"AnimalItemRequestBuilder.deprecated" = "rival"', "'deprecated' is not a name that the generator makes"),
        ('"Diet.RenamedMember" = "Plants"', "'RenamedMember' is not a name that the generator makes"),
        ('"GraphMeetingsClient.close" = "me"', "'close' is not a name that the generator makes; use 'close_'"),
        ('"a.b.c" = "me"', "unknown class a.b"),
        ('"Animal.pace" = 3', "versions.v1.0.aliases.Animal.pace: expected a string, got an integer"),
    ],
)
def test_an_alias_that_leads_nowhere_or_is_taken_is_an_error(tmp_path: Path, line: str, reason: str) -> None:
    changed = tiny(tmp_path).change("scope.toml", _OWN, f"{_OWN}{line}\n")
    with pytest.raises(CodegenError) as caught:
        changed.generate()
    assert reason in str(caught.value)
    assert "scope.toml: " in str(caught.value)


def test_the_error_names_the_entry(tmp_path: Path) -> None:
    changed = tiny(tmp_path).change("scope.toml", _OWN, f'{_OWN}"Animal.pace" = "sped"\n')
    with pytest.raises(CodegenError, match=r'^scope\.toml: versions\.v1\.0\.aliases: "Animal\.pace" = "sped": Animal'):
        changed.generate()


def test_a_former_name_that_the_service_uses_again_is_an_error(tmp_path: Path) -> None:
    changed = tiny(tmp_path).change(CSDL, _DEN, f'{_DEN}<Property Name="velocity" Type="Edm.String" />')
    with pytest.raises(CodegenError, match=r'"Animal\.velocity" = "speed": Animal already has velocity'):
        changed.generate()


@settings(max_examples=2 * settings().max_examples // 5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    owner=st.sampled_from(["", "Animal.", "Diet.", "AnimalItemRequestBuilder.", "GraphMeetingsClient."]), name=st.text()
)
def test_any_name_is_refused_or_stays_a_name(tmp_path_factory: pytest.TempPathFactory, owner: str, name: str) -> None:
    target = {"": "Animal", "Animal.": "speed", "Diet.": "Plants", "GraphMeetingsClient.": "me"}.get(owner, "rival")
    key = "".join(rf"\U{ord(letter):08x}" for letter in owner + name if not 0xD800 <= ord(letter) < 0xE000)
    metadata = tiny(tmp_path_factory.mktemp("metadata")).change("scope.toml", _OWN, f'{_OWN}"{key}" = "{target}"\n')
    try:
        files = metadata.generate()
    except CodegenError:
        return
    assert name.isidentifier()
    assert name in files[PurePosixPath("names.txt")]
    for path, content in files.items():
        if path.suffix == ".py":
            compile(content, str(path), "exec")


# What diff says


def _changes(before: Tiny, after: Tiny) -> tuple[Change, ...]:
    sides = (packages(side.folder, {"v1.0": side.folder / CSDL}, allow_missing=True) for side in (before, after))
    old, new = map(public_api_of, sides)
    return compare(old, new)


def _told(changes: tuple[Change, ...]) -> list[str]:
    short = (f"{c.impact}: {c.action} {c.kind} {c.name} → {c.now}" for c in changes)
    return [line.replace(f"{_P}.request_builders.", "").replace(f"{_P}.", "") for line in short]


_TAG = '<ComplexType Name="tag">\n        <Property Name="number"'
_RENAMES = [
    ('Name="isVOIPReady"', 'Name="isVoipReady"', '"Animal.is_v_o_i_p_ready" = "is_voip_ready"'),
    ('<Member Name="insects"', '<Member Name="insect"', '"Diet.Insects" = "Insect"'),
]


@pytest.mark.parametrize(("old", "new", "line"), _RENAMES)
def test_a_rename_breaks_until_the_line_that_diff_gives_is_in_the_rules(
    tmp_path: Path, old: str, new: str, line: str
) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").change(CSDL, old, new)
    broken = _changes(before, after)
    assert [(change.impact, change.action, change.remedy) for change in broken] == [("breaking", "renamed", line)]
    assert f"adding to the version's aliases in scope.toml:\n      {line}\n" in text(broken, "0.1.0")
    assert line not in markdown(broken)
    for side in (before, after):
        side.change("scope.toml", _OWN, f"{_OWN}{line}\n")
    kept = _changes(before, after)
    assert [(c.impact, c.action, c.name, c.now) for c in kept] == [
        ("compatible", "renamed", broken[0].name, broken[0].now)
    ]
    assert kept[0].reason == "the old name stays as an alias and warns"
    assert "is renamed to" in text(kept, "0.1.0")
    after.generate()
    assert _changes(after, after) == ()


def test_a_renamed_class_breaks_until_all_lines_that_diff_gives_are_in_the_rules(tmp_path: Path) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").change("scope.toml", 'tag = "Label"', 'tag = "Sticker"')
    broken = _changes(before, after)
    assert [change.remedy for change in broken] == ['Label = "Sticker"']
    after.change("scope.toml", _OWN, f'{_OWN}Label = "Sticker"\n')
    assert _told(_changes(before, after)) == ["compatible: renamed class Label → Sticker"]


def test_a_renamed_entity_takes_its_builders_along(tmp_path: Path) -> None:
    before = tiny(tmp_path / "a")
    after = tiny(tmp_path / "b").change("scope.toml", 'tag = "Label"', 'tag = "Label"\nkeeper = "Warden"')
    lines = [change.remedy for change in _changes(before, after) if change.remedy]
    assert lines == [
        'KeeperItemRequestBuilder = "WardenItemRequestBuilder"',
        'KeepersRequestBuilder = "WardensRequestBuilder"',
        '"WardensRequestBuilder.by_keeper_id" = "by_warden_id"',
    ]
    after.change("scope.toml", _OWN, "\n".join((_OWN, *lines, "")))
    assert {change.impact for change in _changes(before, after)} == {"compatible"}
    after.generate()


def test_a_rename_that_is_more_than_that_still_breaks(tmp_path: Path) -> None:
    before = tiny(tmp_path / "a")
    line = '"Aardvark.tongue" = "tongues"\n'
    after = tiny(tmp_path / "b").change(CSDL, 'Name="tongue" Type="Edm.Double"', 'Name="tongues" Type="Edm.String"')
    after.change("scope.toml", _OWN, _OWN + line)
    assert _told(_changes(before, after)) == [
        "breaking: changed field Aardvark.tongue → str",
        "compatible: renamed field Aardvark.tongue → Aardvark.tongues",
    ]


def test_a_renamed_method_is_compared_with_its_alias_once(tmp_path: Path) -> None:
    before = tiny(tmp_path / "a")
    after = tiny(tmp_path / "b").change("scope.toml", "animals/weigh(", "animals/weighing(")
    after.change("scope.toml", _OWN, f'{_OWN}"AnimalsRequestBuilder.weigh" = "weighing"\n')
    after.change(CSDL, '<Function Name="weigh"', '<Function Name="weighing"')
    after.change(CSDL, 'Name="list" Type="Edm.Boolean"', 'Name="list" Type="Edm.Guid"')
    assert [line for line in _told(_changes(before, after)) if "request GET" not in line] == [
        "compatible: renamed builder method AnimalsRequestBuilder.weigh → AnimalsRequestBuilder.weighing",
        "breaking: changed parameter AnimalsRequestBuilder.weigh(list_) → UUID",
    ]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('Food = "Diet"', "enumeration Food"),
        ('"Animal.velocity" = "speed"', "field Animal.velocity"),
        ('"Diet.Grass" = "Plants"', "enumeration member Diet.Grass"),
        ('"AnimalsRequestBuilder.by_beast_id" = "by_animal_id"', "builder method AnimalsRequestBuilder.by_beast_id"),
        ('"AnimalItemRequestBuilder.cubs" = "offspring"', "builder property AnimalItemRequestBuilder.cubs"),
        ('"GraphMeetingsClient.wardens" = "keepers"', "client member GraphMeetingsClient.wardens"),
        ('BeastsRequestBuilder = "AnimalsRequestBuilder"', "request builder BeastsRequestBuilder"),
    ],
)
def test_an_alias_that_goes_breaks_and_one_that_comes_does_not(tmp_path: Path, line: str, name: str) -> None:
    before, after = tiny(tmp_path / "a"), tiny(tmp_path / "b").change("scope.toml", f"{line}\n", "")
    gone, come = _told(_changes(before, after)), _told(_changes(after, before))
    assert len(gone) == len(come) == 1
    assert gone[0].startswith("breaking: removed ")
    assert come[0].startswith("compatible: added ")
    assert name.rpartition(" ")[2] in gone[0]
    assert name.rpartition(" ")[2] in come[0]


def test_a_document_of_another_day_goes_without_the_aliases_that_do_not_apply(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change(CSDL, '<Property Name="speed" Type="Edm.Single" />', "")
    command = ["--metadata", str(metadata.folder), "generate", "--output", str(tmp_path / "out")]
    assert main([*command, "--allow-missing"]) == 0
    names = (tmp_path / "out" / "names.txt").read_text()
    assert f"{_P}.Animal.labels\n" in names
    assert f"{_P}.Animal.velocity\n" not in names
    assert main(command) == 1


def test_a_member_listed_under_the_former_name_of_its_class_is_told_the_current_one(tmp_path: Path) -> None:
    line = '"BeastsRequestBuilder.by_monster_id" = "by_animal_id"\n'
    metadata = tiny(tmp_path).change("scope.toml", _OWN, _OWN + line)
    with pytest.raises(CodegenError, match=r'write "AnimalsRequestBuilder\.by_monster_id"'):
        metadata.generate()


def test_an_alias_that_names_nothing_is_noted_by_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = tiny(tmp_path).change(
        "scope.toml", _OWN, f'{_OWN}"CrittersRequestBuilder.by_beast_id" = "by_animal_id"\n'
    )
    command = ["--metadata", str(metadata.folder), "diff", str(metadata.folder), str(metadata.folder / CSDL)]
    assert main(command) == 0
    told = capsys.readouterr().err
    assert 'codegen: scope.toml: versions.v1.0.aliases: "CrittersRequestBuilder.by_beast_id" = "by_animal_id": ' in told
    assert "unknown class CrittersRequestBuilder" in told
    assert "the alias is left out" in told
