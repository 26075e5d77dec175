"""Hostile OpenAPI documents give a clear error, in bounded time and memory."""

import resource
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.errors import CodegenError
from codegen.read.openapi.load import load
from codegen.read.openapi.read import read_openapi
from codegen.rules.scope import Rules, read_rules
from codegen.scope.document import scope_of
from codegen.write.canonical import canonical

pytestmark = pytest.mark.long

_SERVICE = Path(__file__).parent / "openapi"
_HEAD = "openapi: 3.0.4\npaths: {}\ncomponents:\n  schemas:\n"
# libyaml reads ahead, and from 0.2.6 on it may come to its own limit before ours.
_TOO_DEEP = "(is nested more than 64 levels deep|not well-formed YAML: exceeded maximum nesting depth)"
_PARTICIPANTS = (
    "    microsoft.graph.callRecords.participantBase:\n      allOf:\n        - $ref: '#/components/schemas/{}'"
)


@contextmanager
def _bounded(seconds: float, mebibytes: int) -> Generator[None]:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    yield
    assert time.process_time() - start < seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < mebibytes * 1024


def _rules() -> Rules:
    (rules,) = read_rules(_SERVICE / "scope.toml", "scope.toml")
    return rules


def _changed(folder: Path, *changes: tuple[str, str]) -> Path:
    text = (_SERVICE / "service.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "service.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _canonical(path: Path) -> str:
    return canonical(scope_of(_SERVICE, _rules(), path).schema)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_HEAD + "    a.b: " + "[" * 5_000_000, rf"evil\.yaml:5: {_TOO_DEEP}"),
        (_HEAD + "    a.b: " + "{a: " * 1_000_000, rf"evil\.yaml:5: {_TOO_DEEP}"),
        ("openapi: 3.0.4\nskipped: " + "[" * 5_000_000, rf"evil\.yaml:2: {_TOO_DEEP}"),
        (_HEAD + "    a.b: [" + "a," * 10_000_000 + "]", r"evil\.yaml:5: has more than 2,000,000 values"),
        (_HEAD + "    a.b: &a [x, x]\n    a.c: [*a, *a]", r"evil\.yaml:6: YAML aliases are not allowed"),
        (
            _HEAD + "    a.b: !!python/object/apply:os.system ['x']",
            r"evil\.yaml:5: the YAML tag 'tag:yaml.*' is not allowed",
        ),
        ("!!python/dict {openapi: 3.0.4}", r"evil\.yaml:1: the YAML tag"),
        (_HEAD + "    a.b: {}\n    a.b: {}", r"evil\.yaml:6: duplicate key 'a\.b'"),
        (_HEAD + "    ? [a]\n    : {}", r"evil\.yaml:5: a key must be a string"),
        (_HEAD + "    a.b: {properties: [c]}", r"evil\.yaml:5: 'properties' must be an object"),
        (_HEAD + "    a.b: c", r"evil\.yaml:5: 'a\.b' must be an object"),
        (_HEAD + "    a.b: '", r"evil\.yaml:5: not well-formed YAML"),
        (_HEAD + "    a.b: {}\n---\nopenapi: 3.0.4", r"evil\.yaml: expected one YAML document"),
        (_HEAD + "    a.b: \0", r"evil\.yaml: cannot be read: .*control characters"),
        ("openapi: 3.0.4\ncomponents: {schemas: {}}", r"evil\.yaml: declares no types"),
        (_HEAD + "".join(f"    a.b{n}: {{}}\n" for n in range(100_001)), r"evil\.yaml: has 100,001 types"),
        (
            "openapi: 3.0.4\npaths:\n"
            + "".join(f"  ? /{n}{'x' * 5000}{'/a' * 48}\n  : {{}}\n" for n in range(2000))
            + "components: {schemas: {a.b: {}}}",
            r"evil\.yaml: has 10,\d{3},\d{3} characters in its paths",
        ),
        (
            "openapi: 3.0.4\npaths:\n  " + "/a" * 51 + ": {}\ncomponents: {schemas: {a.b: {}}}",
            r"evil.yaml:3: .* 50 segm",
        ),
        ("[]", r"evil\.yaml:1: not OpenAPI 3"),
        ("", r"evil\.yaml:1: not OpenAPI 3"),
        ("swagger: '2.0'", r"evil\.yaml:1: not OpenAPI 3"),
    ],
    ids=range(21),
)
def test_a_hostile_document_is_refused_in_bounded_time(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "evil.yaml"
    path.write_text(text)
    with _bounded(20, 768), pytest.raises(CodegenError, match=message):
        read_openapi(path, path.name, ())


def test_blanks_among_the_arguments_of_a_function_take_no_time(tmp_path: Path) -> None:
    path = "'/communications/callRecords/microsoft.graph.callRecords.getPstnCalls("
    described = "\n    description: Provides operations to call the getPstnCalls"
    service = _changed(
        tmp_path,
        (f"  {path}", f"  ? {path}{' ' * 100_000}x,"),
        (f"':{described}", f"'\n  :{described}"),
    )
    with (
        _bounded(5, 64),
        pytest.raises(CodegenError, match=r"overloads are getPstnCalls\(x, fromDateTime, toDateTime\)"),
    ):
        _canonical(service)


def test_a_bomb_of_aliases_is_not_expanded(tmp_path: Path) -> None:
    lines = [f"  a.b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    path = tmp_path / "bomb.yaml"
    # The first is skipped, the second is read.
    for head in ("openapi: 3.0.4\nskipped:\n", "openapi: 3.0.4\ncomponents:\n  schemas: {}\n  responses:\n"):
        path.write_text(f"{head}  a.b0: &a0 [x]\n" + "\n".join(lines))
        with _bounded(1, 16), pytest.raises(CodegenError, match=r"bomb\.yaml"):
            read_openapi(path, path.name, ())


def test_a_document_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with _bounded(1, 16), pytest.raises(CodegenError, match=r"large\.yaml: has 200,000,000 bytes"):
        load(path, path.name)


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/x.yaml#/a", "other.yaml", "#/paths/a", "", "/etc/passwd"]
)
def test_a_reference_leads_nowhere_else(tmp_path: Path, target: str) -> None:
    base = _PARTICIPANTS.format("microsoft.graph.entity")
    path = _changed(tmp_path, (base, base.replace("#/components/schemas/microsoft.graph.entity", target)))
    line = path.read_text().splitlines().index(f"        - $ref: '{target}'") + 1
    with pytest.raises(CodegenError, match=rf"service\.yaml:{line}: \$ref '.*' must begin with #/components/"):
        _canonical(path)


def test_a_cycle_of_all_of_is_refused_where_it_is_in_scope(tmp_path: Path) -> None:
    cycle = "    microsoft.graph.{}:\n      allOf:\n        - $ref: '#/components/schemas/microsoft.graph.{}'\n"
    new = "  schemas:\n" + cycle.format("a", "b") + cycle.format("b", "a")
    path = _changed(tmp_path, ("  schemas:\n", new))
    assert _canonical(path) == _canonical(_SERVICE / "service.yaml")
    base = _PARTICIPANTS.format("microsoft.graph.entity")
    path = _changed(tmp_path, ("  schemas:\n", new), (base, _PARTICIPANTS.format("microsoft.graph.a")))
    with _bounded(5, 64), pytest.raises(CodegenError, match=r"a type cannot be its own base: .*a → .*b → .*a"):
        _canonical(path)


def test_a_long_chain_of_all_of_is_refused(tmp_path: Path) -> None:
    chain = "".join(
        f"    microsoft.graph.t{n}: {{allOf: [{{$ref: '#/components/schemas/microsoft.graph.t{n + 1}'}}]}}\n"
        for n in range(20_000)
    )
    base = _PARTICIPANTS.format("microsoft.graph.entity")
    path = _changed(
        tmp_path, ("  schemas:\n", f"  schemas:\n{chain}"), (base, _PARTICIPANTS.format("microsoft.graph.t0"))
    )
    with _bounded(20, 256), pytest.raises(CodegenError, match=r"has a hierarchy of more than 50 types"):
        _canonical(path)


_EVIL = [
    "a'b",
    'a"b',
    "a\\nb",
    "a b",
    "a/b",
    "__import__('os')",
    "../x",
    "{{ x }}",
    "a" * 129,
    "a+b",
    "-",
    "1",
]
# The places of a name: what to replace in the document, and by what.
_SPOTS = [
    ("            subject:", '            "{}":'),
    ("            recordings:", '            "{}":'),
    ("        - attendee\n", '        - "{}"\n'),
    ("getPstnCalls(fromDateTime=", "get{}(fromDateTime="),
    ("title: callType\n      enum:\n        - unknown\n", 'title: callType\n      enum:\n        - "{}"\n'),
    ("date: '2025-11-06T00:00:00.0000000+00:00'", 'date: "{}"'),
    ("version: 2025-11/Renamed", 'version: "{}"'),
    ("              format: base64url", '              format: "{}"'),
]


@pytest.mark.parametrize("spot", _SPOTS, ids=range(len(_SPOTS)))
@pytest.mark.parametrize("name", _EVIL)
def test_a_name_that_is_none_does_not_get_into_the_extract(tmp_path: Path, spot: tuple[str, str], name: str) -> None:
    old, new = spot
    escaped = name.replace('"', '\\"') if '"{}"' in new else name.replace("'", "''")
    path = _changed(tmp_path, (old, new.replace("{}", escaped)))
    plain = _canonical(_SERVICE / "service.yaml")
    try:
        text = _canonical(path)
    except CodegenError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert set(text.splitlines()) - set(plain.splitlines()) <= _harmless(name)
    assert len(refusal.splitlines()) <= 1


def _harmless(name: str) -> set[str]:
    """The one line that a revision's version or date may have: these are texts, which their own grammar limits."""
    padding = "                "
    day = name[: len("2026-01-31")]
    return {
        f'{padding}<PropertyValue Property="Date" Date="{day}"/>',
        f'{padding}<PropertyValue Property="Version" String="{name}"/>',
    }


@settings(max_examples=2 * settings().max_examples)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(_HEAD.encode() + b"    a.b: " + tail)
    refusal = "any.yaml"
    try:
        read_openapi(path, path.name, ())
    except CodegenError as error:
        refusal = str(error)
    assert refusal.startswith("any.yaml")
