"""The threads that write a download, on slow and broken disks, which a socket cannot show."""

import asyncio
import errno
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_meetings_runtime import DownloadIncomplete
from graph_meetings_runtime.asynchronous import part_writer
from graph_meetings_runtime.asynchronous.part_writer import PartWriter
from graph_meetings_runtime.content.part_file import PartFile
from graph_meetings_runtime.content.promise import Promise

SECONDS = 10.0
MIB = 1 << 20


class SlowPart(PartFile):
    """A part on a disk that writes nothing until it is let go."""

    def __init__(self, target: Path) -> None:
        super().__init__(target, "made up")
        self.let_go = threading.Event()
        self.is_asked = threading.Event()

    def write(self, chunk: bytes) -> None:
        self.is_asked.set()
        assert self.let_go.wait(SECONDS)
        super().write(chunk)


class BrokenPart(PartFile):
    """A part on a disk that is full once, and then takes what follows."""

    def __init__(self, target: Path, room: int) -> None:
        super().__init__(target, "made up")
        self.room = room

    def write(self, chunk: bytes) -> None:
        if self.room < len(chunk) < MIB:
            raise OSError(errno.ENOSPC, "made up")
        self.room -= len(chunk)
        super().write(chunk)

    def flush(self) -> None:
        raise OSError(errno.EIO, "made up")


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[SlowPart]:
    part = SlowPart(tmp_path / "x")
    with part:
        part.begin(Promise())
        yield part


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(chunks=st.lists(st.binary(max_size=50)), most=st.integers(1, 200), flushed=st.integers(1, 200))
async def test_all_chunks_are_written_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunks: list[bytes], most: int, flushed: int
) -> None:
    monkeypatch.setattr(part_writer, "_MAX_WAITING", most)
    monkeypatch.setattr(part_writer, "_BYTES_PER_FLUSH", flushed)
    with PartFile(tmp_path / "x", "made up") as part:
        part.begin(Promise())
        async with PartWriter(part) as writer:
            for chunk in chunks:
                await writer.add(chunk)
        assert part.path.read_bytes() == b"".join(chunks)
        assert part.received == sum(map(len, chunks))


async def test_the_event_loop_does_not_wait_for_a_slow_disk_and_memory_stays_bounded(slow: SlowPart) -> None:
    async def fill(writer: PartWriter) -> None:
        for _ in range(100):
            await writer.add(bytes(MIB))
            taken.append(MIB)

    taken: list[int] = []
    async with PartWriter(slow) as writer:
        filling = asyncio.create_task(fill(writer))
        assert await asyncio.to_thread(slow.is_asked.wait, SECONDS)
        # The loop is not blocked: it takes what there is room for, and no more.
        for _ in range(100):
            await asyncio.sleep(0)
        assert 0 < sum(taken) <= 4 * MIB
        assert slow.received == 0
        slow.let_go.set()
        await asyncio.wait_for(filling, SECONDS)
    assert slow.received == 100 * MIB


async def test_what_came_is_written_before_a_cancelled_block_ends(slow: SlowPart) -> None:
    async def fill() -> None:
        async with PartWriter(slow) as writer:
            for chunk in (b"a", b"b", b"c"):
                await writer.add(chunk)
            await asyncio.Event().wait()

    filling = asyncio.create_task(fill())
    assert await asyncio.to_thread(slow.is_asked.wait, SECONDS)
    filling.cancel()
    for _ in range(100):
        await asyncio.sleep(0)
    assert not filling.done()
    slow.let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(filling, SECONDS)
    assert slow.path.read_bytes() == b"abc"


async def test_what_waits_is_written_when_the_end_of_a_block_is_cancelled(slow: SlowPart) -> None:
    async def fill() -> None:
        async with PartWriter(slow) as writer:
            for chunk in (b"a", b"b", b"c"):
                await writer.add(chunk)

    filling = asyncio.create_task(fill())
    assert await asyncio.to_thread(slow.is_asked.wait, SECONDS)
    for _ in range(100):
        await asyncio.sleep(0)
    filling.cancel()
    slow.let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(filling, SECONDS)
    assert slow.path.read_bytes() == b"abc"


@pytest.mark.parametrize("ending", [asyncio.CancelledError, ValueError, KeyError])
async def test_a_broken_disk_does_not_hide_what_ended_the_block(tmp_path: Path, ending: type[BaseException]) -> None:
    async def fill(part: PartFile) -> None:
        async with PartWriter(part) as writer:
            await writer.add(b"abc")
            raise ending

    with BrokenPart(tmp_path / "x", room=2) as part:
        part.begin(Promise())
        with pytest.raises(ending):
            await fill(part)


async def test_a_broken_disk_comes_before_a_broken_connection(tmp_path: Path) -> None:
    async def fill(part: PartFile) -> None:
        async with PartWriter(part) as writer:
            await writer.add(b"abc")
            raise DownloadIncomplete("made up")

    with BrokenPart(tmp_path / "x", room=2) as part:
        part.begin(Promise())
        with pytest.raises(OSError, match="made up"):
            await fill(part)


async def test_nothing_is_written_after_a_gap(tmp_path: Path) -> None:
    with BrokenPart(tmp_path / "x", room=2) as part:
        part.begin(Promise())

        async def write() -> None:
            async with PartWriter(part) as writer:
                with suppress(OSError):  # even by a caller that ignores the error
                    for chunk in (b"ab", b"cd", b"e" * MIB, b"f" * 2 * MIB):
                        await writer.add(chunk)
                await writer.add(b"g" * MIB)

        with pytest.raises(OSError, match="made up") as caught:
            await write()
        assert caught.value.errno == errno.ENOSPC
        assert part.path.read_bytes() == b"ab"


async def test_a_disk_that_fails_to_flush_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_writer, "_BYTES_PER_FLUSH", 1)
    with BrokenPart(tmp_path / "x", room=MIB) as part:
        part.begin(Promise())

        async def write() -> None:
            async with PartWriter(part) as writer:
                for _ in range(100_000):  # the first flush starts once the first batch is known to be written
                    await writer.add(b"a")
                    await asyncio.sleep(0)

        with pytest.raises(OSError, match="made up") as caught:
            await write()
        assert caught.value.errno == errno.EIO
