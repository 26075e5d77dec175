"""What importing the package brings along."""

import json
import subprocess
import sys

PROBE = "import json, sys, graph_meetings_notifications; print(json.dumps(sorted(sys.modules)))"


def test_importing_the_package_imports_no_emulator_and_no_server() -> None:
    output = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, check=True, timeout=60)
    roots = {module.partition(".")[0] for module in json.loads(output.stdout)}
    assert not roots & {"codegen", "graph_meetings_emulator", "graph_meetings_archive", "starlette", "uvicorn"}
