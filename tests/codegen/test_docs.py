from pathlib import Path

import pytest

from codegen.errors import CodegenError
from tests.codegen.tiny import tiny


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[types.bear]", "[types.bare]", "types: zoo.bare is not in scope; did you mean 'zoo.bear'"),
        (
            "properties.class =",
            "properties.clas =",
            "zoo.tag.properties: clas is not in scope; did you mean",
        ),
        ('mood = "How', 'moot = "How', "enums: zoo.moot is not in scope"),
        ('me = "Whoever', 'mee = "Whoever', "roots: mee is not in scope"),
        ("census on animal", "censos on animal", "censos on zoo.animal is not in scope; did you mean"),
        ("parameters.since", "parameters.sinse", "parameters: sinse is not in scope; did you mean 'since'"),
        ('[types.bear]\none = "A bear."', "", '[types."zoo.bear"] one = "…"'),
        ('mood = "How an animal feels."', "", '[enums] "zoo.mood" = "…"'),
        ('me = "Whoever is signed in."', "", '[roots] me = "…"'),
        (
            '[functions."delta on Collection(animal)"]\ntext = "Changes."',
            "",
            '[functions."delta on Collection(zoo.animal)"] text = "…"',
        ),
        ('parameters.since = "only later ones."', "", '"] parameters.since = "…"'),
        ('many = "Keepers."', "", "zoo.keeper has a collection builder, so its description needs `many`"),
        ('properties.picture = "A picture, as a stream."', "", "the stream picture has no description"),
        ('"A bear."', '"""A\nbear."""', "a description must be one line"),
        ('"A bear."', f'"{"b" * 200}."', "a description must be one line"),
        ('"A bear."', '"A bear"', "must end with a full stop"),
        ('"A bear."', "5", "types.bear.one: expected a string, got an integer"),
        ('one = "A bear."', 'won = "A bear."', "unknown key 'won'; did you mean 'one'"),
        ("[roots]", "[roots", "docs.toml: "),
    ],
)
def test_descriptions_and_metadata_must_match(tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(CodegenError) as caught:
        tiny(tmp_path).change("docs.toml", old, new).generate()
    assert str(caught.value).startswith("docs.toml")
    assert reason in str(caught.value)


def test_everything_without_a_description_is_named_at_once(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change("docs.toml", '[types.bear]\none = "A bear."', "")
    metadata.change("docs.toml", 'mood = "How an animal feels."', "").change(
        "docs.toml", 'me = "Whoever is signed in."', ""
    )
    metadata.change("docs.toml", 'parameters.since = "only later ones."', "")
    function = '[functions."stroke on Collection(animal)"]\ntext = "How they like it."\n'
    metadata.change("docs.toml", f'{function}parameters.gently = "whether with care."', "")
    with pytest.raises(CodegenError) as caught:
        metadata.generate()
    assert str(caught.value) == (
        "docs.toml: some things in scope have no description; add, each ending with a full stop:\n"
        '  [enums] "zoo.mood" = "…"\n'
        '  [functions."born on Collection(zoo.animal)"] parameters.since = "…"\n'
        '  [functions."stroke on Collection(zoo.animal)"] parameters.gently = "…"\n'
        '  [functions."stroke on Collection(zoo.animal)"] text = "…"\n'
        '  [roots] me = "…"\n'
        '  [types."zoo.bear"] one = "…"'
    )
