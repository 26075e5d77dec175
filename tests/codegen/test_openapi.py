"""OpenAPI gives the same client as CSDL, except for the facts that it lacks."""

import difflib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath

import pytest
import yaml

from codegen.__main__ import main
from codegen.read.openapi.read import read_openapi
from codegen.write.generate import generate

_ROOT = Path(__file__).parents[2]
_SERVICE = Path(__file__).parent / "openapi"
_CSDL = "v1.0/global.csdl.xml"
_GET_PSTN_CALLS = "microsoft.graph.callRecords.getPstnCalls on Collection(microsoft.graph.callRecords.callRecord)"
_GET_ALL_RECORDINGS = "microsoft.graph.getAllRecordings on Collection(microsoft.graph.onlineMeeting)"
_GET_ALL_TRANSCRIPTS = "microsoft.graph.getAllTranscripts on Collection(microsoft.graph.onlineMeeting)"
_DELTA = "microsoft.graph.delta on Collection(microsoft.graph.callRecording)"
_FOLLOWS = "what may follow it (IsComposable, ChangeTracking) unknown, assumed"
_NOTHING = "nothing; set by a request in scope.toml that continues after it"
_REQUIRED = "may be left out unknown, assumed required; set by its annotation OptionalParameter in the extract"
_PATH = "EntitySetPath unknown, assumed none; set by that attribute in the extract"
_ATTRIBUTES = "set by the attributes in the extract"
_LOST = [
    "service.yaml is OpenAPI, which lacks facts of CSDL:",
    f"  {_GET_PSTN_CALLS}: whether fromDateTime {_REQUIRED}",
    f"  {_GET_PSTN_CALLS}: whether toDateTime {_REQUIRED}",
    f"  {_GET_PSTN_CALLS}: {_FOLLOWS} {_NOTHING}",
    f"  {_DELTA}: {_FOLLOWS} {_NOTHING}",
    f"  {_DELTA}: {_PATH}",
    f"  {_GET_ALL_RECORDINGS}: {_FOLLOWS} what scope.toml asks for; set by the requests in scope.toml",
    f"  {_GET_ALL_RECORDINGS}: {_PATH}",
    f"  {_GET_ALL_TRANSCRIPTS}: whether meetingOrganizerUserId {_REQUIRED}",
    f"  {_GET_ALL_TRANSCRIPTS}: whether startDateTime {_REQUIRED}",
    f"  {_GET_ALL_TRANSCRIPTS}: {_FOLLOWS} {_NOTHING}",
    f"  {_GET_ALL_TRANSCRIPTS}: {_PATH}",
    (
        "  microsoft.graph.callRecords.pstnCallLogRow/charge: Edm.Decimal or Edm.Double unknown, assumed Edm.Double; "
        "set by its Type in the extract"
    ),
    (
        "  microsoft.graph.callRecords.pstnCallLogRow: EntityType or ComplexType unknown, assumed ComplexType; "
        "set by its element in the extract"
    ),
    (
        "  microsoft.graph.onlineMeeting/thumbnail: Edm.Stream or Edm.Binary unknown, assumed Edm.Binary; "
        "set by its Type in the extract"
    ),
    f"  all 21 structured types: Abstract and OpenType unknown, assumed neither; {_ATTRIBUTES}",
    "  microsoft.graph.entity: Key unknown, assumed the property id; set by the element in the extract",
    (
        "  all 11 navigation properties: ContainsTarget and ChangeTracking unknown, "
        f"assumed contained if no path has /$ref, tracked if one has /delta(); {_ATTRIBUTES}"
    ),
    f"  all 2 collections of complex values: Nullable unknown, assumed nullable; {_ATTRIBUTES}",
    f"  all 3 enumerations: Value of the members unknown, assumed their order; {_ATTRIBUTES}",
    f"  all 4 functions: the binding parameter's name unknown, assumed bindingParameter; {_ATTRIBUTES}",
    f"  microsoft.graph: the EntityContainer's name unknown, assumed GraphService; {_ATTRIBUTES}",
]
# The only differences in the generated package, before ruff formats it.
_DIFFERENCES = {
    "models.py": [
        "-    charge = Field('charge', DECIMAL)",
        "+    charge = Field('charge', DOUBLE)",
    ],
    "operations.py": [
        "-    , entity_set_path='bindingParameter'",
        "-    , entity_set_path='bindingParameter/recordings'",
        "-        Parameter('startDateTime', 'Edm.DateTimeOffset', is_optional=True),",
        "+        Parameter('startDateTime', 'Edm.DateTimeOffset', is_optional=False),",
        "-    , entity_set_path='bindingParameter/transcripts'",
    ],
    "request_builders.py": [
        "-class CallTranscriptsRequestBuilder(CollectionRequestBuilder[CallTranscript]):",
        '-    """The metadata\'s `microsoft.graph.callTranscript`.',
        "-",
        "-    Permissions:",
        "-        - `/users/{id}/onlineMeetings/getAllTranscripts(…)`: application Meetings.Read.All.",
        '-    """',
        "-",
        "-    model = CallTranscript",
        "+class CallTranscriptsRequestBuilder(RequestBuilder):",
        '+    """The metadata\'s `microsoft.graph.callTranscript`."""',
        "-        start_date_time: DateTimeParameter | None = None,",
        "-    ) -> CallTranscriptsRequestBuilder:",
        "+        start_date_time: DateTimeParameter,",
        "+    ) -> FunctionRequestBuilder[CallTranscript]:",
        "-            CallTranscriptsRequestBuilder,",
        "+            FunctionRequestBuilder[CallTranscript],",
        "+            model=CallTranscript,",
    ],
}
# The facts that the report lists, set in the extract.
_STATEMENTS = [
    ('Name="charge" Type="Edm.Double"', 'Name="charge" Type="Edm.Decimal"'),
    ('<Function Name="delta" IsBound="true"', '<Function Name="delta" IsBound="true" EntitySetPath="bindingParameter"'),
    (
        '<Function Name="getAllRecordings" IsBound="true" IsComposable="true"',
        (
            '<Function Name="getAllRecordings" IsBound="true" IsComposable="true" '
            'EntitySetPath="bindingParameter/recordings"'
        ),
    ),
    (
        '<Function Name="getAllTranscripts" IsBound="true"',
        (
            '<Function Name="getAllTranscripts" IsBound="true" IsComposable="true" '
            'EntitySetPath="bindingParameter/transcripts"'
        ),
    ),
    (
        '<Parameter Name="startDateTime" Type="Edm.DateTimeOffset"/>',
        (
            '<Parameter Name="startDateTime" Type="Edm.DateTimeOffset">'
            '<Annotation Term="Org.OData.Core.V1.OptionalParameter"/></Parameter>'
        ),
    ),
]
_DELTA_PATH = "  '/users/{user-id}/onlineMeetings/{onlineMeeting-id}/recordings/delta()':"


