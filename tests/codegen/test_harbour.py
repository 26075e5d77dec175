"""A service that is not Graph: keys of every type, places, singletons, and what is refused with a way out."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest

from codegen.__main__ import main
from codegen.errors import CodegenError
from codegen.write.generate import generate
from tests.support.raw_server import answer, json_answer, raw_server

pytestmark = pytest.mark.long

_ROOT = Path(__file__).parents[2]
_SERVICE = Path(__file__).parent / "harbour"
_CSDL = "v1.0/global.csdl.xml"
_PERMIT = "7d0c5a1e-2f64-4b0e-9a55-0b6f1c3de901"
_POINT = {"type": "Point", "coordinates": [4.25, 52.0]}
_TUG = {"Number": 7, "Name": "Pull", "Position": _POINT, "Trim": -3, "Remarks": ["old", 1, {"by": "Ann"}]}
_STOP = {"Number": 3, "Mooring": {"@odata.type": "#harbour.model.Buoy", "Rings": 2, "Place": _POINT}}
_JOURNEY = f"/Boats(7)/Journeys({2**40})"
_RESOURCES: Mapping[str, object] = {
    "/Boats(7)": {"@odata.type": "#harbour.model.Tug", **_TUG},
    "/Boats/harbour.model.Tug": {"value": [_TUG]},
    "/Boats/harbour.model.Tug(7)": _TUG,
    f"{_JOURNEY}/Stops": {"value": [_STOP]},
    f"{_JOURNEY}/Stops(3)": _STOP,
    f"{_JOURNEY}/Stops(3)/Berth": {"Name": "North"},
    f"/Permits({_PERMIT})": {"Id": _PERMIT, "Until": "2026-12-31"},
    "/Stretches('Leeward')": {"Side": "Leeward", "Depth": 4.50},
    "/Quays('King''s quay/2')": {"Name": "King's quay/2"},
    "/Boats(7)/Siblings(longerThan=2.5)": {"value": [{"Number": 8}, {"Number": 9}]},
    "/Boats(7)/HomeQuay": {"Name": "South"},
    "/Bridge": {"Phone": "1234"},
    "/Bridge/Lunch": {"value": [{"Dish": "Soup"}]},
    "/Bridge/Boats?$filter=Number gt 6&$select=Number": {"value": [{"Number": 7}]},
}


def _line(text: str) -> int:
    """Return the line of the CSDL where an element of this kind, or a type of this name, begins."""
    lines = (_SERVICE / _CSDL).read_text(encoding="utf-8").splitlines()
    return next(
        number for number, line in enumerate(lines, start=1) if f'Type Name="{text}"' in line or f"<{text} " in line
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the generated client."""
    folder = tmp_path_factory.mktemp("harbour") / "generated"
    assert main(["--metadata", str(_SERVICE), "generate", "--output", str(folder)]) == 0
    shutil.copy(_SERVICE / "program.py.txt", folder / "program.py")
    return folder


def _run(client: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{client}{os.pathsep}{_ROOT}", "MYPYPATH": str(client)}
    done = subprocess.run(
        [sys.executable, *command], cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _respond(head: str) -> bytes:
    path = unquote(head.split(" ", 2)[1]).removeprefix("/v1.0")
    found = _RESOURCES.get(path)
    return answer("404 Not Found", path.encode()) if found is None else json_answer(json.dumps(found))


async def test_the_client_reads_the_service(client: Path) -> None:
    async with raw_server(_respond) as server:
        printed = await asyncio.to_thread(_run, client, str(client / "program.py"), server.base_url)
    values, missing = printed.splitlines()
    assert json.loads(values) == {
        "tug": [7, _POINT, -3, ["old", 1, {"by": "Ann"}]],
        "stops": [3],
        "stop": 3,
        "moorings": {"odata_type": "#harbour.model.Buoy", "rings": 2, "place": _POINT, "reach": None},
        "berth": "North",
        "permit": _PERMIT,
        "side": "Leeward",
        "quay": "King's quay/2",
        "siblings": [8, 9],
        "tugs": [-3],
        "trim": -3,
        "home": "South",
        "phone": "1234",
        "lunch": ["Soup"],
        "boats": [7],
    }
    assert missing.startswith("Boat.number: the object has no 'Number'; add it to select=")


@pytest.mark.long
def test_the_client_and_a_program_that_uses_it_pass_strict_type_checks(client: Path) -> None:
    _run(client, "-m", "mypy", "--strict", "--no-incremental", "--package", "harbour", "--module", "program")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ('boats.by_boat_id("7")', "boat_id: expected int, got '7'"),
        ("boats.by_boat_id(True)", "boat_id: expected int, got True"),
        ("boats.by_boat_id(7.5)", "boat_id: expected int, got 7.5"),
        ("permits.by_permit_id('7')", "permit_id: badly formed hexadecimal UUID string"),
        ("quays.by_quay_id(7)", "quay_id must be a string or a UUID, not 7"),
        ("quays.by_quay_id(' ')", "quay_id cannot be empty"),
    ],
)
def test_a_key_of_another_type_is_refused(client: Path, key: str, reason: str) -> None:
    program = f"""
from harbour import GraphMeetingsClient
from tests.support.credentials import StaticCredential
try:
    GraphMeetingsClient(StaticCredential("token")).{key}
except (TypeError, ValueError) as error:
    print(error)
"""
    assert _run(client, "-c", program).strip() == reason


