"""Open enumerations."""

import copy
import pickle

from graph_meetings_runtime import OpenEnum


class Colour(OpenEnum):
    """Made up."""

    Red = "red"
    None_ = "none"


def test_a_known_value_is_a_member() -> None:
    assert Colour("red") is Colour.Red
    assert str(Colour.Red) == "red"
    assert Colour.Red.is_known
    assert [*Colour] == [Colour.Red, Colour.None_]


def test_an_unknown_value_keeps_its_text() -> None:
    mauve = Colour("mauve")
    assert mauve == "mauve"
    assert mauve == Colour("mauve")
    assert mauve != Colour.Red
    assert mauve.value == "mauve"
    assert str(mauve) == f"{mauve}" == "mauve"
    assert not mauve.is_known
    assert isinstance(mauve, Colour)
    assert hash(mauve) == hash("mauve")


def test_an_unknown_value_is_not_remembered() -> None:
    Colour("mauve")
    assert [*Colour] == [Colour.Red, Colour.None_]


def test_values_copy_and_pickle() -> None:
    for value in (Colour.Red, Colour("mauve")):
        restored = pickle.loads(pickle.dumps(value))
        assert restored == value == copy.deepcopy(value)
        assert restored.is_known == value.is_known


def test_values_match() -> None:
    match Colour("mauve"):
        case Colour.Red:
            found = "red"
        case other:
            found = other.value
    assert found == "mauve"
