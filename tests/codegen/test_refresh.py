import gzip
import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from codegen.__main__ import main
from codegen.change.changelog import with_changes
from codegen.change.compare import Action, Change
from codegen.change.fetch import document_of, fetch
from codegen.change.judge import Impact
from codegen.change.public_api import Kind
from codegen.errors import CodegenError
from codegen.progress import silent
from codegen.rules.clouds import read_clouds
from graph_meetings import Cloud
from tests.codegen.tiny import CSDL, Tiny, tiny

pytestmark = pytest.mark.long

_ROOT = Path(__file__).parents[2]
_CLOUDS = read_clouds(_ROOT / "metadata" / "clouds.toml", "clouds.toml")
_URL = "https://graph.microsoft.com/v1.0/$metadata"
_CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something.\n\n## [0.1.0]\n\n- First.\n"
_DEN = '<Property Name="den" Type="Edm.String"/>'
_COAT = '<ComplexType Name="coat"><Property Name="colour" Type="Edm.String"/></ComplexType>'


def _project(folder: Path) -> Tiny:
    metadata = tiny(folder)
    (folder / "CHANGELOG.md").write_text(_CHANGELOG)
    # Canonical from the beginning, so that only real changes show.
    assert _refresh(metadata, _source(metadata, "", "")) == 0
    return metadata


def _source(metadata: Tiny, old: str, new: str) -> str:
    source = metadata.folder.parent / "new.csdl"
    source.write_text((metadata.folder / CSDL).read_text().replace(old, new, 1))
    return f"{CSDL}={source}"


def _refresh(metadata: Tiny, source: str, *options: str) -> int:
    folder = metadata.folder.parent
    places = [
        "--output",
        str(folder / "generated"),
        "--changelog",
        str(folder / "CHANGELOG.md"),
        "--date",
        "2026-01-02",
    ]
    return main(["--metadata", str(metadata.folder), "refresh", source, *places, *options])


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "new.csdl"}


def test_a_new_document_is_extracted_generated_and_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = _project(tmp_path)
    capsys.readouterr()
    assert _refresh(metadata, _source(metadata, _DEN, f'{_DEN}<Property Name="size" Type="Edm.Int32"/>')) == 0
    assert capsys.readouterr().out == (
        "compatible (1)\n  field tests.codegen.golden.Bear.size added (int): the name is new\n\nVersion 0.1.0 → 0.1.1\n"
    )
    assert 'Name="size"' in (metadata.folder / CSDL).read_text()
    assert "new.csdl" in (metadata.folder / "SOURCE.toml").read_text()
    assert "tests.codegen.golden.Bear.size\n" in (tmp_path / "generated" / "names.txt").read_text()
    assert (tmp_path / "CHANGELOG.md").read_text() == _CHANGELOG.replace(
        "- Something.\n",
        "- Something.\n- field `tests.codegen.golden.Bear.size` added (`int`).\n",
    )


def test_doing_it_again_changes_nothing(tmp_path: Path) -> None:
    metadata = _project(tmp_path)
    source = _source(metadata, _DEN, f'{_DEN}<Property Name="size" Type="Edm.Int32"/>')
    assert _refresh(metadata, source) == 0
    before = _contents(tmp_path)
    assert _refresh(metadata, source) == 0
    assert _contents(tmp_path) == before


def test_a_dry_run_touches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = _project(tmp_path)
    before = _contents(tmp_path)
    assert _refresh(metadata, _source(metadata, 'Name="tongue"', 'Name="snout"'), "--dry-run") == 0
    assert "Aardvark.tongue removed" in capsys.readouterr().out
    assert _contents(tmp_path) == before


@pytest.mark.parametrize(
    ("old", "new", "change", "refusals"),
    [
        (
            _DEN,
            f'{_DEN}<Property Name="coat" Type="zoo.coat"/>',
            "class tests.codegen.golden.Coat added",
            ['[types."zoo.coat"] one = "…"'],
        ),
        (
            '<Singleton Name="me"',
            '<Singleton Name="mee"',
            "request GET /v1.0/me/animals removed",
            ["/me/animals: the entity container has no 'me'", "codegen:   requests: /me/get: the entity container has"],
        ),
    ],
)
def test_a_dry_run_gives_the_changes_and_what_a_refresh_would_refuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, change: str, refusals: list[str]
) -> None:
    metadata = _project(tmp_path)
    before = _contents(tmp_path)
    source = _source(metadata, old, new)
    document = tmp_path / "new.csdl"
    document.write_text(
        document.read_text().replace("<EntityContainer", f"{_COAT}<EntityContainer", 1), encoding="utf-8"
    )
    assert _refresh(metadata, source, "--dry-run") == 0
    told = capsys.readouterr()
    assert change in told.out
    assert "refresh would fail: " in told.err
    assert all(refusal in told.err for refusal in refusals), told.err
    assert _refresh(metadata, source) == 1
    told = capsys.readouterr()
    assert refusals[0] in told.err
    assert "would stop here" not in told.err
    assert _contents(tmp_path) == before