def _changed(folder: Path, old: str, new: str, file: str = "scope.toml") -> Path:
    metadata = Path(shutil.copytree(_SERVICE, folder / "metadata"))
    text = (metadata / file).read_text(encoding="utf-8")
    assert old in text
    (metadata / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return metadata


@pytest.mark.parametrize(
    ("request_", "place", "reason"),
    [
        (
            "/Bridge/Shifts/{day}",
            f"{_CSDL}:{_line('Shift')}",
            (
                "harbour.model.Shift has a key of 2 properties (Day, Hour); "
                "scope.toml: versions.v1.0: /Bridge/Shifts/{day} needs a key of one property"
            ),
        ),
        (
            "/LongestBoat()",
            f"{_CSDL}:{_line('FunctionImport')}",
            "LongestBoat is not supported: it is a FunctionImport, and a path begins at an EntitySet or Singleton",
        ),
        (
            "/Boats/harbour.model.Tugg",
            f"{_CSDL}:{_line('Boat')}",
            (
                "no type harbour.model.Tugg derives from harbour.model.Boat; "
                "scope.toml: versions.v1.0: /Boats/harbour.model.Tugg casts to it; did you mean 'harbour.model.Tug'?"
            ),
        ),
    ],
)
def test_what_is_not_supported_says_where_and_what_to_do(
    tmp_path: Path, request_: str, place: str, reason: str
) -> None:
    metadata = _changed(tmp_path, "requests = [", f'requests = ["{request_}",')
    with pytest.raises(CodegenError) as caught:
        generate(metadata)
    assert str(caught.value) == f"{place}: {reason}"


def test_a_key_of_a_type_that_urls_cannot_have_is_refused(tmp_path: Path) -> None:
    metadata = _changed(tmp_path, 'Name="Id" Type="Edm.Guid"', 'Name="Id" Type="Edm.GeographyPoint"', _CSDL)
    with pytest.raises(CodegenError) as caught:
        generate(metadata)
    line = _line("Permit")
    assert str(caught.value) == f"{_CSDL}:{line}: keys of type Edm.GeographyPoint are not supported"


def test_an_extract_gives_the_same_client(tmp_path: Path) -> None:
    metadata = Path(shutil.copytree(_SERVICE, tmp_path / "metadata"))
    before = generate(metadata)
    source = str(_SERVICE / _CSDL)
    out = ["--out", str(metadata / _CSDL), "--date", "2026-01-02"]
    assert main(["--metadata", str(metadata), "extract", source, *out]) == 0
    assert generate(metadata) == before


def test_keys_that_are_strings_are_segments_by_default(tmp_path: Path) -> None:
    metadata = _changed(tmp_path, "key_as_segment = false", "")
    text = next(text for path, text in generate(metadata).items() if path.name == "request_builders.py")
    assert "self._item(QuayItemRequestBuilder, 'Quay-id', quay_id)" in text.replace('"', "'")
    assert "self._item(BoatItemRequestBuilder, 'Boat-id', boat_id, INT32)" in text.replace('"', "'")
