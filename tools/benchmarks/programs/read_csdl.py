"""Reads a CSDL document in a process of its own, and prints the seconds that it took.

Args:
    side: `ours`, which indexes it, or `lxml`.
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
    # Not before the time is taken: giving the tree's memory back is no part of reading it.
    del read


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
