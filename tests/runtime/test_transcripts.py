"""Transcripts: every cue is read or reported, whoever speaks and whenever."""

import html
import json
import re
import time
import warnings
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime.transcripts.cue import Cue, DamagedCue, DamagedCueWarning
from graph_meetings_runtime.transcripts.rendering import cues_to_json_lines, cues_to_markdown, cues_to_text
from graph_meetings_runtime.transcripts.webvtt import read_cues

S = timedelta(seconds=1)


def only(body: str) -> Cue:
    (cue,) = read_cues(f"WEBVTT\n\n{body}\n")
    return cue


def test_a_cue_has_its_times_its_speaker_and_its_text() -> None:
    cue = only("0b1c/12-0\n00:01:02.500 --> 01:00:00.000\n<v Ann Lee>Good morning.</v>")
    assert cue == Cue(timedelta(minutes=1, seconds=2.5), timedelta(hours=1), "Ann Lee", "Good morning.")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:0:5.320", 5.32),
        ("-0:0:5.320", -5.32),
        ("0:0:-5.-320", -5.32),
        ("-00:01:00.000", -60),
        ("00:00.5", 0.5),
        ("1:2:3", 3723),
        ("100:00:00.000", 360_000),
        ("0:0:1.1234567", 1.123456),
        ("0:0:1,25", 1.25),
    ],
)
def test_times_may_be_unpadded_negative_and_finer_than_a_microsecond(text: str, seconds: float) -> None:
    assert only(f"{text} --> 200:00:00.000 align:start\nx").start == timedelta(seconds=seconds)


def test_each_voice_of_a_cue_is_a_cue() -> None:
    body = "00:00.000 --> 00:09.000\nPardon? <v Ann>One.</v> Hm. <v.loud Bob>Two.\nThree.<v @1>Four."
    assert [(cue.speaker, cue.text) for cue in read_cues(f"WEBVTT\n\n{body}")] == [
        (None, "Pardon?"),
        ("Ann", "One."),
        (None, "Hm."),
        ("Bob", "Two. Three."),
        ("@1", "Four."),
    ]


def test_entities_are_characters_and_what_is_no_tag_is_text() -> None:
    body = "0:0:1 --> 0:0:2\n<v A &amp; B>1 < 2 &lt;b&gt; <i>AT&amp;T</i> a<b <00:00:01.500>&#65; <unknown>"
    assert only(body) == Cue(1 * S, 2 * S, "A & B", "1 < 2 <b> AT&T a<b A <unknown>")


def test_metadata_content_is_read_from_its_json() -> None:
    said = {
        "startDateTime": "2026-01-15T09:30:00Z",
        "endDateTime": "2026-01-15T09:30:02Z",
        "speakerName": "Ann",
        "spokenText": "1 --> 2 and <b>bold</b> &amp;\nmore",
        "spokenLanguage": "en-us",
    }
    cue = only(f"-0:0:1.0 --> 0:0:1.0\n{json.dumps(said)}")
    assert cue == Cue(-1 * S, 1 * S, "Ann", "1 --> 2 and <b>bold</b> &amp;\nmore", "en-us")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("header", ["WEBVTT", "WEBVTT - a title", "WEBVTT\nKind: captions"])
def test_line_ends_marks_and_headers_do_not_matter(newline: str, start: str, header: str) -> None:
    text = f"{start}{header}\n\nNOTE a\nb\n\nSTYLE\n::cue {{}}\n\n0:1 --> 0:2\nx\n0:2 --> 0:3\ny".replace("\n", newline)
    for transcript in (text, text.encode()):
        assert [cue.text for cue in read_cues(transcript)] == ["x", "y"]


def test_a_unicode_line_separator_is_part_of_what_was_said() -> None:
    assert only("0:1 --> 0:2\na\u2028b\x0bc").text == "a b c"


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("0:x --> 0:2\nlost", "a cue without valid times"),
        ("no times", "a cue without valid times"),
        ('0:1 --> 0:2\n{"spokenText": "x"', "a cue with malformed JSON"),
        ('0:1 --> 0:2\n{"speakerName": "x"}', "a cue with JSON that has no spokenText"),
        ('0:1 --> 0:2\n{"spokenText": 1}', "a cue with JSON whose spokenText is a number, not a string"),
        ("9999999999:0:0 --> 0:2\nx", "a cue without valid times"),
    ],
)
def test_a_damaged_cue_is_reported_and_the_rest_is_read(block: str, problem: str) -> None:
    text = f"WEBVTT\n\n0:1 --> 0:2\nbefore\n\n{block}\n\n0:3 --> 0:4\nafter\n"
    damaged: list[DamagedCue] = []
    assert [cue.text for cue in read_cues(text, damaged.append)] == ["before", "after"]
    (report,) = damaged
    assert (report.line, report.text) == (6, block)
    assert report.problem.startswith(problem)
    with pytest.warns(DamagedCueWarning, match=f"left out: line 6: {re.escape(problem)}") as warned:
        read_cues(text)
    assert warned[0].filename == __file__


@pytest.mark.parametrize(
    "start", ["WEBVTT\n0:1 --> 0:2\nx", "WEBVTT\nid\n0:1 --> 0:2\nx", "WEBVTT\n\nNOTE\n0:1 --> 0:2\nx"]
)
def test_a_cue_right_after_the_header_or_called_a_note_is_read(start: str) -> None:
    assert [cue.text for cue in read_cues(f"{start}\n\n0:3 --> 0:4\ny\n")] == ["x", "y"]


