"""Every Python block of the page on Spark runs."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from graph_meetings_emulator import Dataset, Emulator
from tests.spark.conftest import CREDENTIAL, ROOT, Spark

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")]

_BLOCK = re.compile(r"^<!-- not run: make test-spark runs it -->\n^```python.*\n((?:.*\n)*?)^```$", re.MULTILINE)


def test_the_blocks_of_the_page_run(
    spark: Spark, tenant: Callable[[Dataset], Emulator], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "spark.md").read_text(encoding="utf-8")
    blocks = [found[1] for found in _BLOCK.finditer(page)]
    assert len(blocks) == page.count("```python") - 1  # all but the one for Databricks
    emulator = tenant(Dataset.generate(organizers=2, recordings=2, content_size=1_000))
    options = {"base_url": emulator.base_url, "credential": CREDENTIAL}
    names: dict[str, object] = {"spark": spark.session, "here": options}
    for block in blocks:
        code = (
            block.replace('"/lake', f'"{tmp_path}')
            .replace('.format("graph_meetings")', '.format("graph_meetings").options(hours_per_partition=720, **here)')
            .replace("concurrency=8)", "concurrency=8, **here)")
        )
        exec(code, names)  # noqa: S102  a page of this repository
    rows = {name: spark.session.read.parquet(str(tmp_path / name)).count() for name in ("recordings", "contents")}
    assert rows["contents"] == 5
    assert spark.session.read.parquet(str(tmp_path / "new-recordings")).count() == rows["recordings"] > 5
    assert "media_label" in capfd.readouterr().out
