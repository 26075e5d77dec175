import ast

from hypothesis import given
from hypothesis import strategies as st

from codegen.write.render import docstring, prose

_HOSTILE = st.text(alphabet=st.sampled_from("ab \"'\\\n\r\t\0\x0c\u2028\u202e{}%#;"), max_size=60) | st.text(
    max_size=60
)


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isprintable() else " " for letter in text).split()


@given(_HOSTILE, st.sampled_from([4, 8]))
def test_no_text_breaks_out_of_a_docstring(text: str, indent: int) -> None:
    margin = " " * indent
    source = f"def f():\n{margin}{docstring(text, indent)}\n{margin}x = 1\n"
    function = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    assert len(function.body) == 2
    assert _words(ast.get_docstring(function, clean=False) or "") == _words(text)


@given(_HOSTILE)
def test_no_text_breaks_out_of_a_docstring_with_more_in_it(text: str) -> None:
    source = f'def f():\n    """{prose(text, 4)}\n\n    Args:\n        a: {prose(text, 8)}\n    """\n    x = 1\n'
    function = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    assert len(function.body) == 2
    assert _words(ast.get_docstring(function, clean=False) or "") == [*_words(text), "Args:", "a:", *_words(text)]


@given(st.text(alphabet='ab "\\', max_size=400))
def test_lines_stay_within_the_limit_where_words_allow(text: str) -> None:
    longest_word = max((len(word) for word in _words(text)), default=0)
    if longest_word < 50:
        assert all(len(line) <= 120 for line in (" " * 8 + docstring(text, 8)).splitlines())
