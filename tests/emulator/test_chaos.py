"""Scheduled and random faults: which requests get them, and that a seed repeats them."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_meetings_emulator.__main__ import main
from graph_meetings_emulator.faults import (
    PROFILES,
    Answer,
    BrokenGateway,
    Chaos,
    EmptyPage,
    Fault,
    Profile,
    Replay,
    Slow,
    Throttled,
)
from tests.emulator.support import Site, ids, running

pytestmark = pytest.mark.slow

RED, GREEN = Answer(500, {"X-Fault": "red"}), Answer(500, {"X-Fault": "green"})


PLAIN = {"Connection": "close", "Accept-Encoding": "identity"}


def statuses(site: Site, count: int, path: str = "/communications/callRecords") -> list[int]:
    return [site.get(path).status_code for _ in range(count)]


def test_scripted_faults_come_in_order_and_after_what_is_spared(site: Site) -> None:
    site.emulator.inject(Answer(501), times=2, after=2)
    site.emulator.inject(Answer(502), after=1)
    assert statuses(site, 6) == [200, 502, 501, 501, 200, 200]
    assert [site.emulator.faults_injected, len(site.emulator.fault_log)] == [{"answer": 3}, 3]
    assert [fault.request for fault in site.emulator.fault_log] == list(site.emulator.requests)[1:4]


def test_a_scripted_fault_waits_for_its_path(site: Site) -> None:
    site.emulator.inject(Answer(500), path="/recordings")
    assert statuses(site, 2) == [200, 200]
    assert statuses(site, 2, site.recordings) == [500, 200]


@pytest.mark.parametrize(("times", "after"), [(0, 0), (-1, 0), (1, -1)])
def test_a_fault_comes_at_least_once(site: Site, times: int, after: int) -> None:
    with pytest.raises(ValueError, match=r"times must be at least 1|after must not be negative"):
        site.emulator.inject(RED, times=times, after=after)


def test_scripted_faults_go_before_random_ones(site: Site) -> None:
    site.emulator.start_chaos({GREEN: 1.0})
    site.emulator.inject(RED)
    assert [site.get("/communications/callRecords").headers["x-fault"] for _ in range(2)] == ["red", "green"]


def outcomes(seed: int, profile: str, requests: int = 40) -> list[str]:
    """What happened to requests, and what the faults chose."""
    with running(page_size=5) as site:
        content = site.content_path(site.items(site.all_recordings)[0])
        paths = ["/communications/callRecords", site.recordings, site.delta, content]
        site.emulator.start_chaos(profile, seed=seed)
        seen = list[str]()
        for number in range(requests):
            try:
                # A connection each: one that is kept may end a moment before or after the next request.
                response = site.get(paths[number % len(paths)], range="bytes=5-", connection="close")
                seen.append(f"{response.status_code} {response.headers.get('etag')} {len(response.content)}")
            except httpx.TransportError:
                seen.append("the connection")
        return [*seen, *(f"{log.fault} {log.request.target}" for log in site.emulator.fault_log)]


@pytest.mark.parametrize("profile", ["flaky-network", "bad-downloads", "throttling"])
def test_the_same_seed_gives_the_same_faults(profile: str) -> None:
    one, same, other = (outcomes(seed, profile) for seed in (3, 3, 4))
    assert one == same
    assert one != other
    assert len(one) > 40, "no fault at all"


def test_paths_have_draws_of_their_own(site: Site) -> None:
    """Other requests in between change nothing."""

    def run(*paths: str) -> list[int]:
        site.emulator.start_chaos({Answer(500): 0.5}, seed=1)
        return [site.get(path).status_code for path in paths]

    alone = run(*[site.delta] * 12)
    mixed = run(*[site.delta, site.recordings] * 12)
    assert mixed[::2] == alone
    assert mixed[1::2] != alone
    assert set(alone) == {200, 500}


def test_a_query_does_not_change_the_draws_of_its_path(site: Site) -> None:
    def run(query: str) -> list[int]:
        site.emulator.start_chaos({Answer(500): 0.5}, seed=1, most_in_a_row=99)
        return statuses(site, 12, site.recordings + query)

    assert run("") == run("?$top=1")


@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_request_does_not_fail_for_ever(site: Site, most: int) -> None:
    site.emulator.start_chaos({Answer(500): 1.0}, most_in_a_row=most)
    assert statuses(site, 2 * most + 2) == ([500] * most + [200]) * 2


def test_every_request_has_a_limit_of_its_own(site: Site) -> None:
    site.emulator.start_chaos({Answer(500): 1.0}, most_in_a_row=1)
    targets = [f"{site.recordings}?$top={number}" for number in (1, 2)]
    assert [site.get(target).status_code for target in [*targets, *targets]] == [500, 500, 200, 200]


@pytest.mark.parametrize("fault", [EmptyPage(), Replay()], ids=lambda fault: fault.kind)
def test_pages_in_between_do_not_go_on_for_ever(site: Site, fault: Fault) -> None:
    expected = set(ids(site.items(site.delta)))
    site.emulator.start_chaos({fault: 1.0}, most_in_a_row=2)
    assert len(site.pages(site.delta)) == 9
    assert set(ids(site.items(site.delta))) == expected


def test_chaos_stops(site: Site) -> None:
    site.emulator.start_chaos({Answer(500): 1.0})
    site.emulator.stop_chaos()
    assert statuses(site, 1) == [200]


def test_a_fault_that_cannot_happen_does_not(site: Site) -> None:
    site.emulator.start_chaos({Replay(): 1.0})
    assert site.items(site.all_recordings)
    assert not site.emulator.faults_injected


def test_downloads_alone_can_be_bad(site: Site) -> None:
    site.emulator.start_chaos(Profile("slow", "slow", {Slow(pause=0): 1.0}, downloads_only=True))
    site.get(site.recordings)
    site.get(site.content_path(site.items(site.all_recordings)[0]))
    assert site.emulator.faults_injected == {"slow": 1}


def test_the_probability_is_that_of_a_request(site: Site) -> None:
    site.emulator.start_chaos({Answer(500): 0.2, Answer(501): 0.1}, seed=5, most_in_a_row=10**6)
    counts = Counter(statuses(site, 400))
    assert 55 < counts[500] < 105
    assert 22 < counts[501] < 58


@pytest.mark.parametrize(
    "start",
    [
        lambda: Profile("x", "", {RED: 0.6, Throttled(): 0.6}),
        lambda: Profile("x", "", {RED: -0.1}),
        lambda: Chaos(PROFILES["throttling"], longest_delay=-1),
        lambda: Chaos(PROFILES["throttling"], most_in_a_row=0),
    ],
)
def test_numbers_that_make_no_sense_are_refused(start: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        start()


def test_an_unknown_profile_is_refused(site: Site) -> None:
    with pytest.raises(ValueError, match=r"unknown chaos profile 'tornado'; profiles are .*five-percent"):
        site.emulator.start_chaos("tornado")


def test_five_percent_are_five_percent() -> None:
    assert sum(PROFILES["five-percent"].probabilities.values()) == pytest.approx(0.05)


def test_everything_is_everything() -> None:
    # Tests in the same process make some of their own.
    faults = [kind for base in Fault.__subclasses__() for kind in (base, *base.__subclasses__())]
    ours = [kind for kind in faults if kind.__module__.startswith("graph_meetings_emulator.") and hasattr(kind, "kind")]
    kinds = {kind.kind for kind in ours} - {"answer"}
    drawn = {fault.kind for fault in PROFILES["everything"].probabilities}
    assert drawn == kinds
    assert len(kinds) >= 20


@settings(max_examples=settings().max_examples // 3)
@given(st.sampled_from(sorted(PROFILES)), st.integers())
def test_the_service_answers_under_any_chaos(shared: Site, profile: str, seed: int) -> None:
    """No fault breaks the emulator itself: each request gets an answer or an error of the connection, in time."""
    shared.emulator.start_chaos(profile, seed=seed, most_in_a_row=10**6)
    content = shared.content_path({"meetingId": shared.emulator.dataset.meetings(shared.organizer)[0], "id": "x"})
    paths = [shared.all_recordings, shared.delta, shared.recordings, shared.record, "/me/nonsense", content]
    try:
        for number in range(18):
            try:
                # A connection each: one that is kept may still get surplus bytes or end when the next request is sent.
                # As it comes: a bomb is not decompressed.
                with shared.http.stream("GET", paths[number % len(paths)], headers=PLAIN) as response:
                    body = b"".join(response.iter_raw())
                if response.status_code == 500 and "content-encoding" not in response.headers:
                    assert b'"error"' in body, "the emulator itself failed"
            except httpx.TransportError:
                pass
    finally:
        shared.emulator.stop_chaos()
    assert shared.json(shared.recordings)["value"]


def test_the_command_lists_the_profiles(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-chaos"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(PROFILES)
    assert all(len(line.split()) > 2 for line in lines)


def test_the_command_refuses_an_unknown_profile(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--organizers", "1", "--chaos", "tornado"]) == 1
    assert "unknown chaos profile 'tornado'" in capsys.readouterr().err


def served(*arguments: str) -> tuple[list[int], str]:
    """Run the command, send the same request 30 times, and return the statuses and the last output."""
    command = [sys.executable, "-m", "graph_meetings_emulator", "--port", "0", "--chaos-delay", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url, token, organizer = (process.stdout.readline().split()[-1] for _ in range(3))
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as http:
            path = f"{url}/users/{organizer}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='{organizer}')"
            seen = [http.get(path).status_code for _ in range(30)]
        process.terminate()
        rest, _ = process.communicate(timeout=10)
        assert process.returncode == 0
    return seen, rest


def test_the_command_injects_faults_and_says_which() -> None:
    seen, printed = served("--chaos", "broken-gateway", "--seed", "9")
    failed = sum(status >= 500 for status in seen)
    assert 0 < failed < 30
    assert f"{BrokenGateway.kind:24}{failed}\n" in printed
    assert served("--chaos", "broken-gateway", "--seed", "9")[0] == seen
    assert served("--chaos", "broken-gateway", "--seed", "9", "--chaos-seed", "10")[0] != seen
