"""Read a CSDL document and print the seconds.

Args:
    side: `ours`, which also indexes it, or `lxml`.
    document: the file.
"""

import sys
import time
from pathlib import Path

from lxml import etree

from codegen.read.csdl.document import read_document


def _main(side: str, document: Path) -> None:
    began = time.perf_counter()
    read = read_document(document, document.name) if side == "ours" else etree.parse(document)
    print(time.perf_counter() - began)
    # Only after the time is taken: freeing the tree is not part of reading it.
    del read


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