def _metadata(folder: Path) -> Path:
    return Path(shutil.copytree(_SERVICE, folder))


def _extract(metadata: Path, source: Path, *options: str) -> int:
    out = ["--out", str(metadata / _CSDL), "--date", "2026-01-02"]
    return main(["--metadata", str(metadata), "extract", str(source), *out, *options])


def _extracted(folder: Path, source: str) -> Path:
    metadata = _metadata(folder)
    assert _extract(metadata, metadata / source) == 0
    return metadata


def _client(metadata: Path) -> dict[PurePosixPath, str]:
    """Return the modules, without the metadata beside them."""
    files = generate(metadata, allow_missing=True)
    return {path: text for path, text in files.items() if path.name != "metadata.xml"}


def _replace(path: Path, *changes: tuple[str, str]) -> Path:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def _difference(old: str, new: str) -> list[str]:
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""))
    return [line for line in lines[2:] if not line.startswith("@@")]


def test_openapi_gives_the_client_of_csdl_but_for_the_lost_facts(tmp_path: Path) -> None:
    csdl = _client(_extracted(tmp_path / "csdl", "service.csdl.xml"))
    openapi = _client(_extracted(tmp_path / "openapi", "service.yaml"))
    assert list(openapi) == list(csdl)
    differences = {path.name: _difference(csdl[path], openapi[path]) for path in csdl}
    assert {name: lines for name, lines in differences.items() if lines} == _DIFFERENCES


def test_with_the_lost_facts_stated_the_clients_are_the_same(tmp_path: Path) -> None:
    csdl = _extracted(tmp_path / "csdl", "service.csdl.xml")
    openapi = _extracted(tmp_path / "openapi", "service.yaml")
    _replace(openapi / _CSDL, *_STATEMENTS)
    assert _client(openapi) == _client(csdl)


def test_with_the_lost_facts_stated_the_extracts_differ_in_what_no_client_depends_on(tmp_path: Path) -> None:
    csdl = _extracted(tmp_path / "csdl", "service.csdl.xml")
    openapi = _extracted(tmp_path / "openapi", "service.yaml")
    stated = _replace(openapi / _CSDL, *_STATEMENTS).rename(tmp_path / "stated.xml")
    assert _extract(openapi, stated) == 0
    text = re.sub(r' (Value="[0-9]"|Abstract="true"|OpenType="true")', "", (csdl / _CSDL).read_text(encoding="utf-8"))
    assert (openapi / _CSDL).read_text(encoding="utf-8") == text.replace('"Service"', '"GraphService"')


