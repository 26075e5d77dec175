"""One client, many threads: each request is answered once, and the bounds hold."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from azure.core.credentials import AccessToken

from graph_meetings.blocking import GraphError, GraphMeetingsClient, Retry, Timeout, concurrently
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import ConnectionFailed
from graph_meetings_runtime.blocking.deadline import Deadline
from graph_meetings_runtime.blocking.limiter import Limiter
from graph_meetings_runtime.blocking.locks import Lock
from graph_meetings_runtime.blocking.waiting import Stop, Stopped, sleep
from tests.support.blocking.raw_server import answer, json_answer, listening, raw_server

SECONDS = 20.0
QUICK = Retry(attempts=20, total_time=60, first_delay=0.001, longest_delay=0.002)


class Counting:
    """A credential that counts how often it is asked, and takes its time."""

    def __init__(self) -> None:
        self.asked = 0

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        self.asked += 1
        time.sleep(0.05)
        return AccessToken("made-up", int(time.time()) + 3600)


class Numbered:
    """A credential each of whose tokens is another one."""

    def __init__(self) -> None:
        self.claims: list[str | None] = []

    def get_token(self, *_: str, claims: str | None = None, **__: Any) -> AccessToken:
        self.claims.append(claims)
        return AccessToken(f"made-up-{len(self.claims)}", int(time.time()) + 3600)


def run_all(work: Callable[[int], object], number: int, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, range(number)):
            pass


def check_faults(requests: int) -> None:
    """Answer many requests of 32 threads, every seventh of them with a fault first."""
    lock = threading.Lock()
    under_way = most = 0
    seen: Counter[str] = Counter()

    def respond(head: str) -> bytes:
        name = head.split()[1].rpartition("/")[2].partition("?")[0]
        with lock:
            seen[name] += 1
            number = sum(seen.values())
        if number % 7 == 0:
            return [answer("503 Busy"), b"", answer("429 Slow", headers=["Retry-After: 0"])][number // 7 % 3]
        return json_answer(f'{{"id": "{name}"}}')

    def ask(number: int) -> None:
        nonlocal under_way, most
        found = meetings.by_online_meeting_id(f"m{number}").get()
        assert found.id == f"m{number}"
        with lock:
            answered[number] += 1

    answered: Counter[int] = Counter()
    with raw_server(respond) as server:
        client = GraphMeetingsClient(Counting(), base_url=server.base_url, retry=QUICK, concurrency=8)
        with client as graph:
            adapter: Any = graph.request_adapter
            limiter = adapter._limiter
            acquire = limiter.acquire

            def counted(since: float = 0.0) -> object:
                nonlocal under_way, most
                start = acquire(since)
                with lock:
                    under_way = len(limiter._under_way)
                    most = max(most, under_way)
                return start

            limiter.acquire = counted
            meetings = graph.me.online_meetings
            run_all(ask, requests, 32)
    assert answered == Counter(range(requests))
    assert 1 < most <= 8


def test_32_threads_share_one_client() -> None:
    check_faults(300)


@pytest.mark.long
def test_32_threads_share_one_client_for_long() -> None:
    check_faults(10_000)


def test_threads_that_start_together_fetch_one_token() -> None:
    credential = Counting()
    with (
        raw_server(json_answer('{"value": []}')) as server,
        GraphMeetingsClient(credential, base_url=server.base_url) as graph,
    ):
        run_all(lambda _: graph.me.online_meetings.get(), 32, 32)
    assert credential.asked == 1


def test_threads_that_are_challenged_at_once_ask_for_one_token() -> None:
    credential = Numbered()
    everyone_is_here = asyncio.Barrier(20)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if "made-up-1\r\n" in head:
            await everyone_is_here.wait()
            writer.write(answer("401 No", headers=['WWW-Authenticate: Bearer claims="eyJhIjoxfQ=="']))
        else:
            writer.write(json_answer('{"value": []}'))
        writer.close()

    with listening(serve) as port:
        limits = Timeout(total=SECONDS)
        base_url = f"http://127.0.0.1:{port}/v1.0"
        with GraphMeetingsClient(credential, base_url=base_url, retry=Retry(attempts=1), timeout=limits) as graph:
            run_all(lambda _: graph.me.online_meetings.get(), 20, 20)
    assert credential.claims == [None, '{"a":1}']


def test_the_bound_of_requests_under_way_holds_and_the_oldest_goes_first() -> None:
    limiter: Any = Limiter(1)
    start = limiter.acquire()
    order: list[float] = []

    def ask(since: float) -> None:
        start = limiter.acquire(since)
        order.append(since)
        limiter.release(start)

    threads = [threading.Thread(target=ask, args=(since,), daemon=True) for since in (3.0, 1.0, 2.0)]
    for thread in threads:
        thread.start()
    until(lambda: len(limiter._waiting) == 3)
    limiter.release(start)
    for thread in threads:
        thread.join(SECONDS)
    assert order == [1.0, 2.0, 3.0]


def test_whatever_becomes_of_requests_nobody_is_left_waiting() -> None:
    limiter: Any = Limiter(3)
    under_way: list[int] = []
    most: list[int] = []

    def ask(number: int) -> None:
        if number % 5 == 4:
            with pytest.raises((ConnectionFailed, ValueError)):
                Deadline(0.001).apply(lambda: _hold(limiter, under_way, most, fails=True))
        else:
            _hold(limiter, under_way, most, throttled=number % 9 == 0)

    run_all(ask, 200, 16)
    assert max(most) <= 3
    assert len(limiter._under_way) == 0
    assert not limiter._waiting


def _hold(
    limiter: Limiter, under_way: list[int], most: list[int], *, throttled: bool = False, fails: bool = False
) -> None:
    start = limiter.acquire(time.monotonic())
    under_way.append(1)
    most.append(len(under_way))
    try:
        time.sleep(0.0005)
        if fails:
            raise ValueError("made up")
        if throttled:
            limiter.throttled(start, 0.0001)
        else:
            limiter.answered(start)
    finally:
        under_way.pop()
        limiter.release(start)


def test_nothing_is_sent_during_a_pause() -> None:
    limiter = Limiter(4)
    start = limiter.acquire()
    limiter.release(start)
    limiter.throttled(start, 0.1)
    resume_at = time.monotonic() + 0.1
    limiter.throttled(start, 0.01)  # a shorter one does not cut it
    moments: list[float] = []

    def request(_: int) -> None:
        start = limiter.acquire()
        limiter.release(start)
        moments.append(time.monotonic())

    run_all(request, 6, 6)
    assert min(moments) >= resume_at - 0.01


def test_the_first_failure_comes_out_and_ends_what_waits() -> None:
    began = time.monotonic()
    ended: list[str] = []

    def work(item: int) -> None:
        if item == 3:
            raise LookupError("made up")
        try:
            sleep(60)
        except Stopped:
            ended.append("stopped")
            raise

    with pytest.raises(LookupError, match="made up"):
        concurrently(work, range(100), concurrency=4)
    assert time.monotonic() - began < SECONDS
    assert ended == ["stopped"] * len(ended)


def test_a_source_that_fails_ends_all_and_is_closed() -> None:
    closed: list[bool] = []

    def items() -> Any:
        try:
            yield 1
            raise LookupError("made up")
        finally:
            closed.append(True)

    class Source:
        def __iter__(self) -> Any:
            return items()

    with pytest.raises(LookupError):
        concurrently(lambda item: item, Source(), concurrency=3)
    assert closed == [True]


def test_results_come_in_the_order_of_the_items_whoever_is_faster() -> None:
    def work(item: int) -> int:
        time.sleep(0.02 if item % 3 == 0 else 0)
        return -item

    assert concurrently(work, range(20), concurrency=5) == [-item for item in range(20)]
    assert concurrently(work, [], concurrency=5) == []


def test_work_within_work_ends_with_it() -> None:
    def inner(_: int) -> None:
        sleep(60)

    def outer(item: int) -> None:
        if item == 1:
            raise LookupError("made up")
        concurrently(inner, range(4), concurrency=2)

    began = time.monotonic()
    with pytest.raises(LookupError):
        concurrently(outer, range(2), concurrency=2)
    assert time.monotonic() - began < SECONDS


def test_a_stop_is_heard_by_who_waits_later() -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(Stopped):
        stop.run(lambda: sleep(60))


def test_a_lock_that_ctrl_c_left_taken_locks_out_neither_its_thread_nor_one_that_is_to_stop() -> None:
    lock, stop = Lock(), Stop()
    left_taken = lock.held()
    left_taken.__enter__()

    def ask() -> None:
        with lock.held():
            pass

    def hear() -> None:
        with pytest.raises(Stopped):
            stop.run(ask)

    stop.set()
    thread = threading.Thread(target=hear, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert not thread.is_alive()
    ask()


@pytest.mark.parametrize("retry", [Retry(attempts=1), QUICK])
def test_the_total_time_bounds_retries_and_waits(retry: Retry) -> None:
    with raw_server(answer("503 Busy", headers=["Retry-After: 30"]), answer("503 Busy")) as server:
        limits = Timeout(total=0.3)
        with GraphMeetingsClient(Counting(), base_url=server.base_url, retry=retry, timeout=limits) as graph:
            began = time.monotonic()
            with pytest.raises(GraphError):
                graph.me.online_meetings.get()
            assert time.monotonic() - began < 5


def test_the_page_ahead_is_fetched_in_a_thread_unless_told_otherwise(emulator: Emulator, organizer: str) -> None:
    emulator.page_sizes.default = 3
    with GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url) as graph:
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        for prefetch, expected in ((True, 2), (False, 1)):
            emulator.requests.clear()
            iterator = iter(recordings.list(prefetch=prefetch))
            assert next(iterator) is not next(iterator)
            if prefetch:
                until(lambda: len(emulator.requests) == 2)
            time.sleep(0.05)
            assert len(emulator.requests) == expected
            assert len(list(iterator)) == 10


def test_without_prefetch_no_thread_is_started(
    emulator: Emulator, organizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a thread was started")

    emulator.page_sizes.default = 3
    with GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url) as graph:
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        monkeypatch.setattr("graph_meetings_runtime.blocking.under_way.threading.Thread", refuse)
        assert len(list(recordings.list(prefetch=False))) == 12
        assert len(list(recordings.list().pages())) == 4
        with pytest.raises(AssertionError):
            list(recordings.list())


def test_a_list_that_is_dropped_ends_its_thread(emulator: Emulator, organizer: str) -> None:
    emulator.page_sizes.default = 3
    with GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url) as graph:
        for _ in graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list():
            pass
        iterator = iter(graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list())
        assert next(iterator) is not next(iterator)
        del iterator
    until(lambda: not any(thread.name == "next page" for thread in threading.enumerate()))


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