@pytest.mark.parametrize(
    ("old", "new", "changelog", "reason"),
    [
        ('<Singleton Name="me"', '<Singleton Name="mee"', _CHANGELOG, "the entity container has no 'me'"),
        (_DEN, '<Property Name="den" Type="Edm.String" Sharp="very"/>', _CHANGELOG, "unknown attribute Sharp"),
        ("<Schema", "<Schema", "# Changelog\n", "has no line '## [Unreleased]'"),
    ],
)
def test_an_error_leaves_everything_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, changelog: str, reason: str
) -> None:
    metadata = _project(tmp_path)
    (tmp_path / "CHANGELOG.md").write_text(changelog)
    before = _contents(tmp_path)
    assert _refresh(metadata, _source(metadata, old, new)) == 1
    assert reason in capsys.readouterr().err
    assert _contents(tmp_path) == before


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("place", [CSDL, "CHANGELOG.md", "generated"])
def test_an_error_while_writing_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, place: str
) -> None:
    metadata = _project(tmp_path)
    before = _contents(tmp_path)
    failing = iter([error])

    def fail_once(path: Path) -> None:
        if path.as_posix().endswith(f"/{place}") and (found := next(failing, None)) is not None:
            raise found

    def write_bytes(path: Path, data: bytes) -> int:
        fail_once(path)
        return write(path, data)

    def rename(path: Path, target: Path) -> Path:
        fail_once(Path(target))
        return move(path, target)

    write, move = Path.write_bytes, Path.rename
    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    monkeypatch.setattr(Path, "rename", rename)
    source = _source(metadata, 'Name="tongue"', 'Name="snout"')
    with pytest.raises(type(error)):
        _refresh(metadata, source)
    assert _contents(tmp_path) == before


def test_an_interrupt_while_the_old_is_removed_loses_nothing_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = _project(tmp_path)

    def interrupted(path: Path | str, **options: Any) -> None:
        if Path(path).name.startswith(".replaced-"):
            raise KeyboardInterrupt
        remove(path, **options)

    remove = shutil.rmtree
    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _refresh(metadata, _source(metadata, _DEN, f'{_DEN}<Property Name="size" Type="Edm.Int32"/>'))
    assert 'Name="size"' in (metadata.folder / CSDL).read_text()
    assert "Bear.size" in (tmp_path / "CHANGELOG.md").read_text()
    assert "tests.codegen.golden.Bear.size\n" in (tmp_path / "generated" / "names.txt").read_text()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("new.csdl", f"name the document, as in DOCUMENT=new.csdl; documents are beta/global.csdl.xml, {CSDL[:4]}"),
        (f"{CSDL}=/no/such/file", "cannot be read"),
        ("v1.0/globl.csdl.xml=new.csdl", "did you mean 'v1.0/global.csdl.xml'"),
        (f"metadata/{CSDL}=new.csdl", f"unknown document metadata/{CSDL}; did you mean '{CSDL}'"),
        (_URL, "expected https://HOST/VERSION/$metadata; hosts are"),
    ],
)
def test_a_source_that_means_nothing_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, reason: str
) -> None:
    assert _refresh(tiny(tmp_path), source) == 1
    assert reason in capsys.readouterr().err


def test_the_hosts_are_those_of_the_runtime() -> None:
    roots = {cloud.name: cloud.value[0] for cloud in Cloud}
    assert {f"https://{host}": cloud for host, cloud in _CLOUDS.hosts.items()}.items() <= {
        root: name for name, root in roots.items()
    }.items()


@pytest.mark.parametrize(
    ("url", "document"),
    [
        (_URL, "v1.0/global.csdl.xml"),
        ("https://graph.microsoft.com/beta/$metadata", "beta/global.csdl.xml"),
        ("https://graph.microsoft.us/v1.0/$metadata", "v1.0/us_gov.csdl.xml"),
        ("https://microsoftgraph.chinacloudapi.cn/v1.0/$metadata", "v1.0/china.csdl.xml"),
    ],
)
def test_a_url_says_which_document_it_is(url: str, document: str) -> None:
    assert document_of(url, _CLOUDS) == document


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com/v1.0/$metadata",
        "ftp://graph.microsoft.com/v1.0/$metadata",
        "file:///etc/passwd",
        "https://graph.microsoft.com.example.org/v1.0/$metadata",
        "https://user:secret@graph.microsoft.com/v1.0/$metadata",
        "https://graph.microsoft.com:8443/v1.0/$metadata",
        "https://graph.microsoft.com/v1.0/me",
        "https://graph.microsoft.com/v1.0/$metadata?x=1",
        "https://graph.microsoft.com/v1.0/$metadata#x",
        "https://graph.microsoft.com/../v1.0/$metadata",
        "https://graph.microsoft.com/v9.9/$metadata",
    ],
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(CodegenError):
        document_of(url, _CLOUDS)