def test_the_report_names_exactly_the_lost_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _extracted(tmp_path / "openapi", "service.yaml")
    assert capsys.readouterr().err.splitlines() == [f"codegen: {line}" for line in _LOST]
    _extracted(tmp_path / "csdl", "service.csdl.xml")
    assert capsys.readouterr().err == ""


def test_the_extract_of_openapi_is_canonical_csdl_with_a_source(tmp_path: Path) -> None:
    metadata = _extracted(tmp_path / "openapi", "service.yaml")
    first = (metadata / _CSDL).read_bytes()
    noted = tomllib.loads((metadata / "SOURCE.toml").read_text())[_CSDL]
    digest = hashlib.sha256((_SERVICE / "service.yaml").read_bytes()).hexdigest()
    assert noted == {"origin": "service.yaml", "date": "2026-01-02", "sha256": digest}
    again = tmp_path / "again.xml"
    again.write_bytes(first)
    assert _extract(metadata, again) == 0
    assert (metadata / _CSDL).read_bytes() == first


def test_json_says_the_same_as_yaml(tmp_path: Path) -> None:
    metadata = _extracted(tmp_path / "openapi", "service.yaml")
    first = (metadata / _CSDL).read_bytes()
    document = yaml.safe_load((_SERVICE / "service.yaml").read_bytes())
    document["info"]["description"] = "A letter beyond the first plane: \N{GRINNING FACE}."
    for indent in (None, "\t"):
        source = tmp_path / "service.json"
        source.write_text(json.dumps(document, indent=indent, default=str), encoding="utf-8")
        assert _extract(metadata, source) == 0
        assert (metadata / _CSDL).read_bytes() == first


def test_a_path_that_goes_on_behind_a_function_says_that_it_can_be_composed_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = _metadata(tmp_path / "openapi")
    longer = "/users/{user-id}/onlineMeetings/getAllTranscripts(meetingOrganizerUserId='{a}',startDateTime={b})/{id}"
    _replace(metadata / "service.yaml", ("paths:\n", f'paths:\n  "{longer}": {{}}\n'))
    assert _extract(metadata, metadata / "service.yaml") == 0
    expected = [line for line in _LOST if line != f"  {_GET_ALL_TRANSCRIPTS}: {_FOLLOWS} {_NOTHING}"]
    assert capsys.readouterr().err.splitlines() == [f"codegen: {line}" for line in expected]
    assert '<Function Name="getAllTranscripts" IsBound="true" IsComposable="true">' in (metadata / _CSDL).read_text()


def test_what_the_document_lacks_is_an_error_or_left_out_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = _metadata(tmp_path / "openapi")
    _replace(metadata / "service.yaml", (_DELTA_PATH, "  /elsewhere:"))
    assert _extract(metadata, metadata / "service.yaml") == 1
    error = capsys.readouterr().err
    assert "recordings/delta: Collection(microsoft.graph.callRecording) has no 'delta'" in error
    assert _extract(metadata, metadata / "service.yaml", "--allow-missing") == 0
    told = capsys.readouterr().err
    assert "codegen: service.yaml lacks 2 of the 20 requests of v1.0\n" in told
    assert "startDateTime={startDateTime},endDateTime={endDateTime})/delta: " in told
    assert '<Function Name="delta"' not in (metadata / _CSDL).read_text()


def test_an_alternate_key_is_no_function() -> None:
    document = read_openapi(_SERVICE / "service.yaml", "service.yaml", ())
    assert {str(name) for name in document.functions} == {
        "microsoft.graph.callRecords.getPstnCalls",
        "microsoft.graph.delta",
        "microsoft.graph.getAllRecordings",
        "microsoft.graph.getAllTranscripts",
    }


def test_an_alias_that_is_required_is_not_optional(tmp_path: Path) -> None:
    metadata = _metadata(tmp_path / "openapi")
    alias = "- name: meetingOrganizerUserId\n          in: query\n"
    _replace(metadata / "service.yaml", (alias, f"{alias}          required: true\n"))
    assert _extract(metadata, metadata / "service.yaml") == 0
    text = (metadata / _CSDL).read_text(encoding="utf-8")
    assert text.count("OptionalParameter") == 2
    assert text.count('<Parameter Name="meetingOrganizerUserId" Type="Edm.String"/>') == 2


