"""What importing the package brings along."""

import json
import subprocess
import sys
from functools import cache

import pytest

CLIENT = "from graph_meetings import GraphMeetingsClient"
BLOCKING_CLIENT = "from graph_meetings.blocking import GraphMeetingsClient"

each_import = pytest.mark.parametrize(
    "statement", ["import graph_meetings", CLIENT, "import graph_meetings.blocking", BLOCKING_CLIENT]
)


@cache
def imported(statement: str) -> frozenset[str]:
    """Return the modules of a new process that runs a statement."""
    probe = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True, timeout=60)
    return frozenset(json.loads(output.stdout))


def roots(statement: str) -> set[str]:
    return {module.partition(".")[0] for module in imported(statement)}


def test_importing_the_client_imports_no_generator_and_no_emulator() -> None:
    found = roots(CLIENT)
    assert "graph_meetings" in found
    assert not found & {"codegen", "graph_meetings_emulator", "jinja2", "lxml", "starlette", "uvicorn", "odata_query"}


@each_import
def test_what_sends_is_imported_with_the_first_client(statement: str) -> None:
    assert not roots(statement) & {"aiohttp", "azure", "httpx", "kiota_http", "msal", "urllib3"}


@pytest.mark.parametrize("statement", [CLIENT, BLOCKING_CLIENT])
def test_a_client_needs_nothing_of_kiota_http(statement: str) -> None:
    made = f"{statement}\nfrom unittest.mock import Mock\nGraphMeetingsClient(Mock())"
    assert "httpx" in roots(made)
    assert "kiota_http" not in roots(made)


@pytest.mark.parametrize("statement", ["import graph_meetings", "import graph_meetings.blocking", BLOCKING_CLIENT])
def test_only_the_asynchronous_client_imports_asyncio(statement: str) -> None:
    assert "asyncio" not in imported(statement)
    assert "asyncio" in imported(CLIENT)


def test_imports_go_one_way() -> None:
    assert "graph_meetings" not in imported("import graph_meetings_runtime")
