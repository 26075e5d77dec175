"""The examples of every page, of the README and of the notebooks pass mypy in strict mode."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest

from codegen.blocking.examples import blocking_example
from tests.docs.test_pages import COMPLETE, DOCS, PAGES, blocking_blocks, blocks
from tests.docs.test_readme import WITH_TENANT, WITHOUT_TENANT
from tools.docs_hooks import prelude_of

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))
WITHOUT_BLOCKING_FORM = {"notifications.md"}  # its keeper needs an event loop, and so does what uses it
SECONDS = 300


def examples() -> Iterator[tuple[str, str]]:
    """Yield where examples are from and their code, in the order of the page, after what is pasted before them."""
    for page in PAGES:
        prelude = "" if page in COMPLETE else prelude_of((DOCS / page).read_text())
        if found := blocks(page):
            yield page, "\n".join([prelude, *(block.code for block in found)])
        if (found := blocking_blocks(page)) and page not in WITHOUT_BLOCKING_FORM:
            yield f"{page} blocking", "\n".join([blocking_example(prelude), *(block.code for block in found)])
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        yield path.name, "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    yield "README without a tenant", WITHOUT_TENANT
    yield "README with a tenant", WITH_TENANT


def in_a_function(code: str) -> str:
    """Return a module with code that awaits outside of functions, and gives names a second meaning."""
    return f"# mypy: allow-redefinition\nasync def page() -> None:\n{indent(code, '    ')}"


@pytest.mark.long
def test_examples_are_strictly_typed(tmp_path: Path) -> None:
    for name, code in examples():
        (tmp_path / f"{re.sub('[^a-z_]', '_', name.lower())}.py").write_text(in_a_function(code), encoding="utf-8")
    # With the configuration and the cache of `make check`.
    command = [sys.executable, "-m", "mypy", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"no issues found in {len(list(examples()))} source files" in done.stdout