def test_what_a_property_has_as_its_value_is_surely_complex(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = _metadata(tmp_path / "openapi")
    row = "microsoft.graph.callRecords.pstnCallLogRow"
    own = f"            row: {{$ref: '#/components/schemas/{row}'}}\n"
    before = "            isTest:\n"
    _replace(metadata / "service.yaml", (before, own + before))
    assert _extract(metadata, metadata / "service.yaml") == 0
    told = [line.removeprefix("codegen: ") for line in capsys.readouterr().err.splitlines()]
    assert told == [line for line in _LOST if not line.startswith(f"  {row}: EntityType")]


_PROGRAM = """
from datetime import UTC, datetime
from meetings import GraphMeetingsClient
from tests.support.credentials import StaticCredential

day = datetime(2026, 1, 15, tzinfo=UTC)
graph = GraphMeetingsClient(StaticCredential("token"))
meetings = graph.users.by_user_id("u").online_meetings
for builder in (
    meetings.get_all_recordings(start_date_time=day),
    meetings.get_all_recordings(meeting_organizer_user_id="it's").delta(),
    meetings.by_online_meeting_id("m").recordings.delta(),
    meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content,
    graph.communications.call_records.get_pstn_calls(from_date_time=day, to_date_time=day),
):
    print(builder.to_get_request_information().url.removeprefix("https://graph.microsoft.com/v1.0"))
"""


@pytest.mark.slow
def test_the_client_of_openapi_formats_requests(tmp_path: Path) -> None:
    metadata, output = _extracted(tmp_path / "openapi", "service.yaml"), tmp_path / "output"
    assert main(["--metadata", str(metadata), "generate", "--allow-missing", "--output", str(output)]) == 0
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (output, _ROOT)))}
    every = [str(Path(__file__).parent / "format_requests.py"), "meetings"]
    for arguments in (["-c", _PROGRAM], every):
        program = [sys.executable, "-W", "error", *arguments]
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        if arguments != every:
            assert done.stdout.splitlines() == [
                "/users/u/onlineMeetings/getAllRecordings(meetingOrganizerUserId='u',startDateTime=2026-01-15T00:00:00Z)",
                "/users/u/onlineMeetings/getAllRecordings(meetingOrganizerUserId='it''s')/delta",
                "/users/u/onlineMeetings/m/recordings/delta",
                "/users/u/onlineMeetings/m/recordings/r/content",
                (
                    "/communications/callRecords/getPstnCalls"
                    "(fromDateTime=2026-01-15T00:00:00Z,toDateTime=2026-01-15T00:00:00Z)"
                ),
            ]


def test_a_property_that_a_path_goes_through_is_a_navigation_though_the_schema_does_not_mark_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marked = _extracted(tmp_path / "marked", "service.yaml")
    capsys.readouterr()
    bare = _metadata(tmp_path / "bare")
    source = (bare / "service.yaml").read_text(encoding="utf-8")
    reference = "$ref: '#/components/schemas/microsoft.graph.callRecords.organizer'"
    before = (
        f"            organizer_v2:\n              anyOf:\n                - {reference}\n"
        "                - type: object\n                  nullable: true\n"
        "              x-ms-navigationProperty: true\n"
    )
    assert before in source
    (bare / "service.yaml").write_text(
        source.replace(before, f"            organizer_v2:\n              {reference}\n"), encoding="utf-8"
    )
    assert _extract(bare, bare / "service.yaml") == 0
    assert (bare / _CSDL).read_text() == (marked / _CSDL).read_text()
    told = capsys.readouterr().err
    organizer = "codegen:   microsoft.graph.callRecords.callRecord/organizer_v2"
    assert f"{organizer}: whether it is a NavigationProperty unknown, assumed one, as paths go through it; " in told
    assert f"{organizer}: its deprecation (Revisions) unknown, assumed none; " in told


def test_a_path_of_openapi_can_cast_to_a_derived_type_and_go_on(tmp_path: Path) -> None:
    metadata = _metadata(tmp_path / "metadata")
    _replace(
        metadata / "scope.toml",
        ('"/users/{id}/manager",', '"/users/{id}/manager", "/users/{id}/manager/microsoft.graph.user/onlineMeetings",'),
    )
    manager = "manager:\n              anyOf:\n                - $ref: '#/components/schemas/microsoft.graph."
    _replace(metadata / "service.yaml", (f"{manager}user'", f"{manager}entity'"))
    assert _extract(metadata, metadata / "service.yaml") == 0
    builders = next(text for path, text in _client(metadata).items() if path.name == "request_builders.py")
    assert "def graph_user(self) -> UserItemRequestBuilder:" in builders