@pytest.mark.parametrize("text", ["", " ", "<v Ann></v>", '{"speakerName": "Ann", "spokenText": " "}'])
def test_a_cue_without_text_is_left_out(text: str) -> None:
    assert read_cues(f"WEBVTT\n\n0:1 --> 0:2\n{text}\n") == []


@pytest.mark.parametrize("text", ["", "<html>", "0:1 --> 0:2\nx", "WEBVTTX\n"])
def test_what_is_not_webvtt_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not WebVTT"):
        read_cues(text)


moments = st.timedeltas(timedelta(hours=-30), timedelta(hours=300)).map(lambda t: timedelta(milliseconds=t // S * 1000))
words = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda t: " ".join(t.split())).filter(bool)
)
spoken = st.builds(Cue, moments, moments, words, words)


def _time(moment: timedelta) -> str:
    sign = "-" if moment < timedelta() else ""
    seconds = int(abs(moment).total_seconds())
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60}:{seconds % 60}.000"


@given(st.lists(spoken))
def test_cues_that_were_written_are_read_again(cues: list[Cue]) -> None:
    blocks = [
        f"{_time(cue.start)} --> {_time(cue.end)}\n<v {html.escape(cue.speaker or '')}>{html.escape(cue.text)}</v>"
        for cue in cues
    ]
    assert read_cues("\n\n".join(["WEBVTT", *blocks])) == cues


@given(st.lists(spoken))
def test_what_metadata_says_is_read_again(cues: list[Cue]) -> None:
    blocks = [
        f"{_time(cue.start)} --> {_time(cue.end)}\n{json.dumps({'speakerName': cue.speaker, 'spokenText': cue.text})}"
        for cue in cues
    ]
    assert read_cues("\n\n".join(["WEBVTT", *blocks])) == cues


pieces = st.sampled_from(["\n", "\n\n", "0:1 --> 0:2", "-->", "<v A>", "</v>", "{", '{"spokenText":"x"}', "&amp;", "x"])


@given(st.lists(pieces | st.text()))
def test_no_text_is_an_error_after_the_header(parts: list[str]) -> None:
    with warnings.catch_warnings(action="ignore", category=DamagedCueWarning):
        read_cues("WEBVTT\n\n" + "".join(parts))


@pytest.mark.parametrize("piece", ["x\n", "0:1 --> 0:2\n", "<v " * 2, "<v a>", "-" * 9, "0:1 --> 0:2\n{\n", "&"])
def test_time_is_in_proportion_to_the_length(piece: str) -> None:
    def seconds(times: int) -> float:
        text = "WEBVTT\n\n0:1 --> 0:2\n" + piece * times
        began = time.process_time()
        read_cues(text, lambda _: None)
        return time.process_time() - began

    assert seconds(40_000) < 30 * min(seconds(4_000) for _ in range(3)) + 0.1


CUES = [
    Cue(-5 * S, 1 * S, "Ann", "Good\nmorning."),
    Cue(1 * S, 2 * S, "Ann", "All."),
    Cue(3661 * S, 3662 * S, None, "# 1. *Hm*", "de-de"),
]


def test_text_has_a_line_for_each_turn() -> None:
    assert cues_to_text(CUES) == "[-00:00:05] Ann: Good morning. All.\n[01:01:01] Unknown: # 1. *Hm*\n"


def test_markdown_has_a_paragraph_for_each_turn_and_no_markup_of_others() -> None:
    assert cues_to_markdown(CUES) == (
        "**Ann** (-00:00:05)  \nGood morning. All.\n\n**Unknown** (01:01:01)  \n\\# 1. \\*Hm\\*\n"
    )


def test_less_than_a_second_before_the_start_is_the_start() -> None:
    assert cues_to_text([Cue(-0.9 * S, S, "Ann", "Yes.")]) == "[00:00:00] Ann: Yes.\n"


def test_markdown_may_have_a_title_which_is_no_markup() -> None:
    cues = [Cue(S, S, "Ann", "Yes.")]
    assert cues_to_markdown(cues, title="Q3\n# *all*") == "# Q3 \\# \\*all\\*\n\n**Ann** (00:00:01)  \nYes.\n"
    assert cues_to_markdown([], title="Empty") == "# Empty\n"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("1. - x", "1\\. - x"),
        ("2) x", "2\\) x"),
        ("- x", "\\- x"),
        ("---", "\\---"),
        ("===", "\\==="),
        ("&lt;b&gt; <b>", "\\&lt;b\\&gt; \\<b\\>"),
        ("1st", "1st"),
    ],
)
def test_what_was_said_is_no_markup(said: str, written: str) -> None:
    assert cues_to_markdown([Cue(S, S, "A", said)]).endswith(f"  \n{written}\n")


def test_a_speaker_cannot_add_lines() -> None:
    cues = [Cue(S, S, "Ann\n\n[00:00:09] Bob", "x")]
    assert cues_to_text(cues) == "[00:00:01] Ann [00:00:09] Bob: x\n"
    assert cues_to_markdown(cues) == "**Ann \\[00:00:09\\] Bob** (00:00:01)  \nx\n"


def test_json_lines_have_an_object_for_each_cue() -> None:
    lines = [json.loads(line) for line in cues_to_json_lines(CUES).split("\n")[:-1]]
    assert lines[0] == {"start": -5.0, "end": 1.0, "speaker": "Ann", "text": "Good\nmorning.", "language": None}
    assert len(lines) == len(CUES)
