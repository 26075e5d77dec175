"""Streams: what is new, once, whatever happens to Spark."""

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.errors import PySparkException, StreamingQueryException
from pyspark.sql.streaming import StreamingQuery

from graph_meetings_archive.spark import OptionError
from graph_meetings_archive.spark.request.columns import columns_of
from graph_meetings_archive.spark.request.options import read_options
from graph_meetings_archive.spark.schema import struct_of
from graph_meetings_archive.spark.stream import StreamReader
from graph_meetings_emulator import Dataset, Emulator
from tests.spark.conftest import CREDENTIAL, Spark
from tests.support.emulated_credential import TOKEN

pytestmark = pytest.mark.spark

StartTenant = Callable[[Dataset], Emulator]


class Stream:
    """A stream of recordings into Parquet, by plain append.

    Args:
        spark: the session.
        emulator: that it reads from.
        folder: for the table, the checkpoint and the journal.
        options: of the stream.
    """

    def __init__(self, spark: Spark, emulator: Emulator, folder: Path, **options: object) -> None:
        self._spark = spark
        self._options = {"organizers": "users", "base_url": emulator.base_url, "credential": CREDENTIAL, **options}
        self.table, self.checkpoint, self.journal = (folder / name for name in ("table", "checkpoint", "journal"))

    def run(self) -> None:
        """Read all that is new, and end."""
        assert self._started(once=True).awaitTermination(60)

    def _started(self, *, once: bool) -> StreamingQuery:
        always = {"table": "recordings", "journal": self.journal, **self._options}
        frame = self._spark.session.readStream.format("graph_meetings").options(**always).load()
        writer = frame.writeStream.option("checkpointLocation", str(self.checkpoint))
        if once:
            writer = writer.trigger(availableNow=True)
        return writer.start(str(self.table), format="parquet", outputMode="append")

    def run_for(self, seconds: float) -> None:
        """Read what is new again and again, and stop wherever that is then."""
        query = self._started(once=False)
        try:
            query.awaitTermination(seconds)
        finally:
            query.stop()

    def has_committed(self) -> bool:
        """Whether there was a batch."""
        commits = self.checkpoint / "commits"
        return commits.exists() and any(path.name.isdigit() for path in commits.iterdir())

    def ids(self) -> Counter[str]:
        """Return how often each artifact is in the table."""
        return Counter(row["id"] for row in self._spark.session.read.parquet(str(self.table)).select("id").collect())

    def batches(self) -> list[str]:
        """Return the names of the batches in the offset log."""
        return sorted(path.name for path in (self.checkpoint / "offsets").iterdir() if path.name.isdigit())

    def forget_last_commit(self) -> None:
        """Make Spark believe that it crashed between its offset log and its commit log."""
        commits = [path for path in (self.checkpoint / "commits").iterdir() if path.name.isdigit()]
        last = max(commits, key=lambda path: int(path.name))
        last.unlink()
        (last.parent / f".{last.name}.crc").unlink(missing_ok=True)


def ids_of(source: Dataset) -> Counter[str]:
    return Counter(str(each["id"]) for organizer in source.organizers for each in source.recordings(organizer))


def test_a_stream_has_every_artifact_once(spark: Spark, tenant: StartTenant, tmp_path: Path) -> None:
    emulator = tenant(source := Dataset.generate(organizers=3, recordings=2, content_size=1_000))
    stream = Stream(spark, emulator, tmp_path)
    stream.run()
    assert stream.ids() == ids_of(source)
    stream.run()  # nothing is new, so there is no batch
    source.add_recording(source.organizers[0])
    stream.run()
    assert stream.ids() == ids_of(source)
    stream.forget_last_commit()
    stream.run()
    assert stream.ids() == ids_of(source)
    assert stream.batches() == ["0", "1"]
    _require_no_secrets(stream, spark)
    stream.journal.rename(tmp_path / "elsewhere")
    with pytest.raises(StreamingQueryException, match="the checkpoint belongs to another journal"):
        stream.run()


