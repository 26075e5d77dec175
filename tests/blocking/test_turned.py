"""Which tests of the asynchronous client are run for the blocking one, too: all but a listed few."""

import ast
import os
from pathlib import Path

import pytest

from codegen.blocking.translated_tests import translated_tests

ROOT = Path(__file__).parents[2]
LEFT_OUT = Path(__file__).parent / "left_out.txt"
HEADER = """\
# Tests of the asynchronous client that are not run for the blocking one, each with what it needs. Those that need
# asyncio cancel tasks or start several at once; what takes their place is in tests/blocking/.
"""


@pytest.fixture(scope="module")
def turned() -> tuple[dict[str, str], dict[str, str]]:
    return translated_tests(ROOT)


def names(source: str) -> list[str]:
    found = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [name for name in found if name.startswith("test_")]


@pytest.mark.long
def test_all_tests_are_run_for_both_clients_but_the_listed_ones(turned: tuple[dict[str, str], dict[str, str]]) -> None:
    files, reasons = turned
    text = HEADER + "".join(f"{test}: {reason}\n" for test, reason in sorted(reasons.items()))
    if os.environ.get("UPDATE_LEFT_OUT"):
        LEFT_OUT.write_text(text, encoding="utf-8")
    assert text == LEFT_OUT.read_text(encoding="utf-8")
    for path, source in files.items():
        module = f"tests.{path.removesuffix('.py').replace('/', '.')}"
        expected = names((ROOT / "tests" / path).read_text(encoding="utf-8"))
        assert names(source) == [name for name in expected if f"{module}.{name}" not in reasons], path


@pytest.mark.long
def test_what_is_not_turned_tests_nothing_that_waits(turned: tuple[dict[str, str], dict[str, str]]) -> None:
    files, _ = turned
    for folder in ("client", "runtime"):
        for path in (ROOT / "tests" / folder).glob("test_*.py"):
            if f"{folder}/{path.name}" not in files:
                assert "await " not in path.read_text(encoding="utf-8"), path
