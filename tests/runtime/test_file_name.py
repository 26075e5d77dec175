"""File names made from texts that a stranger may have chosen."""

import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_meetings_runtime import safe_file_name
from graph_meetings_runtime.content.file_name import same_file_key

AWKWARD = st.sampled_from(
    [
        "..",
        "/",
        "\\",
        ":",
        "~",
        "-",
        ".",
        " ",
        "\0",
        "\n",
        "\u202e",
        "\u200b",
        "\ud800",
        "\u00a0",
        "e\u0301",
        "CON",
        "x",
        ".part",
    ]
)
TEXTS = st.lists(st.text() | AWKWARD).map("".join)


@given(TEXTS)
@example("CON .txt")
@example("-rf")
@example("~")
@example("a" * 300 + ". .")
@example("e\u0301" * 200)
@example(" . \u202e . ")
def test_it_is_one_name_that_every_system_takes(text: str) -> None:
    name = safe_file_name(text)
    assert name == PurePosixPath(name).name == PureWindowsPath(name).name
    assert name not in {"", ".", ".."}
    assert not PureWindowsPath(name).drive
    assert name[0] not in ".-~ "
    assert name[-1] not in ". "
    assert len(name.encode()) <= 245
    assert unicodedata.is_normalized("NFC", name)
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not set(name) & set('<>:"/\\|?*')
    assert not name.lower().endswith((".part", ".part.json", ".part.new"))


@given(TEXTS)
def test_a_good_name_stays_as_it_is(text: str) -> None:
    name = safe_file_name(text)
    assert safe_file_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Weekly sync 2026-01-15.mp4", "Weekly sync 2026-01-15.mp4"),
        ("Bücher, 会議 & ☕.mp4", "Bücher, 会議 & ☕.mp4"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x\\y.mp4", "C__x_y.mp4"),
        (".bashrc", "bashrc"),
        ("-rf.mp4", "rf.mp4"),
        ("invoice\u202e4pm.exe", "invoice_4pm.exe"),
        ("nul.mp4", "_nul.mp4"),
        ("com1 .mp4", "_com1 .mp4"),
        ("COM¹.mp4", "_COM¹.mp4"),
        ("console.mp4", "console.mp4"),
        ("a.PART", "a.PART_"),
        ("a.part.json", "a.part.json_"),
        ("a.part.new", "a.part.new_"),
        ("a\u00a0b ", "a b"),
        ("", "_"),
        ("...", "_"),
    ],
)
def test_examples(text: str, name: str) -> None:
    assert safe_file_name(text) == name


def test_a_long_name_keeps_its_ending_and_stays_its_own() -> None:
    first, second = safe_file_name("ü" * 300 + "1.mp4"), safe_file_name("ü" * 300 + "2.mp4")
    assert first.endswith(".mp4")
    assert first.startswith("ü" * 50)
    assert first != second
    assert len(first.encode()) in {244, 245}


def test_an_ending_too_long_to_be_one_is_cut() -> None:
    name = safe_file_name(f"a.{'b' * 300}")
    assert name.startswith("a.bbb")
    assert len(name) == 245


@given(TEXTS)
def test_a_file_system_takes_it(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path: Path = tmp_path_factory.getbasetemp() / f"{safe_file_name(text)}.part.json"
    path.touch()
    path.unlink()


@pytest.mark.parametrize(
    ("one", "other"), [("A.mp4", "a.MP4"), ("\u00fc.mp4", "u\u0308.mp4"), ("STRASSE", "straße"), ("\u212b", "\u00e5")]
)
def test_names_that_are_one_file_somewhere(one: str, other: str) -> None:
    assert same_file_key(one) == same_file_key(other)
    assert same_file_key(one) != same_file_key(f"{other}x")