def _require_no_secrets(stream: Stream, spark: Spark) -> None:
    files = [path for place in (stream.checkpoint, stream.table, spark.events) for path in place.rglob("*")]
    offsets = [path.read_text() for path in files if path.parent.name == "offsets" and path.name.isdigit()]
    assert offsets
    assert all(len(offset.splitlines()[-1]) < 80 for offset in offsets)
    for path in files:
        data = path.read_bytes() if path.is_file() else b""
        assert spark.token.encode() not in data, path
        assert b"skipToken" not in data, path


def test_a_batch_that_is_repeated_has_the_same_rows(spark: Spark, tenant: StartTenant, tmp_path: Path) -> None:
    """The service has more by then, and the table does not know that it has seen the batch."""
    emulator = tenant(source := Dataset.generate(organizers=2, recordings=2, content_size=1_000))
    stream = Stream(spark, emulator, tmp_path)
    stream.run()
    first = stream.ids()
    source.add_recording(source.organizers[0])
    stream.forget_last_commit()
    stream.table.rename(tmp_path / "first")
    stream.run()
    assert stream.ids() == first
    stream.run()
    assert stream.ids() == ids_of(source)


def test_a_wrong_option_of_a_stream_is_named_by_spark(spark: Spark, tenant: StartTenant, tmp_path: Path) -> None:
    stream = Stream(spark, tenant(Dataset.generate(organizers=1)), tmp_path, table="pstn_calls")
    with pytest.raises(PySparkException, match="'pstn_calls' cannot be streamed, only recordings"):
        stream.run()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": "meetings"}, "the table 'meetings' cannot be streamed"),
        ({"until": "2026-01-01"}, "a stream has no end; remove option 'until'"),
        ({"table": "calls", "organizers": "users"}, "of the whole tenant; remove option 'organizers'"),
        ({"organizers": None}, "whose recordings?"),
        ({"journal": None}, "a stream needs a journal"),
    ],
)
def test_a_stream_of_something_else_is_refused(options: dict[str, str | None], message: str) -> None:
    given = {"table": "recordings", "organizers": "users", "journal": "here", **options}
    checked = read_options({name: value for name, value in given.items() if value is not None})
    with pytest.raises(OptionError, match=re.escape(message)):
        StreamReader(checked, struct_of(columns_of(checked)))


def test_a_journal_of_another_tenant_is_refused(
    tenant: StartTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reader(seed: int) -> StreamReader:
        """Return a reader of a tenant, signed in as an application of it."""
        emulator = tenant(Dataset.generate(seed=seed, organizers=1, content_size=1_000))
        monkeypatch.setenv(TOKEN, emulator.application_token("OnlineMeetingRecording.Read.All", "User.Read.All"))
        always = {"table": "recordings", "organizers": "users", "base_url": emulator.base_url, "credential": CREDENTIAL}
        options = read_options(always | {"journal": str(tmp_path / "journal")})
        return StreamReader(options, struct_of(columns_of(options)))

    first = reader(1)
    assert first.latestOffset() == first.initialOffset() | {"round": 1}
    with pytest.raises(OptionError, match=r"is of the tenant .*, but the credential is of .*; sign in to that one"):
        reader(2).latestOffset()


@pytest.mark.long
def test_fifty_restarts_at_random_moments_repeat_nothing(spark: Spark, tenant: StartTenant, tmp_path: Path) -> None:
    emulator = tenant(source := Dataset.generate(organizers=3, recordings=2, content_size=1_000))
    stream, chance = Stream(spark, emulator, tmp_path), random.Random(50)  # noqa: S311  moments, no secrets
    for _ in range(50):
        source.add_recording(chance.choice(source.organizers))
        stream.run_for(chance.uniform(0.0, 1.5))
        if chance.random() < 0.3 and stream.has_committed():
            stream.forget_last_commit()
    stream.run()
    stream.run()  # what was new while a forgotten batch was repeated
    assert stream.ids() == ids_of(source)
    _require_no_secrets(stream, spark)
