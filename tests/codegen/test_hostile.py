"""Hostile documents give a clear error or safe code, in bounded time and memory."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codegen.__main__ import main
from codegen.errors import CodegenError
from codegen.read.csdl.document import read_document
from codegen.write.generate import generate
from codegen.write.output import write
from tests.codegen.tiny import CSDL, GOLDEN_METADATA, Tiny, tiny

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]
_CALL = '__import__("sys").audit("injected")'
_HEAD = '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
_DEN = '<Property Name="den" Type="Edm.String" />'


@contextmanager
def _bounded(seconds: float, mebibytes: int) -> Generator[None]:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    yield
    assert time.process_time() - start < seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < mebibytes * 1024


def test_deep_nesting_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deep.xml"
    path.write_text(_HEAD + "<a>" * 10_000_000)
    with _bounded(2, 32), pytest.raises(CodegenError, match=r"deep\.xml:1: not well-formed XML: .*depth"):
        read_document(path, path.name)


def test_a_document_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with _bounded(1, 16), pytest.raises(CodegenError, match=r"large\.xml: has 200,000,000 bytes"):
        read_document(path, path.name)


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)),
        f'<!ENTITY a11 "{"a" * 100_000}">',
        '<!ENTITY a11 SYSTEM "file:///etc/passwd">',
        '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x; <!ENTITY a11 "b">',
    ],
)
def test_entities_are_refused_unexpanded(tmp_path: Path, entities: str) -> None:
    path = tmp_path / "bomb.xml"
    path.write_text(f"<!DOCTYPE x [{entities}]>{_HEAD}{'&a11;' * 1000}</edmx:DataServices></edmx:Edmx>")
    with (
        _bounded(1, 32),
        pytest.raises(CodegenError, match=r"bomb\.xml:\d+: (DOCTYPE is not allowed|not well-formed XML)"),
    ):
        read_document(path, path.name)


@pytest.mark.parametrize("count", [20_000, pytest.param(50_000, marks=pytest.mark.long)])
def test_many_properties_take_as_long_as_they_must(tmp_path: Path, count: int) -> None:
    many = "".join(f'<Property Name="p{n}" Type="Edm.String" />' for n in range(count))
    metadata = tiny(tmp_path).change(CSDL, _DEN, _DEN + many)
    with _bounded(count // 5_000, 1024):
        write(metadata.generate(), tmp_path / "out")
    assert f'p{count - 1} = Field("p{count - 1}", STRING)' in (
        tmp_path / "out" / "tests" / "codegen" / "golden" / "models.py"
    ).read_text(encoding="utf-8")


def test_a_wrong_name_among_many_is_found_in_bounded_time(tmp_path: Path) -> None:
    many = "".join(f'<Property Name="p{"x" * 100}{n}" Type="Edm.String" />' for n in range(100_000))
    metadata = tiny(tmp_path).change(CSDL, _DEN, _DEN + many)
    metadata.change(CSDL, 'BaseType="z.animal"', f'BaseType="z.animal{"x" * 100}"')
    with _bounded(10, 512), pytest.raises(CodegenError):
        metadata.generate()


def test_a_long_lineage_is_refused(tmp_path: Path) -> None:
    chain = "".join(f'<EntityType Name="t{n}" BaseType="z.t{n + 1}" />' for n in range(20_000))
    metadata = tiny(tmp_path).add_types(f'{chain}<EntityType Name="t20000" />')
    metadata.change(CSDL, '<EntityType Name="thing"', '<EntityType Name="thing" BaseType="z.t0"')
    with _bounded(5, 256), pytest.raises(CodegenError, match=r"has a hierarchy of more than 50 types"):
        metadata.generate()


def test_a_cycle_out_of_scope_does_not_matter(tmp_path: Path) -> None:
    cycle = '<EntityType Name="a" BaseType="z.b" /><EntityType Name="b" BaseType="z.a" />'
    metadata = tiny(tmp_path).add_types(cycle)
    metadata.generate()
    metadata.change(CSDL, 'Name="rival" Type="z.animal"', 'Name="rival" Type="z.b"')
    with pytest.raises(CodegenError, match=r"a type cannot be its own base: zoo\.b → zoo\.a → zoo\.b"):
        metadata.generate()


def test_many_schemas_are_refused(tmp_path: Path) -> None:
    schemas = "".join(
        f'<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="n{n}" />' for n in range(2000)
    )
    path = tmp_path / "many.xml"
    path.write_text(f"{_HEAD}{schemas}</edmx:DataServices></edmx:Edmx>")
    with pytest.raises(CodegenError, match="has 2000 schemas"):
        read_document(path, path.name)


@pytest.mark.parametrize(
    "name",
    ["Operation", "function", "returns", "requestBuilder", "pathUser", "model", "cloud", "openEnum", "parameter"],
)
def test_a_type_with_the_name_of_something_generated_code_uses_is_an_error(tmp_path: Path, name: str) -> None:
    python = name[:1].upper() + name[1:]
    metadata = tiny(tmp_path).change("scope.toml", 'tag = "Label"', f'tag = "Label"\nweighing = "{python}"')
    with pytest.raises(CodegenError, match=rf"scope\.toml: an entry in .* would both be named {python}$"):
        metadata.generate()


_EVIL = [
    f"'+{_CALL}+'",
    f'"+{_CALL}+"',
    f'"""\n{_CALL}\n"""',
    f"x\n{_CALL}\n",
    f"x\r{_CALL}",
    f"x: {_CALL} = 1\n    y",
    f"x={_CALL}#",
    f"x({_CALL})",
    f"x\\');{_CALL}#",
    f"{{{{ {_CALL} }}}}",
    "{% include '/etc/passwd' %}",
    "../../../tmp/x",
    "/etc/passwd",
    "__class__",
    "__init_subclass__",
    "__set_name__",
    "__getattr__",
    "__dict__",
    "_missing_",
    "_ignore_",
    "__",
    "mro",
    "class",
    "None",
    "True",
    "lambda",
    "match",
    "int",
    "str",
    "type",
    "object",
    "property",
    "super",
    "print",
    "Model",
    "Field",
    "self",
    "raw",
    "get",
    "name",
    "value",
    "\u0441lass",
    "\uff53\uff54\uff52",
    "sel\u017f",
    "a\u202eb",
    "a\u200db",
    "\u2028",
    "\ufb01n",
    "\u01c6x",
    "a" * 128,
    "a" * 129,
]
# The places of a name: what to replace in the document, and by what.
_SPOTS = [
    ('Name="isVOIPReady"', 'Name="{}"'),
    ('Name="veryHappy"', 'Name="{}"'),
    ('EntityType Name="bear"', 'EntityType Name="{}"'),
    ('Name="offspring"', 'Name="{}"'),
    ('EnumType Name="diet"', 'EnumType Name="{}"'),
    ('TypeDefinition Name="kilograms"', 'TypeDefinition Name="{}"'),
    ('Function Name="census"', 'Function Name="{}"'),
    ('Parameter Name="from"', 'Parameter Name="{}"'),
    ('Parameter Name="bindingParameter"', 'Parameter Name="{}"'),
    ('EntitySetPath="bindingParameter"', 'EntitySetPath="{}"'),
    ('Singleton Name="me"', 'Singleton Name="{}"'),
    ('Schema Namespace="zoo.records"', 'Schema Namespace="{}"'),
    ('Alias="z"', 'Alias="{}"'),
    ('Name="speed" Type="Edm.Single"', 'Name="speed" Type="{}"'),
    ('Date="2025-01-01"', 'Date="{}"'),
    ('String="2025-01"', 'String="{}"'),
    ('EntityContainer Name="Service"', 'EntityContainer Name="{}"'),
]
_NAMES = st.one_of(st.sampled_from(_EVIL), st.text(st.characters(codec="utf-8"), min_size=1, max_size=12))


def _attribute(text: str) -> str:
    clean = "".join(letter for letter in text if letter >= " " or letter in "\n\r\t")
    return escape(clean, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


@pytest.mark.hypothesis
def test_names_from_a_document_are_never_run(tmp_path: Path) -> None:
    numbers = count()
    folders: list[Path] = []

    @settings(
        max_examples=3 * settings().max_examples // 2,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(st.lists(st.tuples(st.sampled_from(_SPOTS), _NAMES), min_size=1, max_size=3, unique_by=lambda pair: pair[0]))
    @example([(_SPOTS[0], "type")])
    def attack(pairs: list[tuple[tuple[str, str], str]]) -> None:
        folder = tmp_path / str(next(numbers))
        metadata = tiny(folder).change("scope.toml", '"tests.codegen.golden"', '"hostile"')
        text = (metadata.folder / CSDL).read_text(encoding="utf-8")
        for (old, new), name in pairs:
            assert old in text
            text = text.replace(old, new.replace("{}", _attribute(name)))
        (metadata.folder / CSDL).write_text(text, encoding="utf-8")
        try:
            files = generate(metadata.folder, allow_missing=True)
        except CodegenError:
            return
        for path, module in files.items():
            assert not path.is_absolute()
            assert ".." not in path.parts
            target = folder / "out" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(module, encoding="utf-8")
        folders.append(folder / "out")

    attack()
    assert folders
    program = [sys.executable, "-W", "error", str(Path(__file__).parent / "import_hostile.py"), *map(str, folders)]
    done = subprocess.run(
        program, capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(_ROOT)}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == f"{len(folders)}\n"


def test_the_watcher_would_show_an_injection(tmp_path: Path) -> None:
    (tmp_path / "hostile").mkdir()
    (tmp_path / "hostile" / "__init__.py").write_text("")
    (tmp_path / "hostile" / "enums.py").write_text(_CALL)
    program = [sys.executable, str(Path(__file__).parent / "import_hostile.py"), str(tmp_path)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert "RuntimeError: injected" in done.stderr


def test_a_hostile_name_in_a_message_stays_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = Tiny(tiny(tmp_path).folder).change(CSDL, 'Name="isVOIPReady"', 'Name="a&#10;codegen: all is well"')
    assert main(["--metadata", str(metadata.folder), "generate", "--output", str(tmp_path / "out")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert GOLDEN_METADATA.exists()
