"""The lock of part files and feeds: one holder at a time, on Unix and on Windows, and none that outlives its holder.

There is no Windows here: its branches run against a double of `msvcrt`, which shows what they ask for, not what Windows
does.
"""

import errno
import importlib.util
import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from graph_meetings_runtime import file_lock
from graph_meetings_runtime.file_lock import hold_lock, open_locked

BUSY = BlockingIOError("busy")


class WindowsLocks(ModuleType):
    """A double of `msvcrt`: a byte that one open file has locked, no other can lock or write."""

    LK_NBLCK = 2
    LK_UNLCK = 0

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.holders: dict[tuple[int, int, int], int] = {}

    def locking(self, descriptor: int, mode: int, count: int) -> None:
        assert count == 1
        opened = os.fstat(descriptor)
        byte = (opened.st_dev, opened.st_ino, os.lseek(descriptor, 0, os.SEEK_CUR))
        if mode == self.LK_UNLCK:
            assert self.holders.pop(byte) == descriptor
        elif byte in self.holders:
            raise PermissionError(errno.EACCES, "Permission denied")
        else:
            self.holders[byte] = descriptor


@pytest.fixture
def locks() -> WindowsLocks:
    return WindowsLocks()


@pytest.fixture
def windows(locks: WindowsLocks) -> Iterator[ModuleType]:
    """The module as Windows would import it."""
    spec = importlib.util.spec_from_file_location("file_lock_on_windows", file_lock.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "msvcrt", locks)
        patch.setattr(sys, "platform", "win32")
        spec.loader.exec_module(module)
        yield module


# Windows, by doubles


def test_on_windows_a_second_holder_is_refused(windows: ModuleType, tmp_path: Path) -> None:
    with windows.open_locked(tmp_path / "x", BUSY), pytest.raises(BlockingIOError, match="busy"):
        windows.open_locked(tmp_path / "x", BUSY)
    windows.open_locked(tmp_path / "x", BUSY).close()


def test_on_windows_what_is_locked_is_far_beyond_the_content(
    windows: ModuleType, locks: WindowsLocks, tmp_path: Path
) -> None:
    with windows.open_locked(tmp_path / "x", BUSY) as file:
        file.write(b"abc")
        file.write(b"def")
        ((_, _, byte),) = locks.holders
        assert byte >= 1 << 40
    assert (tmp_path / "x").read_bytes() == b"abcdef"


def test_on_windows_the_lock_is_released_before_the_file_is_closed(
    windows: ModuleType, locks: WindowsLocks, tmp_path: Path
) -> None:
    file = windows.open_locked(tmp_path / "x", BUSY)
    file.close()
    file.close()
    assert not locks.holders


def test_on_windows_a_lock_file_stays_as_it_is_open(windows: ModuleType, tmp_path: Path) -> None:
    for _ in range(2):
        with windows.hold_lock(tmp_path / "x.lock", BUSY), pytest.raises(BlockingIOError):
            windows.open_locked(tmp_path / "x.lock", BUSY)
        assert (tmp_path / "x.lock").exists()


def test_on_windows_a_file_with_its_final_name_is_closed_before_the_other_name_is_removed(
    windows: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(b"whole")
    (tmp_path / "x.part").hardlink_to(tmp_path / "x")
    opened: list[io.FileIO] = []
    begin = windows.LockedFile.__init__

    def watched(file: io.FileIO, path: Path, mode: int) -> None:
        begin(file, path, mode)
        opened.append(file)

    unlink = Path.unlink

    def refused_while_open(path: Path, *, missing_ok: bool = False) -> None:
        if not all(file.closed for file in opened):
            raise PermissionError(errno.EACCES, "another process is using the file")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(windows.LockedFile, "__init__", watched)
    monkeypatch.setattr(Path, "unlink", refused_while_open)
    with windows.open_locked(tmp_path / "x.part", BUSY) as file:
        assert file.read() == b""
    assert (tmp_path / "x").read_bytes() == b"whole"


# Everywhere


def test_a_second_holder_is_refused(tmp_path: Path) -> None:
    with open_locked(tmp_path / "x", BUSY), pytest.raises(BlockingIOError, match="busy"):
        open_locked(tmp_path / "x", BUSY)
    open_locked(tmp_path / "x", BUSY).close()


def test_a_file_that_does_not_keep_its_name_is_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: file_lock.LockedFile, __: Path) -> bool:
        return False

    monkeypatch.setattr(file_lock.LockedFile, "is_named", never)
    with pytest.raises(BlockingIOError, match="busy"):
        open_locked(tmp_path / "x", BUSY)


def test_a_lock_file_is_for_its_owner_only_and_is_removed(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "x.lock", BUSY):
        assert (tmp_path / "x.lock").stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.iterdir())


def test_a_link_in_the_place_of_a_lock_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "x.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic link"), hold_lock(tmp_path / "x.lock", BUSY):
        pass
    assert (tmp_path / "precious").read_bytes() == b"precious"


# Forks


SECONDS = 20.0


def fork_and_wait() -> tuple[int, int]:
    """Fork a child that says that it lives and waits; gives its id and the end of a pipe that lets it go."""
    alive_reader, alive = os.pipe()
    waiting, let_go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(let_go)
        os.write(alive, b"x")
        os.read(waiting, 1)
        os._exit(0)
    os.close(alive)
    os.close(waiting)
    os.read(alive_reader, 1)
    os.close(alive_reader)
    return child, let_go


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_child_does_not_keep_a_lock_whose_holder_was_killed(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:
        with hold_lock(tmp_path / "x.lock", BUSY):
            child, _ = fork_and_wait()
            os.write(writer, child.to_bytes(4, "big"))
            time.sleep(SECONDS)
        os._exit(1)
    child = int.from_bytes(os.read(reader, 4), "big")
    try:
        with pytest.raises(BlockingIOError), hold_lock(tmp_path / "x.lock", BUSY):
            pass
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        os.kill(child, 0)  # it lives
        with hold_lock(tmp_path / "x.lock", BUSY):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.close(reader)
        os.close(writer)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_child_that_leaves_the_block_leaves_the_lock_to_its_parent(tmp_path: Path) -> None:
    child = 0
    try:
        with hold_lock(tmp_path / "x.lock", BUSY):
            child = os.fork()
            if child:
                assert os.waitpid(child, 0) == (child, 0)
                assert (tmp_path / "x.lock").exists()
                with pytest.raises(BlockingIOError), hold_lock(tmp_path / "x.lock", BUSY):
                    pass
    finally:
        if child == 0:
            os._exit(0)
    assert not list(tmp_path.iterdir())
