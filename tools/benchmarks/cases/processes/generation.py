"""Generate the whole client from a document as large as Graph's v1.0 in a new process, and read the XML alone."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.benchmarks.large_csdl import large_csdl
from tools.benchmarks.measuring.measure import Run, interleaved
from tools.benchmarks.measuring.processes import printed, program, wall_seconds
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import ROOT, Settings

_LIMIT = 1.5
_SIZE = 3_400_000
_V1 = "v1.0/global.csdl.xml"


def rows(settings: Settings) -> Iterator[Row]:
    """Measure seconds. v1.0 is generated from the large document, beta from its extract."""
    with TemporaryDirectory() as folder:
        metadata, output = Path(folder) / "metadata", Path(folder) / "generated"
        shutil.copytree(ROOT / "metadata", metadata)
        document = metadata / _V1
        extract = document.read_bytes()
        document.write_bytes(
            settings.csdl.read_bytes() if settings.csdl else large_csdl(extract, settings.scaled(_SIZE))
        )
        contenders = {"ours": _reading("ours", document), "lxml.etree.parse": _reading("lxml", document)}
        yield from Metric("generation.parsing", "reading and indexing it").rows(
            interleaved(contenders, settings.rounds)
        )
        command = [sys.executable, "-m", "codegen", "--metadata", str(metadata), "generate", "--output", str(output)]
        samples = interleaved({"ours": lambda: wall_seconds(command)}, settings.few_rounds)
        yield Metric("generation.full", "both versions, formatted", "s", 1).within(_LIMIT, samples["ours"])


def _reading(side: str, document: Path) -> Run:
    # A new process each time: reading repeatedly in one, lxml takes 24 or 46 ms and ours 70 or 100, depending on the
    # memory left by the previous read.
    command = program("read_csdl", side, document)
    return lambda: printed(command)
