"""The tests of the blocking client, made from those of the asynchronous one."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from codegen.blocking.modules import RUNTIME, modules_of
from codegen.blocking.translated_source import BY_HAND, PACKAGE, SourceTranslator
from codegen.blocking.untranslatable import definitions_of, left_out, without

_FOLDERS: Final = ("client", "runtime", "support")
# They test what differs. Words, handlers and writers have hand-written tests in tests/blocking/, connections next to
# those of the asynchronous client.
_DIFFERENT: Final = {
    "tests.client.test_arguments.test_with_is_an_error_that_says_async_with": "other words",
    "tests.client.test_connections.test_a_client_that_nobody_closed_leaves_no_warning": "a blocking socket does",
    "tests.client.test_connections.test_a_file_without_certificates_is_named_by_its_variable": "read once connected",
    "tests.client.test_download_promises.test_chunked_is_known_in_any_case": "not with a blank behind it",
    "tests.client.test_requests.test_wrong_use_is_an_error_that_names_the_right_word": "other words",
    "tests.client.test_sync.test_wrong_arguments_are_errors_that_name_the_right_ones": "other words",
    "tests.runtime.test_concurrency.test_wrong_use_is_an_error_that_names_the_right_word": "other words",
    "tests.runtime.test_delta_store.test_a_handler_that_fails_leaves_nothing": "an async function is one of the cases",
    "tests.runtime.test_part_writer.test_all_chunks_are_written_in_their_order": "nothing waits to be written",
}


def translated_tests(root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Translate the tests of the runtime and of the client. Modules that need no change are left out.

    Args:
        root: of the repository.

    Returns:
        The text of each file by its path below the folder of translated tests; and by its dotted name, why each test
        that is missing there cannot be translated.
    """
    translator = SourceTranslator(modules_of(root / "overrides" / RUNTIME))
    originals = _originals(root / "tests")
    sources = {path: translator.translated(text) for path, text in originals.items()}
    lost = _untranslatable(sources)
    files: dict[str, str] = {}
    for path, text in sources.items():
        source = translator.with_imports(without(text, lost[_dotted(path)].keys()))
        if "test_" not in path or ast.dump(ast.parse(source)) != ast.dump(ast.parse(originals[path])):
            files[path] = f"# Made by codegen from tests/{path}; do not edit.\n{source}"
    reasons = {f"{module}.{name}": reason for module, names in lost.items() for name, reason in names.items()}
    return files, {name: reason for name, reason in reasons.items() if name.rpartition(".")[2].startswith("test_")}


def _originals(tests: Path) -> dict[str, str]:
    """Return the text of each module to translate, by its path in the folder of tests."""
    paths = [tests / "conftest.py", *(path for folder in _FOLDERS for path in sorted((tests / folder).glob("*.py")))]
    names = {path: path.relative_to(tests).as_posix() for path in paths}
    return {name: path.read_text(encoding="utf-8") for path, name in names.items() if _dotted(name) not in BY_HAND}


def _untranslatable(sources: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the definitions of each module that must be dropped, with the reasons."""
    defined = {_dotted(path): definitions_of(text) for path, text in sources.items()}
    lost: dict[str, dict[str, str]] = {}
    # Again and again, because what uses a dropped definition must be dropped, too.
    while (found := {module: left_out(each, lost) for module, each in defined.items()}) != lost:
        lost = found
    for test, reason in _DIFFERENT.items():
        module, _, name = test.rpartition(".")
        lost[module][name] = reason
    return lost


def write_translated_tests(root: Path) -> None:
    """Write the translated tests into their folder."""
    files, _ = translated_tests(root)
    folder = root / PACKAGE
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
    if not (folder / "data").exists():
        (folder / "data").symlink_to((root / "tests" / "data").resolve())
    for old in folder.rglob("*.py"):
        if old.relative_to(folder).as_posix() not in files and "data" not in old.parts:
            old.unlink()


def _dotted(path: str) -> str:
    return f"tests.{path.removesuffix('.py').replace('/', '.')}"
