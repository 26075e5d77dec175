"""The size of the wheel, and of the installed package with its bytecode."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.benchmarks.measuring.measure import interleaved
from tools.benchmarks.measuring.processes import disk_usage, run
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.peers import msgraph

_WHEEL_LIMIT = 650_000


def rows(settings: Settings) -> Iterator[Row]:
    """Measure once; a size has no spread."""
    with TemporaryDirectory() as folder:
        wheel = _build(Path(folder) / "wheel")
        yield Metric("sizes.wheel", "wheel", "kB", 1 / 1000).within(_WHEEL_LIMIT, [wheel.stat().st_size])
        installed = _install(wheel, Path(folder) / "installed")
        metric = Metric("sizes.installed", "installed, without dependencies", "MB", 1e-6)
        peers = msgraph.once(settings.peers, "size")
        contenders = {"ours": lambda: installed, "the wheel": lambda: float(wheel.stat().st_size), **peers}
        yield from metric.rows(interleaved(contenders, 1))


def _build(folder: Path) -> Path:
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)])
    return next(folder.glob("*.whl"))


def _install(wheel: Path, folder: Path) -> float:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    run([*pip, "--target", str(folder), str(wheel)])
    return float(disk_usage(folder))
