"""What importing the package brings along."""

import json
import subprocess
import sys

PROBE = """
import json, sys
import graph_meetings
print(json.dumps(sorted(sys.modules)))
"""


def imported() -> set[str]:
    output = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, check=True, timeout=60)
    return set(json.loads(output.stdout))


def test_importing_the_client_imports_no_generator_and_no_emulator() -> None:
    roots = {module.partition(".")[0] for module in imported()}
    assert "graph_meetings" in roots
    assert not roots & {"codegen", "graph_meetings_emulator", "jinja2", "lxml", "starlette", "uvicorn", "odata_query"}


def test_connections_and_credentials_are_imported_when_first_needed() -> None:
    roots = {module.partition(".")[0] for module in imported()}
    assert not roots & {"aiohttp", "azure", "msal"}


def test_imports_go_one_way() -> None:
    probe = "import json, sys, graph_meetings_runtime; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True, timeout=60)
    assert "graph_meetings" not in json.loads(output.stdout)