def test_a_download_is_written_and_its_progress_told(tmp_path: Path) -> None:
    body = b"x" * 3_000_000
    told: list[str] = []
    fetch(_URL, tmp_path / "x", told.append, httpx.MockTransport(lambda _: httpx.Response(200, content=body)))
    assert (tmp_path / "x").read_bytes() == body
    assert told[-1] == f"{_URL}: 2 MiB"


def test_a_redirect_or_an_error_or_an_endless_body_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1024

    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    monkeypatch.setattr("codegen.change.fetch.LARGEST_DOCUMENT", 100_000)
    moved = httpx.Response(302, headers={"Location": "https://example.org"})
    for response, reason in (
        (moved, "answered 302"),
        (httpx.Response(503), "answered 503"),
        (httpx.Response(200, content=endless()), "larger than 100,000 bytes"),
    ):
        with pytest.raises(CodegenError, match=reason):
            fetch(_URL, tmp_path / "x", silent, httpx.MockTransport(_always(response)))
    with pytest.raises(CodegenError, match="download failed: no route"):
        fetch(_URL, tmp_path / "x", silent, httpx.MockTransport(broken))


def _always(response: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    def handler(_: httpx.Request) -> httpx.Response:
        return response

    return handler


def test_sections_are_made_where_the_changelog_has_none() -> None:
    change = Change("p.C", Kind.CLASS, Action.REMOVED, "", "", "", Impact.BREAKING, "code that uses it fails")
    entry = "- **Breaking:** class `p.C` removed\n  (code that uses it fails).\n"
    empty = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n"
    assert with_changes(empty, [change]) == f"# Changelog\n\n## [Unreleased]\n\n### Removed\n\n{entry}\n## [0.1.0]\n"
    assert with_changes("## [Unreleased]\n", [change]) == f"## [Unreleased]\n\n### Removed\n\n{entry}"
    fixed = "## [Unreleased]\n\nSoon.\n\n### Fixed\n\n- A thing.\n"
    assert with_changes(fixed, [change]) == (
        f"## [Unreleased]\n\nSoon.\n\n### Removed\n\n{entry}\n### Fixed\n\n- A thing.\n"
    )
    assert with_changes(_CHANGELOG, []) == _CHANGELOG


def test_the_real_changelog_can_be_added_to() -> None:
    text = (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert with_changes(text, []) == text


def test_dates_are_noted_as_given(tmp_path: Path) -> None:
    metadata = _project(tmp_path)
    assert date(2026, 1, 2).isoformat() in (metadata.folder / "SOURCE.toml").read_text()


def test_a_refresh_notes_what_the_complete_document_has_beside_the_scope(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = _project(tmp_path)
    fish = '<EntityType Name="fish" BaseType="zoo.animal"/>'
    assert _refresh(metadata, _source(metadata, "<EntityContainer", f"{fish}<EntityContainer")) == 0
    assert "v1.0: look at what is new: derived.zoo.animal leaves out: zoo.fish" in capsys.readouterr().err


def _encoded(body: bytes, encoding: str) -> httpx.MockTransport:
    def stream() -> Iterator[bytes]:
        yield body

    headers = {"Content-Encoding": encoding}
    return httpx.MockTransport(_always(httpx.Response(200, headers=headers, content=stream())))


def test_a_download_is_unzipped_once(tmp_path: Path) -> None:
    body = b"<x/>" * 1_000_000
    fetch(_URL, tmp_path / "x", silent, _encoded(gzip.compress(body), "gzip"))
    assert (tmp_path / "x").read_bytes() == body


def test_a_decompression_bomb_is_refused_before_it_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codegen.change.fetch.LARGEST_DOCUMENT", 3_000_000)
    bomb = gzip.compress(bytes(200_000_000), compresslevel=1)
    tracemalloc.start()
    with pytest.raises(CodegenError, match="larger than 3,000,000 bytes"):
        fetch(_URL, tmp_path / "x", silent, _encoded(bomb, "gzip"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (gzip.compress(gzip.compress(b"<x/>")), "gzip, gzip", "expected gzip or no encoding, got 'gzip, gzip'"),
        (b"<x/>", "br", "expected gzip or no encoding, got 'br'"),
        (b"<x/>", "gzip", "is not valid gzip"),
        (gzip.compress(b"<x/>")[:-4], "gzip", "ends in the middle of its gzip encoding"),
        (gzip.compress(b"<x/>") + b"more", "gzip", "has data after the end of its gzip encoding"),
    ],
    ids=["twice", "another way", "not at all", "cut off", "with more behind it"],
)
def test_a_download_encoded_in_another_way_is_refused(tmp_path: Path, body: bytes, encoding: str, reason: str) -> None:
    with pytest.raises(CodegenError, match=reason):
        fetch(_URL, tmp_path / "x", silent, _encoded(body, encoding))
