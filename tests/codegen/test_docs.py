from pathlib import Path

import pytest

from codegen.errors import CodegenError
from tests.codegen.tiny import tiny


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[types.bear]", "[types.bare]", "types: nothing in scope is called zoo.bare; did you mean 'zoo.bear'"),
        (
            "properties.class =",
            "properties.clas =",
            "zoo.tag.properties: nothing in scope is called clas; did you mean",
        ),
        ('mood = "How', 'moot = "How', "enums: nothing in scope is called zoo.moot"),
        ('me = "Whoever', 'mee = "Whoever', "roots: nothing in scope is called mee"),
        ("census on animal", "censos on animal", "nothing in scope is called censos on zoo.animal; did you mean"),
        ("parameters.since", "parameters.sinse", "parameters: nothing in scope is called sinse; did you mean 'since'"),
        ('[types.bear]\none = "A bear."', "", "no description of the type zoo.bear"),
        ('mood = "How an animal feels."', "", "no description of the enumeration zoo.mood"),
        ('me = "Whoever is signed in."', "", "no description of the root me"),
        ('[functions."delta on Collection(animal)"]\ntext = "Changes."', "", "no description of the function delta on"),
        ('parameters.since = "only later ones."', "", "no description of the parameter since"),
        ('many = "Keepers."', "", "no `many` for zoo.keeper"),
        ('properties.picture = "A picture, as a stream."', "", "no description of the stream picture"),
        ('"A bear."', '"""A\nbear."""', "a description is one line"),
        ('"A bear."', f'"{"b" * 200}."', "a description is one line"),
        ('"A bear."', '"A bear"', "ends with a full stop"),
        ('"A bear."', "5", "a text belongs here"),
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
    with pytest.raises(CodegenError) as caught:
        metadata.generate()
    assert str(caught.value) == (
        "docs.toml: no description of the enumeration zoo.mood, the root me, the type zoo.bear"
    )
