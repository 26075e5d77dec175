"""Run the code cells of a notebook as a kernel does, in the current folder, and print what they show.

python run_notebook.py FILE.ipynb
"""

import json
import sys
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell


def main(path: str) -> None:
    """Stop at the first cell that raises, with its error."""
    shell: Any = InteractiveShell.instance()
    for cell in json.loads(Path(path).read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            shell.run_cell("".join(cell["source"]), store_history=False).raise_error()


if __name__ == "__main__":
    main(sys.argv[1])
